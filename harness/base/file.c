// SPDX-License-Identifier: GPL-2.0-or-later
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

int folder_open(const char *path, struct fault *f)
{
	int fd;

	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return fault_set(f, errno, "make the folder %s", path_end(path));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fault_set(f, errno, "open the folder %s", path_end(path)) : fd;
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
