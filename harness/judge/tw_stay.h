/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tw_stay: an end in TIME_WAIT, and for how long. What several probes measure of it. */
#ifndef FINWAIT_JUDGE_TW_STAY_H
#define FINWAIT_JUDGE_TW_STAY_H

#include "judge.h"

struct tw_stay {
	enum side host;
	const char *sock;
};

/* When the last FIN of its peer left, from which on TIME_WAIT counts. */
struct moment tw_stay_began(struct judge *judge, const struct tw_stay *stay);

/*
 * The figure @name: what the timer is set to from @from on, as it was read at or after @at, of
 * which the article says that it is @says_s seconds; 0: it says nothing. Needs no waiting.
 */
void tw_stay_judge_timer(struct judge *judge, const struct tw_stay *stay, const char *name,
                         struct moment from, struct moment at, int64_t says_s);

/* The figure @name: from @from to the end, which the run has awaited; the same of @says_s. */
void tw_stay_judge_end(struct judge *judge, const struct tw_stay *stay, const char *name,
                       struct moment from, int64_t says_s);

#endif
