// SPDX-License-Identifier: GPL-2.0-or-later
#include "describe.h"

#include <errno.h>

#include "../base/slack.h"

static const char *words_or_none(const char *words)
{
	return words ? words : "";
}

int probe_describe(const struct probe *probe, struct record *rec)
{
	rec->title = words_or_none(probe->title);
	rec->question = words_or_none(probe->question);
	rec->kernel_path = words_or_none(probe->kernel_path);
	for (size_t i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++) {
		const struct claim *claim = &probe->claims[i];

		if (record_add_claim(rec, &(struct record_claim){.id = claim->id,
		                                                 .article = claim->article,
		                                                 .text = claim->text}))
			return -ENOMEM;
	}
	return 0;
}

int run_describe(const struct run_plan *plan, struct record *rec)
{
	rec->probe = plan->probe->id;
	rec->faithful = plan->faithful;
	rec->family = plan->family;
	rec->slack_ms = slack_ms();
	return probe_describe(plan->probe, rec);
}
