// SPDX-License-Identifier: GPL-2.0-or-later
#include "claim_verdict.h"

#include <string.h>

enum verdict verdict_more(enum verdict a, enum verdict b)
{
	static const enum verdict order[] = {
		VERDICT_REFUTED,   VERDICT_QUALIFIED, VERDICT_INCONCLUSIVE,
		VERDICT_CONFIRMED, VERDICT_SKIPPED,   VERDICT_NONE,
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return VERDICT_NONE;
}

enum verdict claim_verdict(const struct record *rec, const char *id)
{
	enum verdict verdict = rec->outcome == OUTCOME_SKIPPED ? VERDICT_SKIPPED : VERDICT_NONE;

	for (size_t i = 0; i < rec->finding_count; i++)
		if (!strcmp(rec->findings[i].claim, id))
			verdict = verdict_more(verdict, rec->findings[i].verdict);
	return verdict;
}

bool finding_is_as_said(const struct finding *finding)
{
	const struct value *measured = &finding->measured, *says = &finding->says;

	if (measured->kind == VALUE_TEXT && says->kind == VALUE_TEXT)
		return !strcmp(measured->text, says->text);
	return measured->lo >= says->lo && measured->hi <= says->hi;
}

void finding_add_words(struct buffer *words, const struct finding *finding)
{
	char measured[256], says[256], name[200];

	buffer_add(words, "%s %s", finding_title(finding_id_of(finding), name, sizeof(name)),
	           value_text(&finding->measured, measured, sizeof(measured)));
	if (finding->says.kind != VALUE_NONE && finding->verdict != VERDICT_CONFIRMED)
		buffer_add(words, " (says %s)", value_text(&finding->says, says, sizeof(says)));
}
