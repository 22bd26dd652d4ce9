// SPDX-License-Identifier: GPL-2.0-or-later
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int path_join(char path[CACHE_PATH], const char *dir, const char *name, struct fault *f)
{
	int n = snprintf(path, CACHE_PATH, "%s/%s", dir, name);

	return n >= CACHE_PATH ? fault_set(f, ENAMETOOLONG, "%.80s/...", dir) : 0;
}

static int folder_make(const char *path, struct fault *f)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return fault_set(f, errno, "make the cache folder %s (XDG_CACHE_HOME)", path);
	return 0;
}

/* Every part of @path that is not there yet. */
static int folders_make(const char *path, struct fault *f)
{
	char part[CACHE_PATH];

	snprintf(part, sizeof(part), "%s", path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int err;

		*slash = '\0';
		err = access(part, F_OK) == 0 ? 0 : folder_make(part, f);
		if (err)
			return err;
		*slash = '/';
	}
	return folder_make(path, f);
}

int cache_room(const char *room, char path[CACHE_PATH], struct fault *f)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n;

	if (cache && *cache == '/')
		n = snprintf(path, CACHE_PATH, "%s/finwait/%s", cache, room);
	else if (home && *home == '/')
		n = snprintf(path, CACHE_PATH, "%s/.cache/finwait/%s", home, room);
	else
		return fault_refuse(f, ENOENT,
		                    "find a cache folder: neither XDG_CACHE_HOME nor HOME"
		                    " is set");
	if (n >= CACHE_PATH - 128)
		return fault_set(f, ENAMETOOLONG, "make a cache folder (XDG_CACHE_HOME)");
	return folders_make(path, f);
}

int cache_begin(const char *room, char temp[CACHE_PATH], struct fault *f)
{
	char path[CACHE_PATH];
	int err = cache_room(room, path, f);

	if (!err)
		err = path_join(temp, path, ".new-XXXXXX", f);
	if (!err && !mkdtemp(temp))
		err = fault_set(f, errno, "make a folder in %s (XDG_CACHE_HOME)", path);
	return err;
}

static int entry_remove(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path) < 0 && errno != ENOENT ? -errno : 0;
}

int cache_remove(const char *path, struct fault *f)
{
	int err = nftw(path, entry_remove, 32, FTW_DEPTH | FTW_PHYS);

	if (err == -1 && errno == ENOENT)
		return 0;
	return err ? fault_set(f, err == -1 ? errno : -err, "remove %s", path) : 0;
}

int cache_commit(const char *temp, const char *final, struct fault *f)
{
	int err = cache_remove(final, f);

	if (err)
		return err;
	return rename(temp, final) < 0 ? fault_set(f, errno, "rename to %s", final) : 0;
}

int cache_lock(const char *room, const char *name, struct fault *f)
{
	char dir[CACHE_PATH], path[CACHE_PATH], file[200];
	int fd, err = cache_room(room, dir, f);

	snprintf(file, sizeof(file), ".lock-%s", name);
	if (!err)
		err = path_join(path, dir, file, f);
	if (err)
		return err;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return fault_set(f, errno, "open the lock %s", path);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR) {
			err = fault_set(f, errno, "lock %s", path);
			close(fd);
			return err;
		}
	return fd;
}

int file_write(const char *path, const void *data, size_t size, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), err = 0;
	const char *at = data;

	if (fd < 0)
		return fault_set(f, errno, "write %s", path);
	while (size && !err) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			err = fault_set(f, errno, "write %s", path);
		if (n > 0) {
			at += n;
			size -= (size_t)n;
		}
	}
	if (close(fd) < 0 && !err)
		err = fault_set(f, errno, "write %s", path);
	return err;
}

static char *fd_read(int fd, size_t *size)
{
	struct stat st;
	char *data;
	size_t done = 0;

	if (fstat(fd, &st) < 0)
		return NULL;
	data = malloc((size_t)st.st_size + 1);
	while (data && done < (size_t)st.st_size) {
		ssize_t n = read(fd, data + done, (size_t)st.st_size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(data);
			return NULL;
		}
		if (!n)
			break;
		done += (size_t)n;
	}
	if (data) {
		data[done] = '\0';
		*size = done;
	}
	return data;
}

void *file_read(const char *path, size_t *size, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data = NULL;

	errno = fd < 0 ? errno : 0;
	if (fd >= 0) {
		data = fd_read(fd, size);
		close(fd);
	}
	if (!data)
		fault_set(f, errno ? errno : ENOMEM, "read %s", path);
	return data;
}

uint64_t digest_add(uint64_t digest, const void *data, size_t size)
{
	const unsigned char *at = data;
	uint64_t word;

	digest = (digest ^ size) * 0xff51afd7ed558ccdULL;
	for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		digest = (digest ^ word) * 0xc4ceb9fe1a85ec53ULL;
		digest ^= digest >> 31;
	}
	word = 0;
	memcpy(&word, at, size);
	digest = (digest ^ word) * 0xc4ceb9fe1a85ec53ULL;
	return digest ^ (digest >> 29);
}
