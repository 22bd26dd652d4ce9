/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe: a probe's own words in its record, which reports then need alone. */
#ifndef FINWAIT_STEP_DESCRIBE_H
#define FINWAIT_STEP_DESCRIBE_H

#include "run_plan.h"

/*
 * Which probe @rec is of, what it asks and claims, and how it was asked, as @plan has it.
 * 0 or -ENOMEM. The words are the probe's, which outlives every record.
 */
int run_describe(const struct run_plan *plan, struct record *rec) MUST_CHECK;

#endif
