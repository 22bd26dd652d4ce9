// SPDX-License-Identifier: GPL-2.0-or-later
#include "outcome_words.h"

#include <assert.h>

static const struct {
	const char *word, *count;
	enum attr attr;
} outcomes[] = {
	[OUTCOME_OK] = {"as predicted", "as predicted", ATTR_PLAIN},
	[OUTCOME_MODEL_FAILED] = {"MODEL FAILED", "MODEL FAILED", ATTR_RED},
	[OUTCOME_INCONCLUSIVE] = {"inconclusive", "inconclusive", ATTR_MAGENTA},
	[OUTCOME_SKIPPED] = {"skipped", "skipped", ATTR_DIM},
	[OUTCOME_ERROR] = {"ERROR", "not carried out", ATTR_RED},
	[OUTCOME_CRASHED] = {"CRASHED", "crashed", ATTR_RED},
	[OUTCOME_TIMED_OUT] = {"TIMED OUT", "timed out", ATTR_RED},
};
static_assert(sizeof(outcomes) / sizeof(outcomes[0]) == OUTCOME_COUNT, "a word for every outcome");

enum outcome record_outcome(const struct record *rec)
{
	return rec->finished ? rec->outcome : OUTCOME_CRASHED;
}

const char *outcome_word(enum outcome outcome)
{
	return outcomes[outcome].word;
}

const char *outcome_count_word(enum outcome outcome)
{
	return outcomes[outcome].count;
}

enum attr outcome_attr(enum outcome outcome)
{
	return outcomes[outcome].attr;
}
