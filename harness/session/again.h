/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * again: a run that nothing but a late machine or a lost event left undecided is asked once
 * more. Theory of operation
 *
 * The judge calls a figure inconclusive where the lateness in the record could explain why
 * it is not as predicted (finding.late_ns). On a machine that is quieter a moment later
 * the same question has an answer, so what was spoiled by lateness alone is run again, once,
 * behind all others; the record says so. What is inconclusive for any other reason stays.
 *
 * An event that an observer lost is as little the kernel's doing. It has nothing to do with
 * the load, and may well happen again: a run that loses one in seven times loses one three times
 * running in one of fifty quick sets, five times in one of thousands. So often it is asked.
 */
#ifndef FINWAIT_SESSION_AGAIN_H
#define FINWAIT_SESSION_AGAIN_H

#include "../record/record.h"

#define AGAIN_MOST 4 /* times that a run is asked again */

/* What left a record undecided. */
struct spoil {
	int64_t late_ns; /* how late the machine was; 0: not that */
	uint64_t lost; /* events that observers lost; 0: not that */
};

/* Whether lateness and lost events alone left @rec undecided. */
bool record_is_spoiled(const struct record *rec, struct spoil *spoil);

/* Whether the @asked-th run, from 0, is followed by another. */
bool record_asks_again(const struct record *rec, unsigned int asked);

/* "the machine had been 41 ms late", "2 events had been lost" */
const char *spoil_text(const struct spoil *spoil, char *buf, size_t size);

/*
 * Wait until this process has been woken on time, within half of @slack_ms, for a second on
 * end; 10 s at most. False: a signal came that ends the session.
 */
bool machine_await_quiet(int slack_ms) MUST_CHECK;

#endif
