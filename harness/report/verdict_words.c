// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict_words.h"

#include <assert.h>

static const struct {
	const char *word;
	enum attr attr;
} verdicts[] = {
	[VERDICT_CONFIRMED] = {"confirmed", ATTR_GREEN},
	[VERDICT_REFUTED] = {"REFUTED", ATTR_RED},
	[VERDICT_QUALIFIED] = {"qualified", ATTR_YELLOW},
	[VERDICT_INCONCLUSIVE] = {"inconclusive", ATTR_MAGENTA},
	[VERDICT_SKIPPED] = {"skipped", ATTR_DIM},
	[VERDICT_NONE] = {"model only", ATTR_PLAIN},
};
static_assert(sizeof(verdicts) / sizeof(verdicts[0]) == VERDICT_COUNT, "a word for every verdict");

const char *verdict_word(enum verdict verdict)
{
	return verdicts[verdict].word;
}

enum attr verdict_attr(enum verdict verdict)
{
	return verdicts[verdict].attr;
}
