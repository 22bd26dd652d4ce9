// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flight: packets on their way over the wire.
 *
 * Theory of operation. Each frame is seen twice, where it goes into the wire and where it
 * comes out; in between the wire may tell what it did to it. All sights with the same
 * header go into one group, by a hash table, so that the whole takes time in proportion to
 * the events; flight_pair.c decides inside a group. flight_blame.c says which of the
 * kernel's rules were on. What departed is a flight of its own at once; what only arrived
 * becomes one when no departure is left for it.
 */
#include "flight.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/array.h"
#include "key_table.h"
#include "flight_parts.h"

/* Sights of one packet, as a chain through the events. */
struct group {
	size_t first, last;
};

struct collection {
	const struct event *const *events;
	size_t count;
	struct flights *flights;
	struct key_table table; /* key -> group */
	struct group *groups;
	size_t group_count, group_space;
	size_t *next; /* for each event: the next of its group */
	size_t *flight; /* for each event that is a departure: its flight */
	size_t *lists; /* room for what sights_pair() needs */
	struct blame *blames;
};

enum side flight_to(const struct flight *flight)
{
	return flight->loopback ? flight->from : side_other(flight->from);
}

bool flight_begins_on_wire(const struct flight *flight)
{
	return flight->injected || flight->depart_ns == NEVER;
}

int64_t flight_begin_ns(const struct flight *flight)
{
	return flight->depart_ns != NEVER ? flight->depart_ns : flight->arrive_ns;
}

size_t flight_new(struct flights *flights, const struct packet *packet, enum side from)
{
	struct flight *items = array_reserve(flights->items, &flights->space, flights->count + 1,
	                                     sizeof(*flights->items));

	if (!items)
		return SIZE_MAX;
	flights->items = items;
	items[flights->count] = (struct flight){
		.packet = packet,
		.sock = {"", ""},
		.from = from,
		.depart_ns = NEVER,
		.arrive_ns = NEVER,
		.held_ns = NEVER,
		.released_ns = NEVER,
		.fate = FATE_LOST,
	};
	return flights->count++;
}

/* The packet that an event shows, and the host that sent it; NULL: it shows none. */
static const struct packet *event_packet(const struct event *event, enum side *from)
{
	*from = event->host;
	if (event->kind == EVENT_FRAME)
		return &event->frame.packet;
	if (event->kind != EVENT_PACKET)
		return NULL;
	if (!event->packet.on_loopback && event_arrives(event))
		*from = side_other(event->host);
	return &event->packet.packet;
}

