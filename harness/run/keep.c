// SPDX-License-Identifier: GPL-2.0-or-later
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/buffer.h"
#include "../base/file.h"
#include "../record/json.h"

struct kept_file {
	char *probe;
	int fd; /* -1: no more is written */
	off_t whole; /* the file's length up to its last whole line */
	struct fault failed; /* what went wrong first; err 0: nothing */
	struct kept_file *next;
};

struct keep {
	char *dir;
	int dir_fd; /* a folder that is exchanged under us does not move the files */
	char *run_line;
	struct kept_file *files; /* still open, or failed */
	struct buffer line; /* with its newline, to be written by one write(2) */
	bool no_memory; /* for a file: what it was to hold is missing */
};

char *keep_path(const char *dir, const char *probe)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s.jsonl", dir, probe) < 0 ? NULL : path;
}

static int folder_try(int dir_fd, const char *dir, struct fault *f)
{
	char name[40];
	int fd;

	snprintf(name, sizeof(name), ".finwait-%d", getpid());
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return fault_set(f, errno, "write records into %s (--out DIR)", path_end(dir));
	close(fd);
	return unlinkat(dir_fd, name, 0) < 0
	               ? fault_set(f, errno, "remove %s/%s", path_end(dir), name)
	               : 0;
}

static void keep_free(struct keep *keep)
{
	if (keep->dir_fd >= 0)
		close(keep->dir_fd);
	buffer_free(&keep->line);
	free(keep->run_line);
	free(keep->dir);
	free(keep);
}

struct keep *keep_open(const char *dir, const struct run_info *info, struct fault *f)
{
	struct keep *keep = calloc(1, sizeof(*keep));
	int err;

	if (!keep) {
		fault_set(f, ENOMEM, "keep records");
		return NULL;
	}
	keep->dir = strdup(dir);
	keep->run_line = json_run_line(info);
	keep->dir_fd = folder_open(dir, " for records (--out DIR)", f);
	err = keep->dir_fd < 0 ? keep->dir_fd : folder_try(keep->dir_fd, dir, f);
	if (!err && (!keep->dir || !keep->run_line))
		err = fault_set(f, ENOMEM, "keep records");
	if (!err)
		return keep;
	keep_free(keep);
	return NULL;
}

static void file_close(struct kept_file *file)
{
	if (file->fd >= 0 && close(file->fd) < 0 && !file->failed.err)
		fault_set(&file->failed, errno, "write the record of %s", file->probe);
	file->fd = -1;
}

/*
 * A whole line or nothing: what a full disk tore off is cut away again. The run's line goes
 * with the first, so that a file that has anything tells of which probe it is.
 */
static void file_write(struct keep *keep, struct kept_file *file, const char *line, size_t length)
{
	struct buffer *whole = &keep->line;
	int err;

	if (file->fd < 0)
		return;
	buffer_reset(whole);
	if (!file->whole) {
		buffer_put(whole, keep->run_line, strlen(keep->run_line));
		buffer_put(whole, "\n", 1);
	}
	buffer_put(whole, line, length);
	buffer_put(whole, "\n", 1);
	err = whole->failed ? -ENOMEM : write_all(file->fd, whole->data, whole->used);
	if (!err) {
		file->whole += (off_t)whole->used;
		return;
	}
	fault_set(&file->failed, -err, "write the record %s/%s.jsonl", path_end(keep->dir),
	          file->probe);
	if (ftruncate(file->fd, file->whole) < 0)
		fault_set_ext(&file->failed, -err, "its last line is torn",
		              "write the record %s/%s.jsonl", path_end(keep->dir), file->probe);
	file_close(file);
}

/* A file that cannot be made is remembered like one that cannot be written. */
static int file_make(const struct keep *keep, const char *probe, struct fault *f)
{
	char *path = keep_path(keep->dir, probe);
	int fd = path ? file_create(keep->dir_fd, path + strlen(keep->dir) + 1, path, f)
	              : fault_set(f, ENOMEM, "keep the record of %s", probe);

	free(path);
	return fd < 0 ? -1 : fd;
}

static struct kept_file *file_of(struct keep *keep, const char *probe)
{
	struct kept_file *file = keep->files;

	while (file && strcmp(file->probe, probe) != 0)
		file = file->next;
	if (file)
		return file;
	file = calloc(1, sizeof(*file));
	if (!file || !(file->probe = strdup(probe))) {
		free(file);
		keep->no_memory = true;
		return NULL;
	}
	file->fd = file_make(keep, probe, &file->failed);
	file->next = keep->files;
	keep->files = file;
	return file;
}

void keep_line(struct keep *keep, const char *probe, const char *line, size_t length)
{
	struct kept_file *file = file_of(keep, probe);

	if (file)
		file_write(keep, file, line, length);
}

static void file_free(struct kept_file *file)
{
	free(file->probe);
	free(file);
}

void keep_probe_done(struct keep *keep, const char *probe)
{
	for (struct kept_file **at = &keep->files; *at; at = &(*at)->next) {
		struct kept_file *file = *at;

		if (strcmp(file->probe, probe) != 0)
			continue;
		file_close(file);
		if (file->failed.err) /* to be told at the end */
			return;
		*at = file->next;
		file_free(file);
		return;
	}
}

size_t keep_close(struct keep *keep, keep_failed_fn failed, void *arg)
{
	struct fault no_memory = {0};
	size_t failures = 0;

	if (keep->no_memory) {
		fault_set(&no_memory, ENOMEM, "keep every record in %s", path_end(keep->dir));
		failed(&no_memory, arg);
		failures++;
	}
	while (keep->files) {
		struct kept_file *file = keep->files;

		file_close(file);
		if (file->failed.err) {
			failed(&file->failed, arg);
			failures++;
		}
		keep->files = file->next;
		file_free(file);
	}
	keep_free(keep);
	return failures;
}
