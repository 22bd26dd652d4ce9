/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lateness: how late the machine was, as the record tells (EVENT_LATE). A machine that did
 * not run the harness, or the kernel's timers, in time makes things happen later than the
 * kernel's rules have it; it never makes them happen earlier, but for what hangs on a frame
 * and for a timer that was set while the kernel's tick was late.
 */
#ifndef FINWAIT_JUDGE_LATENESS_H
#define FINWAIT_JUDGE_LATENESS_H

#include "../story/story.h"

/*
 * For how much of [@from_ns, @to_ns] something may have been late; what overlaps counts once.
 * A spell tells that the machine was late for so much of it, and not for which part.
 */
int64_t lateness_total(const struct story *story, int64_t from_ns, int64_t to_ns);

/* The longest spell that reaches into [@from_ns, @to_ns]; 0: nothing was late. */
int64_t lateness_worst(const struct story *story, int64_t from_ns, int64_t to_ns);

/*
 * The longest spell that reaches into [@from_ns, @to_ns] in which frames waited to be moved by
 * hand. What both ends do after that is not what they would have done, be it earlier or later.
 */
int64_t lateness_of_hand(const struct story *story, int64_t from_ns, int64_t to_ns);

/*
 * By how much a timer that was set at about @set_ns may be early, because the tick that would
 * have moved jiffies on had not come (LATE_TICK, step/late.c): as much as the record tells, and
 * the tick that was under way. 0: no tick was late then. mod_timer()
 */
int64_t lateness_of_tick(const struct story *story, int64_t set_ns);

#endif
