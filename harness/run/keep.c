// SPDX-License-Identifier: GPL-2.0-or-later
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../record/json.h"

struct kept_file {
	char probe[40];
	int fd;
	off_t whole; /* the file's length up to its last whole line */
	struct kept_file *next;
};

struct keep {
	char dir[3072];
	char *run_line;
	struct kept_file *files; /* open ones */
	struct fault failed; /* the first failure */
};

void keep_path(const char *dir, const char *probe, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s.jsonl", dir, probe);
}

static int dir_try(const char *dir, struct fault *f)
{
	char path[4096];
	int fd;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return fault_set(f, errno, "make the folder %s for the records (--out DIR)", dir);
	snprintf(path, sizeof(path), "%s/.finwait-%d", dir, getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return fault_set(f, errno, "write records into %s (--out DIR)", dir);
	close(fd);
	return unlink(path) < 0 ? fault_set(f, errno, "remove %s", path) : 0;
}

struct keep *keep_open(const char *dir, const struct run_info *info, struct fault *f)
{
	struct keep *keep;

	if (strlen(dir) >= sizeof(keep->dir)) {
		fault_set(f, ENAMETOOLONG, "keep records (--out DIR)");
		return NULL;
	}
	if (dir_try(dir, f) < 0)
		return NULL;
	keep = calloc(1, sizeof(*keep));
	if (!keep || !(keep->run_line = json_run_line(info))) {
		free(keep);
		fault_set(f, ENOMEM, "keep records");
		return NULL;
	}
	snprintf(keep->dir, sizeof(keep->dir), "%s", dir);
	return keep;
}

static void keep_fail(struct keep *keep, int err, const char *probe)
{
	char path[4096];

	if (keep->failed.err)
		return;
	keep_path(keep->dir, probe, path, sizeof(path));
	fault_set(&keep->failed, err, "write the record %.150s", path);
}

/* A whole line or nothing: what a full disk tore off is cut away again. */
static void file_write(struct keep *keep, struct kept_file *file, const char *line, size_t length)
{
	char *whole = malloc(length + 1);
	size_t done = 0;

	if (file->fd < 0 || !whole) {
		free(whole);
		return;
	}
	memcpy(whole, line, length);
	whole[length++] = '\n';
	while (done < length) {
		ssize_t n = write(file->fd, whole + done, length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			keep_fail(keep, errno, file->probe);
			if (ftruncate(file->fd, file->whole) < 0)
				keep_fail(keep, errno, file->probe);
			close(file->fd);
			file->fd = -1;
			break;
		}
		done += (size_t)n;
	}
	if (done == length)
		file->whole += (off_t)length;
	free(whole);
}

static struct kept_file *file_of(struct keep *keep, const char *probe)
{
	struct kept_file *file = keep->files;
	char path[4096];

	while (file && strcmp(file->probe, probe) != 0)
		file = file->next;
	if (file)
		return file;
	file = calloc(1, sizeof(*file));
	if (!file) {
		keep_fail(keep, ENOMEM, probe);
		return NULL;
	}
	snprintf(file->probe, sizeof(file->probe), "%s", probe);
	keep_path(keep->dir, probe, path, sizeof(path));
	file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file->fd < 0)
		keep_fail(keep, errno, probe);
	file->next = keep->files;
	keep->files = file;
	file_write(keep, file, keep->run_line, strlen(keep->run_line));
	return file;
}

void keep_line(struct keep *keep, const char *probe, const char *line, size_t length)
{
	struct kept_file *file = file_of(keep, probe);

	if (file)
		file_write(keep, file, line, length);
}

void keep_probe_done(struct keep *keep, const char *probe)
{
	for (struct kept_file **at = &keep->files; *at; at = &(*at)->next) {
		struct kept_file *file = *at;

		if (strcmp(file->probe, probe) != 0)
			continue;
		if (file->fd >= 0 && close(file->fd) < 0)
			keep_fail(keep, errno, probe);
		*at = file->next;
		free(file);
		return;
	}
}

int keep_close(struct keep *keep, struct fault *f)
{
	int err;

	while (keep->files)
		keep_probe_done(keep, keep->files->probe);
	err = keep->failed.err;
	if (err)
		*f = keep->failed;
	free(keep->run_line);
	free(keep);
	return -err;
}
