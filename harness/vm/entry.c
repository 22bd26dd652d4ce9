// SPDX-License-Identifier: GPL-2.0-or-later
#include "entry.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/buffer.h"
#include "modules.h"
#include "trust.h"

#define ENTRY_FILES 6
static const char *const entry_files[][ENTRY_FILES] = {
	[ENTRY_BOOTS] = {"vmlinux", "initrd", "run.jsonl", "modules"},
	[ENTRY_RESTORES] = {"ram", "state", "run.jsonl", "modules"},
	[ENTRY_MULTIPLIES] = {"ram", "state", "run.jsonl", "modules", "cold-ram", "cold-state"},
};
static_assert(sizeof(entry_files) / sizeof(entry_files[0]) == ENTRY_KIND_COUNT,
              "every kind of entry has files");

int file_digest(const char *path, uint64_t *digest, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st) < 0) {
		int err = fault_set(f, errno, "read %s", path);

		if (fd >= 0)
			close(fd);
		return err;
	}
	if (!S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return fault_refuse(f, EINVAL, "%.200s is no regular file, or empty", path);
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return fault_set(f, errno, "read %s", path);
	*digest = digest_add(*digest, data, (size_t)st.st_size);
	munmap(data, (size_t)st.st_size);
	return 0;
}

/* "SIZE DIGEST NAME": what a file is. */
static int made_line(const char *path, const char *name, struct buffer *text, struct fault *f)
{
	uint64_t digest = DIGEST_START;
	struct stat st;
	int err = file_digest(path, &digest, f);

	if (err)
		return err;
	if (stat(path, &st) < 0)
		return fault_set(f, errno, "look at %s", path);
	buffer_add(text, "%lld %016llx %s\n", (long long)st.st_size, (unsigned long long)digest,
	           name);
	return 0;
}

/* "DEVICE INODE SIZE CTIME NAME": what changes when somebody writes to it. */
static int checked_line(const char *path, const char *name, struct buffer *text, struct fault *f)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fault_set(f, errno, "look at %s", path);
	buffer_add(text, "%llu %llu %lld %lld.%09ld %s\n", (unsigned long long)st.st_dev,
	           (unsigned long long)st.st_ino, (long long)st.st_size,
	           (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, name);
	return 0;
}

typedef int (*line_fn)(const char *path, const char *name, struct buffer *text, struct fault *f);

/* A line a file; -ENOENT: one is missing. */
static int entry_lines(const char *dir, enum entry_kind kind, line_fn line, struct buffer *text,
                       struct fault *f)
{
	int err = 0;

	for (int i = 0; i < ENTRY_FILES && entry_files[kind][i] && !err; i++) {
		char path[CACHE_PATH];

		err = path_join(path, dir, entry_files[kind][i], f);
		if (!err)
			err = line(path, entry_files[kind][i], text, f);
	}
	return !err && text->failed ? fault_set(f, ENOMEM, "look at %.100s", dir) : err;
}

/* The lines as they are now, into @name. */
static int entry_note(const char *dir, enum entry_kind kind, line_fn line, const char *name,
                      struct fault *f)
{
	struct buffer text = {0};
	int err = entry_lines(dir, kind, line, &text, f);

	if (!err)
		err = file_write_in(dir, name, text.data, text.used, f);
	buffer_free(&text);
	return err;
}

/* The text of @name, to be freed; NULL: it cannot be read. */
static char *entry_text(const char *dir, const char *name)
{
	struct fault ignored;
	char path[CACHE_PATH];
	size_t size;

	return path_join(path, dir, name, &ignored) < 0 ? NULL : file_read(path, &size, &ignored);
}

/* Whether the lines as they are now are those in @name. */
static bool entry_fits(const char *dir, enum entry_kind kind, line_fn line, const char *name)
{
	char *noted = entry_text(dir, name);
	struct buffer text = {0};
	struct fault ignored;
	bool fits = noted && entry_lines(dir, kind, line, &text, &ignored) == 0 &&
	            !strcmp(noted, buffer_text(&text));

	buffer_free(&text);
	free(noted);
	return fits;
}

int entry_seal(const char *dir, enum entry_kind kind, struct fault *f)
{
	return entry_note(dir, kind, made_line, "made", f);
}

bool entry_is_whole(const char *dir, enum entry_kind kind)
{
	struct fault ignored;
	char *modules;
	bool whole;

	if (!entry_fits(dir, kind, checked_line, "checked")) {
		if (!entry_fits(dir, kind, made_line, "made"))
			return false;
		/* Without it all is read again next time. */
		(void)entry_note(dir, kind, checked_line, "checked", &ignored);
	}
	modules = entry_text(dir, "modules");
	whole = modules && modules_same(modules);
	free(modules);
	return whole;
}

/* "SIZE DIGEST" of the line of @name in @made. */
static int made_find(const char *made, const char *name, char what[64])
{
	size_t length = strlen(name);

	for (const char *line = made; *line; line += strcspn(line, "\n") + 1) {
		size_t size = strcspn(line, "\n");

		if (size > length + 1 && size - length < 64 && line[size - length - 1] == ' ' &&
		    !strncmp(line + size - length, name, length)) {
			snprintf(what, 64, "%.*s", (int)(size - length - 1), line);
			return 0;
		}
		if (!line[size])
			break;
	}
	return -EBADMSG;
}

int entry_digest(const char *dir, uint64_t *digest, struct fault *f)
{
	static const char *const names[] = {"ram", "run.jsonl"};
	char *made = entry_text(dir, "made"), what[64];
	int err = made ? 0 : -EBADMSG;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !err; i++) {
		err = made_find(made, names[i], what);
		if (!err)
			*digest = digest_add(*digest, what, strlen(what));
	}
	free(made);
	return err ? fault_refuse(f, -err, "%.150s/made does not tell what is in the guest", dir)
	           : 0;
}

int entry_trusted(const char *dir, struct fault *f)
{
	static const char *const notes[] = {"made", "checked", NULL};
	int err = trust_own(dir, f);

	for (int kind = 0; kind < ENTRY_KIND_COUNT; kind++)
		for (int i = 0; i < ENTRY_FILES && entry_files[kind][i] && !err; i++)
			err = trust_own_in(dir, entry_files[kind][i], f);
	for (int i = 0; notes[i] && !err; i++)
		err = trust_own_in(dir, notes[i], f);
	return err;
}
