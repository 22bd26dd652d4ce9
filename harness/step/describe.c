// SPDX-License-Identifier: GPL-2.0-or-later
#include "describe.h"

#include <errno.h>

static const char *words_or_none(const char *words)
{
	return words ? words : "";
}

int probe_describe(const struct probe *probe, const struct variant *variant, struct record *rec)
{
	rec->title = words_or_none(probe->title);
	if (variant && variant->title)
		rec->title = record_text(rec, "%s: %s", rec->title, variant->title);
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

const char *run_name(const struct run_plan *plan, struct record *rec)
{
	return record_text(rec, "%s%s", plan->id,
	                   plan->family == FAMILY_IPV6 ? FAMILY_IPV6_SUFFIX : "");
}

int run_describe(const struct run_plan *plan, struct record *rec)
{
	rec->probe = run_name(plan, rec);
	rec->again = plan->again ? record_text(rec, "%s", plan->again) : "";
	rec->variant = plan->variant ? plan->variant->suffix : "";
	rec->faithful = plan->faithful;
	rec->family = plan->family;
	rec->has_wire = true;
	rec->wire = plan->probe->wire;
	rec->slack_ms = plan->slack_ms;
	return probe_describe(plan->probe, plan->variant, rec);
}
