/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: one run of one probe in a process of its own. */
#ifndef FINWAIT_STEP_RUN_H
#define FINWAIT_STEP_RUN_H

#include "run_plan.h"

/*
 * A bench with its observers, for any probe on @wire: needs only the first part of @plan.
 * What cannot be had is kept, and told as the run's outcome by run_probe().
 */
struct probe_run *run_prepare(const struct run_plan *plan, enum wire_kind wire);
/* Run the probe on it in this process, stream the record to @out_fd, judge it, _exit(). */
_Noreturn void run_probe(struct probe_run *run, const struct run_plan *plan, int out_fd);

/* The end of a run that came to its end: what trace lost shows, and the judge. 0 or -ENOMEM. */
int run_conclude(const struct probe *probe, struct record *rec) MUST_CHECK;
/*
 * Judge @rec, of @probe, from its events: at the end of a run, or when it is read again.
 * 0 or -ENOMEM.
 */
int run_judge(const struct probe *probe, struct record *rec) MUST_CHECK;

#endif
