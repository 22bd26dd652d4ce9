/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome_words: an outcome as people read it, the same in every report. */
#ifndef FINWAIT_REPORT_OUTCOME_WORDS_H
#define FINWAIT_REPORT_OUTCOME_WORDS_H

#include "../record/record.h"
#include "text.h"

/* A record that was cut off says "ok" nowhere: nobody has judged it. */
enum outcome record_outcome(const struct record *rec);
/* "MODEL FAILED"; where they are counted "3 as predicted" */
const char *outcome_word(enum outcome outcome);
const char *outcome_count_word(enum outcome outcome);
enum attr outcome_attr(enum outcome outcome);

#endif
