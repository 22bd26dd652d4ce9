/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file: descriptors and files. What is opened by a name may have been put there by
 * somebody else: a symbolic link to a file of ours, a FIFO that nobody reads.
 */
#ifndef FINWAIT_BASE_FILE_H
#define FINWAIT_BASE_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "fault.h"

/* All of it, however much write(2) takes at a time. 0 or -errno. */
int write_all(int fd, const void *data, size_t size) MUST_CHECK;
/* As many bytes as are asked for. 0, -EPIPE when they end before, or -errno. */
int read_all(int fd, void *data, size_t size) MUST_CHECK;

/*
 * A descriptor of the folder @path, made if it is not there; or -errno. A link that somebody
 * else has put in a folder that all may write is refused, as the kernel's may_follow_link()
 * does where fs.protected_symlinks is on. @use ends a fault's words: " for records".
 */
int folder_open(const char *path, const char *use, struct fault *f) MUST_CHECK;

/*
 * A new regular file @name in @folder_fd, in place of the one that is there: what others hold
 * open or have linked is never written into. What is no regular file, a link or a FIFO,
 * is refused. A descriptor, or -errno; @path is for the words.
 */
int file_create(int folder_fd, const char *name, const char *path, struct fault *f) MUST_CHECK;

/* The same of @path, in a folder that is made if it is not there. */
int file_create_at(const char *path, struct fault *f) MUST_CHECK;

/* Open for reading; what is no regular file is refused, and none is waited for. NULL: see @f. */
FILE *file_open_regular(const char *path, struct fault *f) MUST_CHECK;

/* The end of @path, as long as a line for people has room for. */
const char *path_end(const char *path);

#endif
