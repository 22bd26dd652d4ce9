/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pass: descriptors that go to another process with what is said, unix(7). */
#ifndef FINWAIT_BASE_PASS_H
#define FINWAIT_BASE_PASS_H

#include <stddef.h>

#define PASS_MOST 8 /* descriptors at a time */

/* All of @data with @count descriptors. 0 or -errno; -EPIPE: the other end is gone. */
int pass_send(int socket, const void *data, size_t size, const int *fds, size_t count);
/*
 * Exactly @size bytes and @count descriptors, which are closed on exec; @flags as of recvmsg(2).
 * 0, -EPIPE (the other end is gone), -EBADMSG (something else came) or another -errno.
 */
int pass_receive(int socket, void *data, size_t size, int *fds, size_t count, int flags);

#endif
