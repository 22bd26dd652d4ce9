/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claim_verdict: what became of a claim, from its findings. */
#ifndef FINWAIT_REPORT_CLAIM_VERDICT_H
#define FINWAIT_REPORT_CLAIM_VERDICT_H

#include "../base/buffer.h"
#include "../record/record.h"

/* Of two the one that tells more: one REFUTED outweighs all others, then a qualified one. */
enum verdict verdict_more(enum verdict a, enum verdict b);
/*
 * The verdict of the finding that tells most of claim @id. Of a probe that was skipped, skipped.
 */
enum verdict claim_verdict(const struct record *rec, const char *id);
/* What was measured lies in what is said, whatever the verdict of its claim. */
bool finding_is_as_said(const struct finding *finding);
/* "fin_segments 6 (says 4)": what was measured, and what is said where that is not the same. */
void finding_add_words(struct buffer *words, const struct finding *finding);

#endif
