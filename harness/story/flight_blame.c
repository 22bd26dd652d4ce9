// SPDX-License-Identifier: GPL-2.0-or-later
/* flight_blame: which rule of the wire was on when a packet left. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../packet/match.h"
#include "flight_parts.h"

/* A rule from when it was switched on to when it was switched off. */
struct span {
	const struct event *on;
	int64_t off_ns;
	bool by_hand; /* the hand wire carried it out */
};

struct spans {
	struct span *items;
	size_t count, space;
};

static struct span *span_find(const struct spans *spans, uint32_t rule)
{
	for (size_t i = spans->count; i-- > 0;)
		if (spans->items[i].on->rule.id == rule)
			return &spans->items[i];
	return NULL;
}

static int spans_add(struct spans *spans, const struct event *event)
{
	struct span *items =
		array_reserve(spans->items, &spans->space, spans->count + 1, sizeof(*spans->items));

	if (!items)
		return -ENOMEM;
	spans->items = items;
	items[spans->count++] = (struct span){.on = event, .off_ns = INT64_MAX};
	return 0;
}

static int spans_take(struct spans *spans, const struct event *event)
{
	struct span *span;

	if (event->kind == EVENT_RULE && event->rule.on)
		return spans_add(spans, event);
	if (event->kind == EVENT_RULE) {
		span = span_find(spans, event->rule.id);
		if (span)
			span->off_ns = event->t_ns;
	} else if (event->kind == EVENT_FRAME && event->frame.rule) {
		span = span_find(spans, event->frame.rule);
		if (span)
			span->by_hand = true;
	}
	return 0;
}

/* The first flight that left at or after @t_ns. */
static size_t flight_from(const struct flights *flights, int64_t t_ns)
{
	size_t low = 0, high = flights->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (flights->items[middle].depart_ns < t_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void span_blame(const struct span *span, const struct flights *flights, struct blame *blames)
{
	const struct event *on = span->on;

	for (size_t i = flight_from(flights, on->t_ns);
	     i < flights->count && flights->items[i].depart_ns <= span->off_ns; i++) {
		const struct flight *flight = &flights->items[i];

		if (flight->loopback || flight->injected ||
		    !packet_matches(&on->rule.match, flight->from, flight->packet))
			continue;
		blames[i].rule = on->rule.id;
		if (!strcmp(on->rule.action, frame_action_name(FRAME_DROP)))
			blames[i].drops = true;
	}
}

int blames_collect(const struct event *const *events, size_t count, const struct flights *flights,
                   struct blame *blames)
{
	struct spans spans = {0};
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = spans_take(&spans, events[i]);
	for (size_t i = 0; !err && i < spans.count; i++)
		if (!spans.items[i].by_hand)
			span_blame(&spans.items[i], flights, blames);
	free(spans.items);
	return err;
}
