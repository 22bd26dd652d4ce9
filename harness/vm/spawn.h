/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spawn: run a program of the system's with an argument list (never a shell). */
#ifndef FINWAIT_VM_SPAWN_H
#define FINWAIT_VM_SPAWN_H

#include <stddef.h>

#include "../base/fault.h"

/*
 * Run @argv to its end with nothing on its standard input, in @dir unless NULL.
 * What it printed goes to *@output (for the caller to free) unless that is NULL.
 * Returns its exit status; a program that is not there, a signal and a status above 0
 * are -ENOENT, -EINTR and -EIO with the last line of its standard error in @f.
 */
int spawn(const char *const argv[], const char *dir, char **output, struct fault *f) MUST_CHECK;

/* The same, whatever signal has come or comes: to clear up after an interrupt. */
int spawn_to_end(const char *const argv[], struct fault *f) MUST_CHECK;

/*
 * All that is in the file @fd, with a NUL behind it, to be freed; its @length. NULL: it
 * could not be read, or there is no memory.
 */
char *fd_text(int fd, size_t *length);

#endif
