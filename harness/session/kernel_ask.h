/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_ask: one kernel asked, or what the store has of it; for a history and a bisection. */
#ifndef FINWAIT_SESSION_KERNEL_ASK_H
#define FINWAIT_SESSION_KERNEL_ASK_H

#include "../report/history/history.h"
#include "sweep.h"

#define KERNEL_WHY 512 /* as in a struct sweep_result */

struct kernel_asking {
	const struct request *request;
	bool again; /* nothing is taken from the store */
	void (*progress)(const struct sweep_counts *counts, const char *making, int64_t elapsed_ns,
	                 void *arg); /* NULL: nobody looks */
	void (*say)(const char *line, void *arg); /* a line for people, without its newline */
	void *arg;
	size_t kept, asked; /* answers so far, over all kernels */
	struct tally tally;
};

/*
 * Asks the kernel @name (as kernel_find() takes it); @kernel gets its records, or why there are
 * none. 0, -EINTR or -ENOMEM.
 */
int kernel_ask(struct kernel_asking *asking, const char *name,
               struct history_kernel *kernel) MUST_CHECK;

/*
 * Whether the kernel @name takes what is to be set, which is tried there unless it has answered
 * before; nothing is asked. 0, also where it does not tell (it does not boot); -EINVAL: no, @why has
 * its words; -EINTR.
 */
int kernel_try(const struct kernel_asking *asking, const char *name,
               char why[KERNEL_WHY]) MUST_CHECK;

#endif
