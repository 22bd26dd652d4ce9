// SPDX-License-Identifier: GPL-2.0-or-later
#include "texts.h"

#include <errno.h>

static int text_copy(struct arena *texts, const char **text)
{
	*text = *text ? arena_text(texts, *text) : "";
	return *text ? 0 : -ENOMEM;
}

#define AT(member) offsetof(struct event, member)

/* Where the texts of each kind of event are; the kinds that are not here have none. */
static const struct {
	enum event_kind kind;
	size_t at;
} event_texts[] = {
	{EVENT_CALL, AT(call.name)},       {EVENT_CALL, AT(call.args)},
	{EVENT_CALL, AT(call.signal)},     {EVENT_SYSCTL, AT(sysctl.name)},
	{EVENT_SYSCTL, AT(sysctl.from)},   {EVENT_SYSCTL, AT(sysctl.to)},
	{EVENT_NOTE, AT(note.text)},       {EVENT_TRANSITION, AT(transition.cause)},
	{EVENT_DROP, AT(drop.reason)},     {EVENT_RULE, AT(rule.action)},
	{EVENT_RULE, AT(rule.text)},       {EVENT_COUNTER, AT(counter.name)},
	{EVENT_COUNTER, AT(counter.mark)},
};

const char **event_text(struct event *event, size_t index)
{
	for (size_t i = 0; i < sizeof(event_texts) / sizeof(event_texts[0]); i++)
		if (event_texts[i].kind == event->kind && !index--)
			return (const char **)((char *)event + event_texts[i].at);
	return NULL;
}

int event_copy_texts(struct arena *texts, struct event *event)
{
	const char **text;

	for (size_t i = 0; (text = event_text(event, i)); i++)
		if (text_copy(texts, text))
			return -ENOMEM;
	return 0;
}

static int value_copy_text(struct arena *texts, struct value *value)
{
	return text_copy(texts, &value->text);
}

int finding_copy_texts(struct arena *texts, struct finding *finding)
{
	if (text_copy(texts, &finding->claim) || text_copy(texts, &finding->in_case) ||
	    text_copy(texts, &finding->name) || text_copy(texts, &finding->unit) ||
	    text_copy(texts, &finding->rule) || text_copy(texts, &finding->note) ||
	    value_copy_text(texts, &finding->says) || value_copy_text(texts, &finding->predicts) ||
	    value_copy_text(texts, &finding->measured))
		return -ENOMEM;
	return 0;
}

int claim_copy_texts(struct arena *texts, struct record_claim *claim)
{
	if (text_copy(texts, &claim->id) || text_copy(texts, &claim->article) ||
	    text_copy(texts, &claim->text))
		return -ENOMEM;
	return 0;
}

int spread_copy_texts(struct arena *texts, struct spread *spread)
{
	if (text_copy(texts, &spread->claim) || text_copy(texts, &spread->name) ||
	    text_copy(texts, &spread->unit) || value_copy_text(texts, &spread->predicts) ||
	    value_copy_text(texts, &spread->measured) || value_copy_text(texts, &spread->other))
		return -ENOMEM;
	return 0;
}
