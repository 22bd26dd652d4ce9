/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict_words: a verdict as people read it, the same in every report. */
#ifndef FINWAIT_REPORT_VERDICT_WORDS_H
#define FINWAIT_REPORT_VERDICT_WORDS_H

#include "../record/record.h"
#include "text.h"

/* "REFUTED", "model only" */
const char *verdict_word(enum verdict verdict);
enum attr verdict_attr(enum verdict verdict);

#endif
