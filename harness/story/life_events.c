// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "life_events.h"

bool life_substate_change(const struct event *event)
{
	return event->kind == EVENT_TRANSITION && event->transition.to == STATE_TIME_WAIT;
}

int64_t life_fin_time(const struct life_events *seen, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = 0; i < seen->fin_count; i++) {
		if (seen->fins[i]->t_ns >= from_ns && seen->fins[i]->t_ns <= to_ns)
			return seen->fins[i]->t_ns;
	}
	return NEVER;
}

static int event_compare(const void *a, const void *b)
{
	const struct event *ea = *(const struct event *const *)a;
	const struct event *eb = *(const struct event *const *)b;

	if (ea->t_ns != eb->t_ns)
		return ea->t_ns < eb->t_ns ? -1 : 1;
	return ea < eb ? -1 : ea > eb; /* of one instant: as they arrived */
}

/* Seen where it leaves the wire towards the host, or on the host's lo. */
static bool is_fin_to(const struct event *event, enum side host)
{
	return event_arrives(event) && event->host == host &&
	       (event->packet.packet.flags & TCP_FLAG_FIN);
}

static bool is_of_life(const struct event *event, enum side host, const char *sock)
{
	return (event->kind == EVENT_TRANSITION || event->kind == EVENT_MINI_SOCKET ||
	        event->kind == EVENT_SAMPLE) &&
	       event->host == host && !strcmp(event->sock, sock);
}

bool life_events_collect(struct life_events *seen, const struct record *rec, enum side host,
                         const char *sock)
{
	seen->items = calloc(rec->event_count + 1, sizeof(*seen->items));
	seen->fins = calloc(rec->event_count + 1, sizeof(*seen->fins));
	if (!seen->items || !seen->fins)
		return false;
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (is_fin_to(event, host))
			seen->fins[seen->fin_count++] = event;
		if (!is_of_life(event, host, sock))
			continue;
		if (event->kind == EVENT_TRANSITION && !life_substate_change(event))
			seen->traced = true;
		seen->items[seen->count++] = event;
	}
	qsort(seen->items, seen->count, sizeof(*seen->items), event_compare);
	qsort(seen->fins, seen->fin_count, sizeof(*seen->fins), event_compare);
	return true;
}

void life_events_free(struct life_events *seen)
{
	free(seen->items);
	free(seen->fins);
}
