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
 * On many machines: each asks a part of the points, a shard or a chunk (chunk.h), by what a plan
 * says (sweep_plan.h), into a store that all see; who then sweeps all of them collects. With
 * Slurm one does all of that (sweep_slurm.c).
 *
 * The kernel that runs here has no virtual time: its points are runs like any others, by
 * session_run(), and never kept.
 */
#ifndef FINWAIT_SESSION_SWEEP_H
#define FINWAIT_SESSION_SWEEP_H

#include "../report/sweep/sweep.h"
#include "session.h"
#include "value_list.h"

#define SWEEP_POINTS_MOST 10000000 /* of a kernel */

/* What a plan's chunk is asked by, beside the request: see sweep_plan.h. */
struct sweep_stamp {
	uint64_t program; /* program_digest() of who asks, without probes of one's own */
	size_t points; /* in all; 0: it is no plan's */
	const char *const *guests; /* one a kernel: the store's folder; NULL: any */
};

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
	size_t from, to; /* of the points' numbers, over all kernels; to 0: all */
	const char *const *merged; /* folders of answers that are taken, too, and kept */
	size_t merged_count;
	struct sweep_stamp stamp;

	/* For other machines. */
	const char *const *words; /* the probes as they were typed: paths of one's own, too */
	size_t word_count;
	const char *plan_path; /* a plan goes there, and nothing is asked; NULL: none */
	bool slurm; /* what is missing is asked by an array of tasks, and waited for */
	const char *partition; /* of Slurm's; NULL: its default */
	size_t chunks; /* so many; 0: by the estimate */
};

#define SWEEP_JOB 24 /* a number of Slurm's */

/* How many points. */
struct sweep_counts {
	size_t all, kept, asked, failed; /* failed: of those asked, came to no answer */
	size_t left; /* are still to be asked */
	size_t broken; /* answers that could not be used */
	size_t unkept; /* that could not be put into the store */
	size_t verified, differ; /* asked again for comparison; not the same as what is kept */
	int64_t estimate_ns; /* of the wall's time, for what is left, from what kept ones took */
	size_t unknown; /* of those that are left: nothing like them was ever asked */
	/* Of the array that is waited for; tasks 0: there is none. */
	size_t tasks, tasks_running, tasks_gone;
	char job[SWEEP_JOB], waits_for[40]; /* its number, why the first of those that wait does */
};

/* What a sweep was cut into. */
struct sweep_cut {
	size_t chunks;
	int64_t each_ns; /* a chunk may take that long on one processor */
	const char *job; /* an array of them was submitted; NULL: they are in a plan */
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
	/* Chunks were made, and are in the plan or with Slurm. */
	void (*cut)(const struct sweep_cut *cut, void *arg);
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

/* Is it a part of the points alone? Then 0 says that they were asked, whatever they came to. */
bool sweep_is_part(const struct sweep *sweep);

/* It only tells how much there is to ask, or writes that down. */
bool sweep_asks_nothing(const struct sweep *sweep);

/* Returns an enum exit_code; one of a sweep that was not carried out at all is EXIT_USAGE or
 * EXIT_NOT_RUN with a reason in @result. */
enum exit_code sweep_run(const struct sweep *sweep, const struct sweep_hooks *hooks,
                         struct sweep_result *result) MUST_CHECK;

#endif
