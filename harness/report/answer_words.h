/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer_words: what a kernel answered, in words: what was measured, the verdict, a model that failed. */
#ifndef FINWAIT_REPORT_ANSWER_WORDS_H
#define FINWAIT_REPORT_ANSWER_WORDS_H

#include "../record/record.h"

/* "6, confirmed", "7, REFUTED, MODEL FAILED"; of NULL "no such finding". */
const char *answer_text(const struct finding *finding, char *buf, size_t size);
/* The finding's name, with its claim where that is not the @probe's own: several may share a name. */
const char *answer_title(struct finding_id id, const char *probe, char *buf, size_t size);

#endif
