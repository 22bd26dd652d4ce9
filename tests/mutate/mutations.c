// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The mutations. Most come in two halves: which events it may strike (a predicate), and
 * what is done to the one that the seed picks.
 */
#include "mutations_parts.h"

/* The @seed-th of the events that @fits; NULL: none does. */
static struct event *pick(struct record *rec, pick_fn fits, uint64_t seed)
{
	size_t count = 0, n = 0;

	for (size_t i = 0; i < rec->event_count; i++)
		count += fits(rec, &rec->events[i]);
	if (!count)
		return NULL;
	n = seed % count;
	for (size_t i = 0; i < rec->event_count; i++)
		if (fits(rec, &rec->events[i]) && !n--)
			return &rec->events[i];
	return NULL;
}

bool change(struct record *rec, uint64_t seed, pick_fn fits, change_fn how)
{
	struct event *event = pick(rec, fits, seed);

	if (!event)
		return false;
	how(rec, event);
	record_sort(rec);
	return true;
}

void drop(struct record *rec, struct event *event)
{
	size_t at = (size_t)(event - rec->events);

	rec->event_count--;
	memmove(event, event + 1, (rec->event_count - at) * sizeof(*event));
}

void repeat_event(struct record *rec, struct event *event)
{
	struct event copy = *event;

	copy.t_ns += NS_PER_MS / 10;
	(void)record_add_event(rec, &copy);
}

void swap_with_next(struct record *rec, struct event *event)
{
	for (struct event *next = event + 1; next < rec->events + rec->event_count; next++)
		if (next->kind == event->kind && next->host == event->host &&
		    memcmp(next->sock, event->sock, sizeof(next->sock)) == 0) {
			int64_t t_ns = next->t_ns;

			next->t_ns = event->t_ns;
			event->t_ns = t_ns;
			return;
		}
}

void move_later(struct record *rec, struct event *event)
{
	(void)rec;
	event->t_ns += 200 * NS_PER_MS;
}

void turn_host(struct record *rec, struct event *event)
{
	(void)rec;
	event->host = side_other(event->host);
	event->sock[0] = event->sock[0] == 'c' ? 's' : 'c';
}

void move_early(struct record *rec, struct event *event)
{
	(void)rec;
	event->t_ns -= 200 * NS_PER_MS;
}

const struct mutation *mutation_at(size_t index)
{
	static const struct mutation *const lists[] = {packet_mutations, trace_mutations,
	                                               sample_mutations, wire_mutations,
	                                               other_mutations};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct mutation *mutation = lists[i]; mutation->name; mutation++)
			if (!index--)
				return mutation;
	return NULL;
}
