/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache: XDG_CACHE_HOME/finwait, or ~/.cache/finwait. An entry is a folder that
 * is made under a temporary name and renamed when it is whole: what has its
 * final name is complete, whoever died on the way.
 */
#ifndef FINWAIT_VM_CACHE_H
#define FINWAIT_VM_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "../../netns/fault.h"

#define CACHE_PATH 1024

/* "CACHE/@room", made if need be; rooms are "kernels", "guests" and "apt". */
int cache_room(const char *room, char path[CACHE_PATH], struct fault *f) MUST_CHECK;
/* A new empty folder in @room to build an entry in. */
int cache_begin(const char *room, char temp[CACHE_PATH], struct fault *f) MUST_CHECK;
/* @temp becomes @final, replacing what may be there. */
int cache_commit(const char *temp, const char *final, struct fault *f) MUST_CHECK;
/* Remove a folder with all that is in it. */
int cache_remove(const char *path, struct fault *f) MUST_CHECK;
/* Wait for the lock @name of @room; a descriptor that holds it until it is closed. */
int cache_lock(const char *room, const char *name, struct fault *f) MUST_CHECK;

/* "DIR/NAME"; -ENAMETOOLONG with the fault filled. */
int path_join(char path[CACHE_PATH], const char *dir, const char *name, struct fault *f) MUST_CHECK;
int file_write(const char *path, const void *data, size_t size, struct fault *f) MUST_CHECK;
/* The whole file, with a NUL behind it, to be freed; NULL with the fault filled. */
void *file_read(const char *path, size_t *size, struct fault *f) MUST_CHECK;

/* A running 64-bit digest: tells contents apart, resists no attacker. */
#define DIGEST_START 0x9e3779b97f4a7c15ULL
uint64_t digest_add(uint64_t digest, const void *data, size_t size);

#endif
