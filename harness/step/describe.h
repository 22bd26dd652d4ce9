/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe: a probe's own words in its record, which reports then need alone. */
#ifndef FINWAIT_STEP_DESCRIBE_H
#define FINWAIT_STEP_DESCRIBE_H

#include "../probe.h"
#include "run_plan.h"

/* What @probe asks and claims, in its own words. 0 or -ENOMEM. */
int probe_describe(const struct probe *probe, struct record *rec) MUST_CHECK;

/*
 * Which probe @rec is of, what it asks and claims, and how it was asked, as @plan has it.
 * 0 or -ENOMEM. The words are the probe's, which outlives every record.
 */
int run_describe(const struct run_plan *plan, struct record *rec) MUST_CHECK;

#endif
