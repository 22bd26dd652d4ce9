// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry.h"

#include "../step/describe.h"

const struct probe *registry_find(const char *id)
{
	for (const struct registry_entry *entry = registry; entry->id; entry++)
		if (!strcmp(entry->id, id))
			return entry->probe;
	return NULL;
}

int registry_describe(struct record *rec)
{
	const struct probe *probe =
		*rec->title || rec->claim_count ? NULL : registry_find(rec->probe);

	return probe ? probe_describe(probe, rec) : 0;
}
