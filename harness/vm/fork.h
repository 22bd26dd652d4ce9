/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork: what is said to a QEMU that is to multiply (fork.so.c). It is told two descriptors in
 * its environment; requests come by the one, a datagram with descriptors for each.
 */
#ifndef FINWAIT_VM_FORK_H
#define FINWAIT_VM_FORK_H

#include <sys/types.h>

#define FORK_SOCKET "FINWAIT_FORK_SOCKET" /* which descriptor requests come by */
#define FORK_MONITOR "FINWAIT_FORK_MONITOR" /* which one the monitor has */

/* What comes with a request, in this order: the fork's own, for what it has of the first. */
enum fork_fd {
	FORK_FD_SHARED,
	FORK_FD_CONSOLE,
	FORK_FD_ERROR,
	FORK_FD_MONITOR,
	FORK_FD_LINE, /* the answer comes by it; the fork ends when its other end is closed */
	FORK_FD_COUNT,
};

/* The names of the memory files, by which the fork finds the descriptors to replace. */
#define FORK_NAME_SHARED "finwait-shared"
#define FORK_NAME_CONSOLE "finwait-console"
#define FORK_NAME_ERROR "finwait-error"

struct fork_request {
	int cpu; /* to stay on; -1: anywhere */
};

/* With a pidfd, which reads as ended when the fork has. */
struct fork_answer {
	pid_t pid;
};

#endif
