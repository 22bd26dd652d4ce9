/* SPDX-License-Identifier: GPL-2.0-or-later */
/* due: which end of a connection is to be read next (a binary heap by flow.next_ns). */
#ifndef FINWAIT_STEP_DUE_H
#define FINWAIT_STEP_DUE_H

#include "../base/fault.h"
#include "flow.h"

/* All zeros is an empty one. */
struct due {
	struct flow **items;
	size_t count, space;
};

/* Its next reading is at @next_ns; INT64_MAX: none is planned. 0 or -ENOMEM. */
int due_set(struct due *due, struct flow *flow, int64_t next_ns) MUST_CHECK;
/* The one whose turn is first; NULL: none. */
struct flow *due_first(const struct due *due);

#endif
