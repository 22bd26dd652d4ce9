/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scratch: try something in a process of its own, so that its namespaces go with it. */
#ifndef FINWAIT_RUN_SCRATCH_H
#define FINWAIT_RUN_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/fault.h"

typedef int (*scratch_fn)(void *arg, struct fault *f);

/*
 * Run @fn(@arg) in a forked child, in a user namespace of its own when @userns.
 * Returns what it returned, with its fault; its first @size bytes at @result (in
 * the child's copy) are brought back when @size > 0. -ECHILD: it died.
 */
int scratch_run(bool userns, scratch_fn fn, void *arg, void *result, size_t size,
                struct fault *f) MUST_CHECK;

#endif
