/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ready: guests of the kernels to come, booted by processes of their own while the first
 * kernels are asked. Whoever is first at a kernel makes its snapshot, the other waits for it
 * (cache_lock()); what goes wrong is said by the run that needs it.
 */
#ifndef FINWAIT_SESSION_READY_H
#define FINWAIT_SESSION_READY_H

#include <sys/types.h>

#include "collect.h"

struct ready {
	pid_t *pids;
	size_t count;
};

/* One process for each processor but one, at most. */
void ready_start(const struct collect *c, struct ready *ready);
/* Wait for them; @at_once: end them. */
void ready_end(struct ready *ready, bool at_once);

#endif
