/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bisect: between which two of several kernels each finding changed. Theory of operation
 *
 * The first and the last kernel are asked. A finding that they answer otherwise changed somewhere
 * between; a kernel in the middle of where it still may have is asked, and halves that. Each
 * answer is held against that of the first kernel, for all findings at once, so that several that
 * changed at one place cost no more than one. A kernel that does not tell (it does not boot, lacks
 * what the probe needs, was inconclusive) is stepped over: the next one is in the middle of the
 * longest part that is left, since those beside it may be broken as well.
 *
 * Pure but for the hooks: who is asked, and how, is the caller's.
 */
#ifndef FINWAIT_SESSION_BISECT_H
#define FINWAIT_SESSION_BISECT_H

#include "../report/history/history.h"

struct bisect {
	struct history_kernel
		*kernels; /* two or more, oldest first, none asked yet; the caller's */
	size_t count;
	int64_t slack_ns;
	struct history_change *changes; /* what bisect_run() found */
	size_t change_count;
	size_t asked; /* kernels */
	size_t silent; /* findings that an end does not tell of */
};

struct bisect_hooks {
	/* Asks kernels[@kernel]: history_take() or history_fail(). 0, or -errno, which ends it. */
	int (*ask)(struct history_kernel *kernel, size_t number, void *arg);
	/* Both ends were asked, and something differs; at most @steps more are to come. */
	void (*ends)(const struct bisect *bisect, size_t steps, void *arg);
	/* kernels[@kernel] was asked; where the changes were looked for by then. May be NULL. */
	void (*step)(const struct bisect *bisect, const struct history_change *open, size_t kernel,
	             void *arg);
	void *arg;
};

enum bisect_end {
	BISECT_FOUND, /* next to each other, but for kernels that do not tell */
	BISECT_SAME, /* both ends answer alike */
	BISECT_SILENT, /* an end does not tell */
};

/* Returns an enum bisect_end, or -ENOMEM or what ask() has; bisect_free() it either way. */
int bisect_run(struct bisect *bisect, const struct bisect_hooks *hooks) MUST_CHECK;
/* Does not touch the kernels. */
void bisect_free(struct bisect *bisect);
struct history_bisection bisect_bisection(const struct bisect *bisect);
/* The end that does not tell, and why, as a line; for BISECT_SILENT. */
const char *bisect_silence(const struct bisect *bisect, char *buf, size_t size);

#endif
