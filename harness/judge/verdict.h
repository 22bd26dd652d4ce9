/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict: what a stated figure comes to. */
#ifndef FINWAIT_JUDGE_VERDICT_H
#define FINWAIT_JUDGE_VERDICT_H

#include "judge.h"

/* Why nothing can be concluded from what was measured; NULL: something can. @rec keeps it. */
const char *measured_doubt(struct record *rec, const struct measured *measured);

/* How late the machine was where that may be why, or why it is not as it should be; else 0. */
int64_t measured_doubt_ns(const struct story *story, const struct measured *measured);

/* What all figures of a claim rest on. */
struct premise {
	const char *why_not; /* nothing can be concluded, and why; NULL: something can */
	unsigned int rests_on; /* what it was read from */
	int64_t late_ns; /* how late the machine was where that may be why, else 0 */
};

/* Fills verdict, model, note and late_ns of @finding. @rec, the story's, keeps the note. */
void verdict_settle(struct record *rec, const struct story *story, const struct figure *figure,
                    const struct premise *premise, struct finding *finding);

#endif
