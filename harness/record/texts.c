// SPDX-License-Identifier: GPL-2.0-or-later
#include "texts.h"

#include "schema.h"

int event_copy_texts(struct arena *texts, struct event *event)
{
	return fields_copy_texts(event_kind_fields[event->kind], event, texts);
}

const char **event_text(struct event *event, size_t index)
{
	for (const struct field *f = event_kind_fields[event->kind]; f->type; f++)
		if (f->type == &type_text && !index--)
			return (const char **)((char *)event + f->at);
	return NULL;
}

int finding_copy_texts(struct arena *texts, struct finding *finding)
{
	return fields_copy_texts(finding_fields, finding, texts);
}

int interval_copy_texts(struct arena *texts, struct interval *interval)
{
	return fields_copy_texts(interval_fields, interval, texts);
}

int claim_copy_texts(struct arena *texts, struct record_claim *claim)
{
	return fields_copy_texts(claim_fields, claim, texts);
}

int spread_copy_texts(struct arena *texts, struct spread *spread)
{
	struct phases_line line = {.spread = *spread};
	int err = fields_copy_texts(phases_fields, &line, texts);

	*spread = line.spread;
	return err;
}
