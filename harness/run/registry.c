// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry.h"

const struct probe *registry_find(const char *id)
{
	for (const struct registry_entry *entry = registry; entry->id; entry++)
		if (!strcmp(entry->id, id))
			return entry->probe;
	return NULL;
}

const char *registry_title(const char *probe)
{
	const struct probe *found = registry_find(probe);

	return found ? found->title : "";
}

const struct report_claim *registry_claim(const char *probe, const char *claim)
{
	static struct report_claim words;
	const struct probe *found = registry_find(probe);

	for (int i = 0; found && i < CLAIMS_PER_PROBE && found->claims[i].id; i++)
		if (!strcmp(found->claims[i].id, claim)) {
			words = (struct report_claim){
				.id = found->claims[i].id,
				.article = found->claims[i].article,
				.text = found->claims[i].text,
			};
			return &words;
		}
	return NULL;
}
