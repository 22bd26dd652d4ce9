/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep: one request with every combination of values, at every target. Theory of operation
 *
 * A point is a row of the plan, over a family, on a kernel, with one value of each axis, in one
 * timer phase. Points are numbered, kernel by kernel, and told by their number alone: their plans
 * are made when they are needed and let go of, so that a sweep takes no more memory for having more
 * points than a bit of each. First all are looked up in the store (store/store.h); what is missing
 * is asked by the supervisor, a batch at a time, put into the store as it comes, and handed over as
 * a record that is freed behind. Who is interrupted or killed loses what was under way: the same
 * sweep finds the rest in the store.
 *
 * The kernel that runs here has no virtual time: its points are runs like any others, by
 * session_run(), and never kept.
 */
#ifndef FINWAIT_SESSION_SWEEP_H
#define FINWAIT_SESSION_SWEEP_H

#include "../report/sweep/sweep.h"
#include "session.h"
#include "value_list.h"

#define SWEEP_POINTS_MOST 10000000

struct sweep {
	struct request request; /* without what the axes say; phase_count 0: one */
	const struct sweep_axis *axes;
	size_t axis_count;
	const char *const *kernels; /* TARGET_HOST is the one that runs here */
	size_t kernel_count;
	const char *out_dir; /* DIR/KERNEL/, a file a point; NULL: no records are kept */
	bool again; /* nothing is taken from the store */
	bool plan_only; /* nothing is asked */
	unsigned int verify; /* so many of 10,000 kept answers are asked again, and compared */
	size_t shard, shards; /* every @shards-th point, from @shard on; shards 0: all */
};

/* How many points. */
struct sweep_counts {
	size_t all, kept, asked, failed; /* failed: of those asked, came to no answer */
	size_t left; /* are still to be asked */
	size_t broken; /* answers that could not be used */
	size_t unkept; /* that could not be put into the store */
	size_t verified, differ; /* asked again for comparison; not the same as what is kept */
	int64_t estimate_ns; /* of the wall's time, for what is left, from what kept ones took */
	size_t unknown; /* of those that are left: nothing like them was ever asked */
};

/* Each may be NULL. */
struct sweep_hooks {
	/* What a point came to; without its events where it comes from the store. */
	int (*answer)(const struct sweep_place *place, const struct record *rec, void *arg);
	/* Now and then; @making: a guest of that kernel is being made, else NULL. */
	void (*progress)(const struct sweep_counts *counts, const char *making, int64_t elapsed_ns,
	                 void *arg);
	/* With plan_only: of one kernel. */
	void (*planned)(const char *kernel, const struct sweep_counts *counts, void *arg);
	/* A line for people, without its newline. */
	void (*say)(const char *line, void *arg);
	void *arg;
};

struct sweep_result {
	struct sweep_counts counts;
	struct tally tally;
	bool interrupted;
	char whom[400]; /* was asked: a heading's first words (report/heading.h) */
	char why[512]; /* why nothing was asked, or not all; "": nothing is to be said */
};

/* Returns an enum exit_code; one of a sweep that was not carried out at all is EXIT_USAGE or
 * EXIT_NOT_RUN with a reason in @result. */
enum exit_code sweep_run(const struct sweep *sweep, const struct sweep_hooks *hooks,
                         struct sweep_result *result) MUST_CHECK;

#endif
