// SPDX-License-Identifier: GPL-2.0-or-later
#include "legend.h"

#include <assert.h>
#include <ctype.h>

#include "../base/buffer.h"
#include "outcome_words.h"
#include "verdict_words.h"

static const char *const meanings[] = {
	[VERDICT_CONFIRMED] = "the kernel does what the text says",
	[VERDICT_REFUTED] = "it does something else",
	[VERDICT_QUALIFIED] = "it does so under one condition, and not under another",
	[VERDICT_INCONCLUSIVE] = "what was observed does not decide it",
	[VERDICT_SKIPPED] = "not asked, for the reason given",
	[VERDICT_NONE] = "no text says anything of it",
};
static_assert(sizeof(meanings) / sizeof(meanings[0]) == VERDICT_COUNT, "a meaning each");

static bool any_verdict(const struct record *const *records, size_t count, enum verdict verdict)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < records[i]->finding_count; j++)
			if (records[i]->findings[j].verdict == verdict)
				return true;
	return false;
}

static bool any_letter(const struct record *const *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < records[i]->claim_count; j++)
			if (isupper((unsigned char)records[i]->claims[j].article[0]))
				return true;
	return false;
}

static bool any_outcome(const struct record *const *records, size_t count, enum outcome outcome)
{
	for (size_t i = 0; i < count; i++)
		if (record_outcome(records[i]) == outcome)
			return true;
	return false;
}

void legend_print(const struct sheet *sheet, const struct record *const *records, size_t count,
                  bool verdicts)
{
	struct buffer words = {0};
	const char *text;

	for (unsigned int i = 0; i < VERDICT_COUNT; i++)
		if (verdicts && any_verdict(records, count, (enum verdict)i))
			buffer_add(&words, "%s%s: %s", words.used ? "; " : "",
			           verdict_word((enum verdict)i), meanings[i]);
	if (any_outcome(records, count, OUTCOME_OK))
		buffer_add(&words, "%sas predicted: it does what the model of its rules says",
		           words.used ? "; " : "");
	if (any_outcome(records, count, OUTCOME_MODEL_FAILED))
		buffer_add(&words, "%sMODEL FAILED: it does not do what the model says",
		           words.used ? "; " : "");
	if (any_letter(records, count))
		buffer_add(&words, "%sletters name the texts: finwait article",
		           words.used ? "; " : "");
	text = buffer_text(&words);
	sheet_text(sheet, 0, ATTR_DIM, text ? text : "(no memory for these words)");
	buffer_free(&words);
}
