// SPDX-License-Identifier: GPL-2.0-or-later
#include "unread.h"

#include <errno.h>
#include <string.h>

#include "../story/topic.h"

/* Of what was run at all: a record without events tells nothing of what bears on it. */
static int topics_of(struct record *const *records, size_t count, unsigned int *topics, bool *any)
{
	*topics = 0;
	*any = false;
	for (size_t i = 0; i < count; i++) {
		struct story story;
		int err;

		if (!records[i] || !records[i]->event_count)
			continue;
		err = story_build(records[i], &story);
		if (err)
			return err;
		*topics |= story_topics(&story);
		*any = true;
		story_free(&story);
	}
	return 0;
}

int sets_unread(struct record *const *records, size_t count, const struct settings *sets,
                struct buffer *names)
{
	unsigned int topics;
	bool any;
	int err = sets->count ? topics_of(records, count, &topics, &any) : 0;

	if (err || !sets->count || !any)
		return err;
	for (size_t i = 0; i < sets->count; i++) {
		const char *name = sets->items[i].name, *colon = strchr(name, ':');

		if (topics_bearing(topics, colon ? colon + 1 : name) == BEARING_NONE)
			buffer_add(names, "%s%s", names->used ? " " : "", name);
	}
	return names->failed ? -ENOMEM : 0;
}
