/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict: what a stated figure comes to. */
#ifndef FINWAIT_JUDGE_VERDICT_H
#define FINWAIT_JUDGE_VERDICT_H

#include "judge.h"

/* Why nothing can be concluded from what was measured; NULL: something can. @rec keeps it. */
const char *measured_doubt(struct record *rec, const struct measured *measured);

/*
 * Fills verdict, model, note and late_ns of @finding. @premise: of the whole claim, why
 * nothing can be concluded; NULL: it can. @rec, the story's, keeps the note.
 */
void verdict_settle(struct record *rec, const struct story *story, const struct figure *figure,
                    const char *premise, struct finding *finding);

#endif
