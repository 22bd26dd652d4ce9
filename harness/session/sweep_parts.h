/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_parts: what the files of a sweep share: one under way. */
#ifndef FINWAIT_SESSION_SWEEP_PARTS_H
#define FINWAIT_SESSION_SWEEP_PARTS_H

#include "../store/store.h"
#include "../vm/vm.h"
#include "sweep.h"

#define TARGET_HOST_FOLDER "host"

/* Numbers of points, a bit each. */
struct point_set {
	uint64_t *bits;
	size_t space; /* points */
};

/* What runs of a row took that were asked before, or just now, for an estimate. */
struct row_time {
	int64_t sum_ns; /* of one processor */
	size_t count;
	size_t left; /* that are wanted */
};

/* One kernel. */
struct column {
	const char *name;
	size_t index;
	bool host;
	struct vm_machine vm; /* not of the host */
	bool ready; /* vm is */
	int out_fd; /* DIR/KERNEL; -1: none */
	size_t rows; /* of the plan of each combination */
	struct row_time *times; /* one a row */
	size_t points, left;
	size_t first; /* the number of its first point over all kernels */
	struct point_set wanted; /* to be asked */
	struct point_set compared; /* of these: only to be compared with what is kept */
	struct sweep_counts counts;
};

/* The answers of another machine. */
struct merged {
	struct store store;
	size_t taken;
};

struct sweeping {
	const struct sweep *sweep;
	const struct sweep_hooks *hooks;
	struct sweep_result *result;
	struct store store;
	struct merged *merged; /* as many as the sweep's */
	struct column *columns;
	size_t combos, phases;
	unsigned int jobs, time_limit_s;
	int64_t began_ns, asking_ns; /* when what is missing began to be asked; 0: not yet */
	bool store_said; /* that it cannot be written */
};

/* A point's number in its column, and back. */
struct point {
	size_t combo, row, phase;
};
size_t point_number(const struct sweeping *sw, const struct column *column,
                    const struct point *point);
bool point_in(const struct point_set *set, size_t number);
/* Combinations of @column that have points in @from to @to, numbers over all kernels. */
struct combo_range {
	size_t from, to; /* none: from == to */
};
struct combo_range combos_between(const struct sweeping *sw, const struct column *column,
                                  size_t from, size_t to);
/* Those that the sweep is about. */
struct combo_range combos_asked(const struct sweeping *sw, const struct column *column);

void sweep_say(const struct sweeping *sw, const char *fmt, ...) PRINTF(2, 3);
void sweep_progress(const struct sweeping *sw, const char *making);

struct target column_target(const struct column *column);
/* The plan of a combination: its settings added to the request's. plan_free() it on 0. */
int combo_plan(const struct sweeping *sw, const struct column *column, size_t combo,
               struct plan *plan, struct fault *f) MUST_CHECK;
typedef int (*point_fn)(void *arg, const struct planned *planned, const struct point *point,
                        struct fault *f);
/* @fn of each point of that plan, until one fails. 0 or -errno. */
int combo_each(const struct sweeping *sw, const struct column *column, size_t combo, point_fn fn,
               void *arg, struct fault *f) MUST_CHECK;
/* The request itself with them; request_clear() it either way. 0 or -ENOMEM. */
int combo_request(const struct sweeping *sw, size_t combo, struct request *request) MUST_CHECK;
struct job_times point_times(const struct sweeping *sw, const struct column *column, size_t phase);

/* A record of @column's point has come. 0 or -errno. */
int point_answered(struct sweeping *sw, const struct column *column, const struct point *point,
                   const struct record *rec, struct fault *f) MUST_CHECK;

/* sweep_whom.c: fills in the result's words; guests are ready. */
void sweep_describe(struct sweeping *sw);
/* sweep_ready.c, in this order: what is asked of @column is no mistake, as far as is known here; */
int column_start(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;
/* it has a folder for records, and a guest; */
int column_out(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;
int column_prepare(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;
/* and the kernel takes every value of every sysctl, if anything is left to ask. */
int column_try_sysctls(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;

/* sweep_look.c: all points of @column looked up; what is missing is wanted. */
int column_look(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;
/* Of those that were wanted and are in @from to @to: what others have answered by now. */
int points_collect(struct sweeping *sw, size_t from, size_t to, struct fault *f) MUST_CHECK;
/* sweep_ask.c: what is wanted, asked. 0, -EINTR, or -errno. */
int column_ask(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;
/* sweep_keep.c: @answer as a file of the point's. 0 or -errno. */
int point_keep(const struct sweeping *sw, const struct column *column, const struct point *point,
               const char *row, const struct answer *answer, struct fault *f) MUST_CHECK;

typedef int (*column_fn)(struct sweeping *sw, struct column *column, struct fault *f);
/* Of each kernel in turn, until one fails, which is named. */
int columns_each(struct sweeping *sw, column_fn fn, struct fault *f) MUST_CHECK;

/* sweep_cut.c: what is wanted, as chunks; how long all of it takes one processor. */
struct cut {
	size_t *ends, count; /* @ends to be freed */
	int64_t total_ns;
};
int sweep_cut(const struct sweeping *sw, struct cut *cut, struct fault *f) MUST_CHECK;
int64_t sweep_work_ns(const struct sweeping *sw);
/* And as a plan for others. */
int cut_write(const struct sweeping *sw, const struct cut *cut, const char *path,
              struct fault *f) MUST_CHECK;
void cut_tell(const struct sweeping *sw, const struct cut *cut, const char *job);
/* sweep_slurm.c: what is wanted, by arrays of tasks; the few that are left after that, here. */
int slurm_ask(struct sweeping *sw, struct fault *f) MUST_CHECK;

#endif
