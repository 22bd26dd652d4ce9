/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slurm: sbatch, squeue and scancel. What tasks came to is nothing that Slurm is asked: accounting
 * need not be there; whether one has ended is, and the store has what it answered.
 */
#ifndef FINWAIT_SESSION_SLURM_H
#define FINWAIT_SESSION_SLURM_H

#include "../base/buffer.h"
#include "../vm/cache.h"

#define SLURM_JOB 24 /* a job's number, as text */
#define SLURM_REASON 40

enum slurm_task {
	SLURM_GONE, /* it has ended, in whatever way */
	SLURM_WAITING,
	SLURM_RUNNING,
};

struct slurm_array {
	const char *name; /* that no other array has */
	char job[SLURM_JOB];
	enum slurm_task *tasks; /* the caller's, @count of them */
	size_t count, running, gone;
	char reason[SLURM_REASON]; /* why the first that waits does: "Priority"; "": none does */
};

/* Whether there is a Slurm here at all: -ENOENT. */
int slurm_is_there(struct fault *f) MUST_CHECK;

/*
 * @array->count tasks of the shell script @folder/task, whose output goes to @folder/N.log;
 * @partition NULL: the default. Fills in the job. -EIO with Slurm's own words when it is refused or
 * cannot be reached.
 */
int slurm_submit(struct slurm_array *array, const char *folder, const char *partition,
                 struct fault *f) MUST_CHECK;
/* What its tasks do now. -EIO: Slurm does not say. */
int slurm_look(struct slurm_array *array, struct fault *f) MUST_CHECK;
/* All that is left of it, even if nobody knows its number; whatever signal has come. */
int slurm_cancel(const struct slurm_array *array, struct fault *f) MUST_CHECK;

/* For the tests: what squeue has said, a line a task. */
void slurm_tasks_read(struct slurm_array *array, const char *text);
/* @word as a shell takes it, in quotes. */
void shell_quote(struct buffer *to, const char *word);

#endif