static int group_join(struct collection *c, size_t at, const struct key *key)
{
	size_t *index = key_table_at(&c->table, key);
	struct group *groups;

	c->next[at] = KEY_NONE;
	if (!index)
		return -ENOMEM;
	if (*index != KEY_NONE) {
		c->next[c->groups[*index].last] = at;
		c->groups[*index].last = at;
		return 0;
	}
	groups = array_reserve(c->groups, &c->group_space, c->group_count + 1, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	c->groups = groups;
	groups[c->group_count] = (struct group){.first = at, .last = at};
	*index = c->group_count++;
	return 0;
}

static bool event_injects(const struct event *event)
{
	return event->kind == EVENT_FRAME && event->frame.action == FRAME_INJECT;
}

static int departure_add(struct collection *c, size_t at, const struct packet *packet)
{
	const struct event *event = c->events[at];
	size_t index = flight_new(c->flights, packet, event->host);
	struct flight *flight;

	if (index == SIZE_MAX)
		return -ENOMEM;
	c->flight[at] = index;
	flight = &c->flights->items[index];
	flight->depart_ns = event->t_ns;
	flight->injected = flight->by_frame = event_injects(event);
	if (flight->injected)
		return 0;
	flight->departure = event;
	flight->loopback = event->packet.on_loopback;
	return 0;
}

static int event_take(struct collection *c, size_t at)
{
	const struct event *event = c->events[at];
	struct key key;
	enum side from;
	const struct packet *packet = event_packet(event, &from);
	bool loopback = event->kind == EVENT_PACKET && event->packet.on_loopback;
	int err;

	c->flight[at] = SIZE_MAX;
	if (!packet)
		return 0;
	key = key_of_packet(packet, from, loopback);
	err = group_join(c, at, &key);
	if (!err && (event_departs(event) || event_injects(event)))
		err = departure_add(c, at, packet);
	return err;
}

/* Puts one event of a group where sights_pair() wants it. */
static void sights_add(const struct collection *c, struct sights *sights, size_t at)
{
	if (c->flight[at] != SIZE_MAX)
		sights->departs[sights->depart_count++] = c->flight[at];
	else if (c->events[at]->kind == EVENT_FRAME)
		sights->frames[sights->frame_count++] = at;
	else
		sights->arrivals[sights->arrival_count++] = at;
}

static int group_pair(struct collection *c, const struct group *group)
{
	struct sights sights = {
		.events = c->events,
		.flights = c->flights,
		.blames = c->blames,
		.departs = c->lists,
		.arrivals = c->lists + c->count,
		.frames = c->lists + 2 * c->count,
		.paired = c->lists + 3 * c->count,
		.scratch = c->lists + 4 * c->count,
	};

	for (size_t at = group->first; at != KEY_NONE; at = c->next[at])
		sights_add(c, &sights, at);
	return sights_pair(&sights);
}

/* What never arrived, and a rule was on that explains it. */
static void blames_settle(const struct collection *c, size_t departed)
{
	for (size_t i = 0; i < departed; i++) {
		struct flight *flight = &c->flights->items[i];

		if (flight->fate != FATE_LOST || flight->by_frame || !c->blames[i].rule)
			continue;
		flight->fate = FATE_DROPPED;
		flight->rule = c->blames[i].rule;
	}
}

static int flight_compare(const void *a, const void *b)
{
	const struct flight *fa = a, *fb = b;
	int64_t ta = flight_begin_ns(fa), tb = flight_begin_ns(fb);

	if (ta != tb)
		return ta < tb ? -1 : 1;
	/* Of one instant: as the record has them. */
	return fa->packet < fb->packet ? -1 : fa->packet > fb->packet;
}

static int resends_count(struct flights *flights)
{
	struct key_table table = {0};
	struct key key;

	for (size_t i = 0; i < flights->count; i++) {
		struct flight *flight = &flights->items[i];
		size_t *sent;

		if (flight_begins_on_wire(flight) || !key_of_segment(flight->packet, &key))
			continue;
		sent = key_table_at(&table, &key);
		if (!sent) {
			key_table_free(&table);
			return -ENOMEM;
		}
		*sent = *sent == KEY_NONE ? 0 : *sent + 1;
		flight->resent = (unsigned int)*sent;
	}
	key_table_free(&table);
	return 0;
}

static int collection_pair(struct collection *c)
{
	size_t departed = c->flights->count;
	int err = blames_collect(c->events, c->count, c->flights, c->blames);

	for (size_t i = 0; !err && i < c->group_count; i++)
		err = group_pair(c, &c->groups[i]);
	if (err)
		return err;
	blames_settle(c, departed);
	if (c->flights->count)
		qsort(c->flights->items, c->flights->count, sizeof(*c->flights->items),
		      flight_compare);
	return resends_count(c->flights);
}

static int collection_run(struct collection *c)
{
	int err = 0;

	c->next = calloc(c->count + 1, sizeof(*c->next));
	c->flight = calloc(c->count + 1, sizeof(*c->flight));
	if (!c->next || !c->flight)
		return -ENOMEM;
	for (size_t i = 0; !err && i < c->count; i++)
		err = event_take(c, i);
	if (err)
		return err;
	c->lists = calloc(6 * c->count + 1, sizeof(*c->lists));
	c->blames = calloc(c->flights->count + 1, sizeof(*c->blames));
	return c->lists && c->blames ? collection_pair(c) : -ENOMEM;
}

int flights_collect(const struct event *const *events, size_t count, struct flights *flights)
{
	struct collection c = {.events = events, .count = count, .flights = flights};
	int err;

	*flights = (struct flights){0};
	err = collection_run(&c);
	key_table_free(&c.table);
	free(c.groups);
	free(c.next);
	free(c.flight);
	free(c.lists);
	free(c.blames);
	if (err)
		flights_free(flights);
	return err;
}

void flights_free(struct flights *flights)
{
	free(flights->items);
	*flights = (struct flights){0};
}
