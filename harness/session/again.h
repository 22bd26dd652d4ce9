/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * again: a run that nothing but a late machine left undecided is asked once more. Theory
 * of operation
 *
 * The judge calls a figure inconclusive where the lateness in the record could explain why
 * it is not as predicted (finding.late_ns). On a machine that is quieter a moment later
 * the same question has an answer, so what was spoiled by lateness alone is run again, once,
 * behind all others; the record says so. What is inconclusive for any other reason stays.
 */
#ifndef FINWAIT_SESSION_AGAIN_H
#define FINWAIT_SESSION_AGAIN_H

#include "../record/record.h"

/* How late the machine was, if that alone left @rec undecided; else 0. */
int64_t record_spoiled_ns(const struct record *rec);

/*
 * Wait until this process has been woken on time, within half of @slack_ms, for a second on
 * end; 10 s at most. False: a signal came that ends the session.
 */
bool machine_await_quiet(int slack_ms) MUST_CHECK;

#endif
