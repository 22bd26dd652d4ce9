/* SPDX-License-Identifier: GPL-2.0-or-later */
/* measured: what a query found in the record, with all that a verdict must know of it. */
#ifndef FINWAIT_JUDGE_MEASURED_H
#define FINWAIT_JUDGE_MEASURED_H

#include "../record/record.h"

/* Observers that something rests on, as a mask. */
#define RESTS_ON(observer) (1u << (observer))

/* An instant of the run that something is counted from. All zeros: its beginning. */
struct moment {
	int64_t t_ns;
	unsigned int rests_on; /* what it was read from */
	const char *why_not; /* set: it never came, and what that was */
};

struct measured {
	struct value value; /* VALUE_NONE: nothing was found, see @why_not */
	unsigned int rests_on; /* what it was read from: lost data there makes it inconclusive */
	const char *why_not; /* set: nothing can be concluded, and why */
	const char *skip; /* set: this bench cannot measure it, and why */
	const char *detail; /* set: said of it where it is not as predicted */
	int64_t from_ns, to_ns; /* when the machine being late could have changed it */
	bool late_known; /* the query has looked at that itself: */
	int64_t late_ns; /* how late the machine was where that explains it, else 0 */
};

#endif
