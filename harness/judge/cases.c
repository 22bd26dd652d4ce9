// SPDX-License-Identifier: GPL-2.0-or-later
/* cases: the same figure under several conditions, taken together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judging.h"

static bool is_same_figure(const struct finding *a, const struct finding *b)
{
	return !strcmp(a->claim, b->claim) && !strcmp(a->name, b->name);
}

/* What the article came to elsewhere, where that is the other of the two; NULL: nowhere. */
static const struct finding *case_otherwise(const struct record *rec, const enum verdict *verdicts,
                                            size_t index)
{
	enum verdict other =
		verdicts[index] == VERDICT_CONFIRMED ? VERDICT_REFUTED : VERDICT_CONFIRMED;

	for (size_t i = 0; i < rec->finding_count; i++)
		if (verdicts[i] == other &&
		    is_same_figure(&rec->findings[i], &rec->findings[index]))
			return &rec->findings[i];
	return NULL;
}

static void finding_qualify(struct record *rec, const enum verdict *verdicts, size_t index)
{
	struct finding *finding = &rec->findings[index];
	bool confirmed = verdicts[index] == VERDICT_CONFIRMED;
	const struct finding *otherwise;

	if (!confirmed && verdicts[index] != VERDICT_REFUTED)
		return;
	otherwise = case_otherwise(rec, verdicts, index);
	if (!otherwise)
		return;
	finding->verdict = VERDICT_QUALIFIED;
	finding->note = record_text(rec, "%s here, %s with %s", confirmed ? "right" : "wrong",
	                            confirmed ? "wrong" : "right", otherwise->in_case);
}

int cases_qualify(struct record *rec)
{
	enum verdict *verdicts = calloc(rec->finding_count + 1, sizeof(*verdicts));

	if (!verdicts)
		return -ENOMEM;
	for (size_t i = 0; i < rec->finding_count; i++)
		verdicts[i] = rec->findings[i].verdict;
	for (size_t i = 0; i < rec->finding_count; i++)
		finding_qualify(rec, verdicts, i);
	free(verdicts);
	return 0;
}
