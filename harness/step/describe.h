/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe: a probe's own words in its record, which reports then need alone. */
#ifndef FINWAIT_STEP_DESCRIBE_H
#define FINWAIT_STEP_DESCRIBE_H

#include "../probe.h"
#include "run_plan.h"

#define FAMILY_IPV6_SUFFIX ".6" /* behind the id in a record, and so in its file's name */

/* What @probe, or its @variant (NULL: none), asks and claims. 0 or -ENOMEM. */
int probe_describe(const struct probe *probe, const struct variant *variant,
                   struct record *rec) MUST_CHECK;
/* The id that goes into the record, as a text of @rec. */
const char *run_name(const struct run_plan *plan, struct record *rec);

/*
 * Which probe @rec is of, what it asks and claims, and how it was asked, as @plan has it.
 * 0 or -ENOMEM. The words are the probe's, which outlives every record.
 */
int run_describe(const struct run_plan *plan, struct record *rec) MUST_CHECK;

#endif
