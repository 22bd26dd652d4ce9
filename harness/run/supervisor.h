/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor: one process a probe, side by side, each with a limit on its time.
 * What a child streams is kept as it comes: whatever happens to it, or to us, the
 * lines written so far stay readable.
 */
#ifndef FINWAIT_RUN_SUPERVISOR_H
#define FINWAIT_RUN_SUPERVISOR_H

#include <stdio.h>

#include "plan.h"
#include "progress.h"

struct supervisor_hooks {
	/* A line of the record, without its newline, as it came; @rec is the probe's. */
	void (*line)(const struct record *rec, const char *line, size_t length, void *arg);
	/* A probe is done (or could not be run, or was skipped). */
	void (*finished)(const struct record *rec, void *arg);
	void (*progress)(const struct progress *progress, void *arg); /* now and then */
	/* In the forked child, instead of run_probe(). */
	void (*child)(const struct run_plan *plan, int out_fd, void *arg);
	void *arg;
};

/*
 * Run the plan; @records gets one record per planned probe, in its order, for the
 * caller to free. SIGINT, SIGTERM and SIGHUP end what runs and return -EINTR with the
 * records as far as they got. Otherwise 0, or -errno when nothing could be run.
 */
int supervisor_run(struct plan *plan, unsigned int jobs, unsigned int time_limit_s,
                   struct trace *trace, const char *trace_absent,
                   const struct supervisor_hooks *hooks, struct record **records,
                   struct fault *f) MUST_CHECK;

#endif
