// SPDX-License-Identifier: GPL-2.0-or-later
#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/interrupt.h"
#include "trust.h"

int path_join(char path[CACHE_PATH], const char *dir, const char *name, struct fault *f)
{
	int n = snprintf(path, CACHE_PATH, "%s/%s", dir, name);

	return n >= CACHE_PATH ? fault_set(f, ENAMETOOLONG, "%.80s/...", dir) : 0;
}

static int folder_make(const char *path, struct fault *f)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
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

/* Where the cache is: "finwait" in what the environment names. */
static int cache_home(char path[CACHE_PATH], struct fault *f)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n;

	if (cache && *cache == '/')
		n = snprintf(path, CACHE_PATH, "%s/finwait", cache);
	else if (home && *home == '/')
		n = snprintf(path, CACHE_PATH, "%s/.cache/finwait", home);
	else
		return fault_refuse(f, ENOENT,
		                    "find a cache folder: neither XDG_CACHE_HOME nor HOME"
		                    " is set");
	return n < CACHE_PATH - 160
	               ? 0
	               : fault_set(f, ENAMETOOLONG, "make a cache folder (XDG_CACHE_HOME)");
}

int cache_room(const char *room, char path[CACHE_PATH], struct fault *f)
{
	char home[CACHE_PATH];
	int err = cache_home(home, f);

	if (!err)
		err = path_join(path, home, room, f);
	if (!err)
		err = folders_make(path, f);
	if (!err)
		err = trust_room(home, f);
	return err ? err : trust_room(path, f);
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

#define LOCK_PREFIX ".lock-"
#define NEW_PREFIX ".new-"

/* "CACHE/@room/@prefix@name". */
static int entry_path(const char *room, const char *prefix, const char *name, char path[CACHE_PATH],
                      struct fault *f)
{
	char dir[CACHE_PATH], file[200];
	int err = cache_room(room, dir, f);

	snprintf(file, sizeof(file), "%s%s", prefix, name);
	return err ? err : path_join(path, dir, file, f);
}

int cache_begin(const char *room, const char *name, char temp[CACHE_PATH], struct fault *f)
{
	int err = entry_path(room, NEW_PREFIX, name, temp, f);

	if (!err)
		err = cache_remove(temp, f);
	if (!err && mkdir(temp, 0755) < 0)
		err = fault_set(f, errno, "make the folder %s (XDG_CACHE_HOME)", temp);
	return err;
}

int cache_commit(const char *temp, const char *final, struct fault *f)
{
	int err = cache_remove(final, f);

	if (err)
		return err;
	return rename(temp, final) < 0 ? fault_set(f, errno, "rename to %s", final) : 0;
}

int cache_forget(const char *room, const char *name, bool all, struct fault *f)
{
	char path[CACHE_PATH];
	int err = entry_path(room, NEW_PREFIX, name, path, f);

	if (!err)
		err = cache_remove(path, f);
	if (err || !all)
		return err;
	err = entry_path(room, "", name, path, f);
	return err ? err : cache_remove(path, f);
}

/* ---- locks */

/* Whether the file that @fd has locked is the one at @path: its last holder removed it, maybe. */
static bool lock_current(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
	       mine.st_dev == there.st_dev;
}

static int lock_take(const char *path, bool wait, struct fault *f)
{
	int err, fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return fault_set(f, errno, "open the lock %s", path);
	while (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
		err = errno == EINTR ? interrupt_check(f) : fault_set(f, errno, "lock %s", path);
		if (!err)
			continue;
		close(fd);
		return err;
	}
	return fd;
}

int cache_lock(const char *room, const char *name, bool wait, struct cache_lock *lock,
               struct fault *f)
{
	int err = entry_path(room, LOCK_PREFIX, name, lock->path, f);

	if (err)
		return err;
	for (;;) {
		lock->fd = lock_take(lock->path, wait, f);
		if (lock->fd < 0)
			return lock->fd;
		if (lock_current(lock->fd, lock->path))
			return 0;
		close(lock->fd);
	}
}

/* Who waits for this very file finds that it is gone, and takes a new one. */
void cache_unlock(struct cache_lock *lock)
{
	(void)unlink(lock->path);
	close(lock->fd);
	lock->fd = -1;
}

/* ---- what is there */

static int names_add(struct cache_names *names, const char *name)
{
	char **items;

	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return 0;
	items = realloc(names->items, (names->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	names->items = items;
	items[names->count] = strdup(name);
	return items[names->count] ? (names->count++, 0) : -ENOMEM;
}

static const char *name_bare(const char *name)
{
	static const char *const prefixes[] = {LOCK_PREFIX, NEW_PREFIX};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return name + strlen(prefixes[i]);
	return name;
}

int cache_names(const char *room, struct cache_names *names, struct fault *f)
{
	char path[CACHE_PATH];
	struct dirent *entry;
	DIR *dir;
	int err = cache_room(room, path, f);

	*names = (struct cache_names){0};
	if (err)
		return err;
	dir = opendir(path);
	if (!dir)
		return fault_set(f, errno, "read %s", path);
	while (!err && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			err = names_add(names, name_bare(entry->d_name));
	closedir(dir);
	return err ? fault_set(f, -err, "read %s", path) : 0;
}

void cache_names_free(struct cache_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct cache_names){0};
}

uint64_t cache_size(const char *path)
{
	char *const roots[] = {(char *)path, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	uint64_t bytes = 0;
	FTSENT *entry;

	while (walk && (entry = fts_read(walk)))
		if (entry->fts_info == FTS_F)
			bytes += (uint64_t)entry->fts_statp->st_blocks * 512;
	if (walk)
		fts_close(walk);
	return bytes;
}

/* A program that could not write what it wanted to leaves some of the last blocks. */
#define FULL_BYTES ((uint64_t)1 << 20)

int cache_full(const char *room, int err, struct fault *f)
{
	char path[CACHE_PATH];
	struct statvfs disk;
	struct fault ignored;
	bool full = err == -ENOSPC || err == -EDQUOT;

	if (!err || cache_room(room, path, &ignored) < 0)
		return err;
	if (statvfs(path, &disk) == 0)
		full |= (uint64_t)disk.f_bavail * disk.f_frsize < FULL_BYTES;
	if (!full)
		return err;
	return fault_refuse(f, ENOSPC,
	                    "the disk of %.90s is full: 'finwait kernel rm' makes room,"
	                    " XDG_CACHE_HOME names another place",
	                    path);
}

/* ---- files */

int file_write(const char *path, const void *data, size_t size, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), err;

	if (fd < 0)
		return fault_set(f, errno, "write %s", path);
	err = write_all(fd, data, size);
	if (close(fd) < 0 && !err)
		err = -errno;
	return err ? fault_set(f, -err, "write %s", path) : 0;
}

/* Opening a FIFO would wait for its other end, reading one for ever. */
static int file_open(const char *path, int flags, struct fault *f)
{
	int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC, 0644);
	struct stat st;

	if (fd < 0)
		return fault_set(f, errno, "open %s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return fault_refuse(f, EINVAL, "%.200s is no regular file", path);
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
	int fd = file_open(path, O_RDONLY, f);
	char *data;
	int err;

	if (fd < 0)
		return NULL;
	errno = 0;
	data = fd_read(fd, size);
	err = errno ? errno : ENOMEM;
	close(fd);
	if (!data)
		fault_set(f, err, "read %s", path);
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

int file_open_in(const char *dir, const char *name, int flags, struct fault *f)
{
	char path[CACHE_PATH];
	int err = path_join(path, dir, name, f);

	return err ? err : file_open(path, flags, f);
}

int file_write_in(const char *dir, const char *name, const void *data, size_t size, struct fault *f)
{
	char path[CACHE_PATH];
	int err = path_join(path, dir, name, f);

	return err ? err : file_write(path, data, size, f);
}
