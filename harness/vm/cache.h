/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache: XDG_CACHE_HOME/finwait, or ~/.cache/finwait. An entry is a folder that
 * is made under a temporary name and renamed when it is whole: what has its
 * final name is complete, whoever died on the way.
 */
#ifndef FINWAIT_VM_CACHE_H
#define FINWAIT_VM_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/fault.h"

#define CACHE_PATH 1024

/*
 * "CACHE/@room", made if need be; rooms are "kernels", "guests", "answers",
 * "slurm", "apt" and "apt-wide". -EPERM:
 * somebody else could change what is in it (trust.h).
 */
int cache_room(const char *room, char path[CACHE_PATH], struct fault *f) MUST_CHECK;
/*
 * A new empty folder in @room to build the entry @name in, for who holds its lock: one that
 * a process left behind when it was killed makes room for it.
 */
int cache_begin(const char *room, const char *name, char temp[CACHE_PATH],
                struct fault *f) MUST_CHECK;
/* @temp becomes @final, replacing what may be there. */
int cache_commit(const char *temp, const char *final, struct fault *f) MUST_CHECK;
/* Remove a folder with all that is in it. */
int cache_remove(const char *path, struct fault *f) MUST_CHECK;
/*
 * The lock @name of @room: a file that is there while somebody holds it, or was when its
 * holder was killed. Without @wait -EWOULDBLOCK when somebody else holds it.
 */
struct cache_lock {
	int fd;
	char path[CACHE_PATH];
};
int cache_lock(const char *room, const char *name, bool wait, struct cache_lock *lock,
               struct fault *f) MUST_CHECK;
void cache_unlock(struct cache_lock *lock);

/*
 * The entries of @room with anything left of them (themselves, one that was being
 * built, a lock), each once, to be freed by cache_names_free().
 */
struct cache_names {
	char **items;
	size_t count;
};
int cache_names(const char *room, struct cache_names *names, struct fault *f) MUST_CHECK;
void cache_names_free(struct cache_names *names);
/* For who holds its lock: remove what was being built of the entry @name; @all: and itself. */
int cache_forget(const char *room, const char *name, bool all, struct fault *f) MUST_CHECK;

/*
 * @err is why something that writes to @room could not be done: when the disk there is full
 * that is why, whatever @f says, and @f says so with what to do. Returns @err or -ENOSPC.
 */
int cache_full(const char *room, int err, struct fault *f) MUST_CHECK;
/* Bytes on the disk of all that is below @path; 0 when it is not there. */
uint64_t cache_size(const char *path);

/* "DIR/NAME"; -ENAMETOOLONG with the fault filled. */
int path_join(char path[CACHE_PATH], const char *dir, const char *name, struct fault *f) MUST_CHECK;
int file_write(const char *path, const void *data, size_t size, struct fault *f) MUST_CHECK;
/*
 * The whole file, with a NUL behind it, to be freed; NULL with the fault filled. -EINVAL: it is
 * no regular file.
 */
void *file_read(const char *path, size_t *size, struct fault *f) MUST_CHECK;
/* The same of @name in @dir: its descriptor (a new file's mode is 0644), and writing it. */
int file_open_in(const char *dir, const char *name, int flags, struct fault *f) MUST_CHECK;
int file_write_in(const char *dir, const char *name, const void *data, size_t size,
                  struct fault *f) MUST_CHECK;

/* A running 64-bit digest: tells contents apart, resists no attacker. */
#define DIGEST_START 0x9e3779b97f4a7c15ULL
uint64_t digest_add(uint64_t digest, const void *data, size_t size);

#endif
