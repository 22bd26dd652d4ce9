// SPDX-License-Identifier: GPL-2.0-or-later
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h> /* basename() that knows "out/" */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define PATH_SAID 150 /* leaves room in a fault for what is wrong with it */

int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

int read_all(int fd, void *data, size_t size)
{
	char *at = data;

	while (size) {
		ssize_t n = read(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

const char *path_end(const char *path)
{
	size_t length = strlen(path);

	return length > PATH_SAID ? path + length - PATH_SAID : path;
}

/* Does the link @name in @parent_fd belong to nobody who may choose where @parent_fd leads? */
static bool link_is_planted(int parent_fd, const struct stat *link)
{
	struct stat parent;

	if (link->st_uid == geteuid() || link->st_uid == 0 || fstat(parent_fd, &parent) < 0)
		return false;
	return (parent.st_mode & S_IWOTH) && link->st_uid != parent.st_uid;
}
/* A descriptor of what @fd, an O_PATH of @name in @parent_fd, is or leads to; or -errno. */
static int folder_follow(int parent_fd, const char *name, int fd, bool *planted)
{
	struct stat st;
	int folder_fd;

	if (fstat(fd, &st) < 0)
		return -errno;
	*planted = S_ISLNK(st.st_mode) && link_is_planted(parent_fd, &st);
	if (*planted)
		return -ELOOP; /* as open(2) says with O_NOFOLLOW */
	/* What was looked at is what is opened, whatever stands there in the meantime. */
	folder_fd = S_ISLNK(st.st_mode) ? openat(parent_fd, name, FOLDER_FLAGS)
	                                : openat(fd, ".", FOLDER_FLAGS);
	return folder_fd < 0 ? -errno : folder_fd;
}

static int folder_open_in(int parent_fd, const char *name, bool *planted)
{
	int fd, folder_fd;

	if (parent_fd < 0 || (mkdirat(parent_fd, name, 0777) < 0 && errno != EEXIST))
		return -errno;
	fd = openat(parent_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	folder_fd = folder_follow(parent_fd, name, fd, planted);
	close(fd);
	return folder_fd;
}

int folder_open(const char *path, const char *use, struct fault *f)
{
	char *way = strdup(path), *end = strdup(path);
	int parent_fd, fd = -ENOMEM;
	bool planted = false;

	if (way && end) {
		/* "out/" is out here: with its slash a link would be followed */
		parent_fd = open(*path ? dirname(way) : "", O_PATH | O_DIRECTORY | O_CLOEXEC);
		fd = folder_open_in(parent_fd, basename(end), &planted);
		if (parent_fd >= 0)
			close(parent_fd);
	}
	free(way);
	free(end);
	if (planted)
		return fault_refuse(f, ELOOP, "%s is a link that another user has put there%s",
		                    path_end(path), use);
	return fd < 0 ? fault_set(f, -fd, "open the folder %s%s", path_end(path), use) : fd;
}

static const char *kind_words(mode_t mode)
{
	if (S_ISLNK(mode))
		return "a symbolic link";
	if (S_ISFIFO(mode))
		return "a FIFO";
	if (S_ISDIR(mode))
		return "a folder";
	return "a device or a socket";
}

int file_create(int folder_fd, const char *name, const char *path, struct fault *f)
{
	struct stat st;
	int fd;

	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(st.st_mode))
			return fault_refuse(f, EEXIST, "%s is %s: nothing is written through it",
			                    path_end(path), kind_words(st.st_mode));
		if (unlinkat(folder_fd, name, 0) < 0)
			return fault_set(f, errno, "replace %s", path_end(path));
	}
	/* Whoever is quick enough to put something there again gets an error, no more. */
	fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return fd < 0 ? fault_set(f, errno, "write %s", path_end(path)) : fd;
}

int file_create_at(const char *path, struct fault *f)
{
	char *way = strdup(path), *end = strdup(path);
	int fd, folder_fd;

	if (!way || !end || !*path) {
		fd = fault_set(f, *path ? ENOMEM : ENOENT, "write %s", path_end(path));
	} else {
		fd = folder_fd = folder_open(dirname(way), "", f);
		if (folder_fd >= 0) {
			fd = file_create(folder_fd, basename(end), path, f);
			close(folder_fd);
		}
	}
	free(way);
	free(end);
	return fd;
}

FILE *file_open_regular(const char *path, struct fault *f)
{
	/* A FIFO would be waited for otherwise. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	FILE *file = NULL;

	if (fd < 0 || fstat(fd, &st) < 0) {
		fault_set(f, errno, "%s", path_end(path));
	} else if (S_ISDIR(st.st_mode)) {
		fault_set(f, EISDIR, "%s", path_end(path));
	} else if (!S_ISREG(st.st_mode)) {
		fault_refuse(f, EINVAL, "%s is %s, not a file", path_end(path),
		             kind_words(st.st_mode));
	} else {
		file = fdopen(fd, "r");
		if (!file)
			fault_set(f, errno, "%s", path_end(path));
	}
	if (fd >= 0 && !file)
		close(fd);
	return file;
}
