/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fork: what steady.so.c, which stands in for libc, hands over to fork.so.c. */
#ifndef FINWAIT_VM_FORK_SO_H
#define FINWAIT_VM_FORK_SO_H

#include <pthread.h>
#include <stdbool.h>

/* In place of libc's; nothing else of the library has a name in QEMU. */
#define STANDS_IN __attribute__((visibility("default")))

/* What the main loop is to watch: readable, fork_serve() is due. -1: this QEMU does not multiply. */
int fork_socket(void);
/* Take a request, and return from it twice. In the fork, end it when nobody waits for it any more. */
void fork_serve(void);

/* As pthread_cond_wait() by one thread alone, on any condition; fork_wake() is its signal. */
void fork_wait(pthread_mutex_t *mutex);
void fork_wake(void);

#endif
