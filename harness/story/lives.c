// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lives: what of the record belongs to which life.
 *
 * Theory of operation. Events go by host and label. All lists are parts of one array each,
 * counted first and filled then, so that the whole takes time in proportion to the events.
 * A label that a second connection took over (records of 0.1.0: the same four-tuple again)
 * is two lives: readings carry the socket's cookie, which a request sock hands on to its
 * child and a socket to its time-wait sock (inet_csk_clone_lock(), inet_twsk_alloc()).
 */
#include <errno.h>
#include <stdlib.h>

#include "../base/array.h"
#include "key_table.h"
#include "life_parts.h"
#include "story_parts.h"

struct finding_lives {
	struct story *story;
	struct key_table table; /* label -> life */
	size_t space; /* of story->lives */
};

/* The life of the event's label, a new one at first: its index, KEY_NONE without memory. */
static size_t life_at(struct finding_lives *f, const struct event *event)
{
	struct story *story = f->story;
	struct key key = key_of_label(event->host, event->sock);
	size_t *index = key_table_at(&f->table, &key);
	struct life *lives;

	if (!index || *index != KEY_NONE)
		return index ? *index : KEY_NONE;
	lives = array_reserve(story->lives, &f->space, story->life_count + 1, sizeof(*lives));
	if (!lives)
		return KEY_NONE;
	story->lives = lives;
	lives[story->life_count] = (struct life){.host = event->host, .sock = event->sock};
	*index = story->life_count;
	return story->life_count++;
}

/* The client's lives first, each in order of first appearance. */
static int lives_count_events(struct finding_lives *f)
{
	struct story *story = f->story;

	for (unsigned int host = 0; host < SIDE_COUNT; host++)
		for (size_t i = 0; i < story->event_count; i++) {
			const struct event *event = story->events[i];
			size_t index;

			if (event->host != host || !event->sock[0])
				continue;
			index = life_at(f, event);
			if (index == KEY_NONE)
				return -ENOMEM;
			story->lives[index].event_count++;
		}
	return 0;
}

static int lives_fill_events(struct finding_lives *f)
{
	struct story *story = f->story;
	size_t used = 0;

	story->life_events = calloc(story->event_count + 1, sizeof(*story->life_events));
	if (!story->life_events)
		return -ENOMEM;
	for (size_t i = 0; i < story->life_count; i++) {
		story->lives[i].events = story->life_events + used;
		used += story->lives[i].event_count;
		story->lives[i].event_count = 0;
	}
	for (size_t i = 0; i < story->event_count; i++) {
		struct life *life;

		if (!story->events[i]->sock[0])
			continue;
		life = &story->lives[life_at(f, story->events[i])];
		life->events[life->event_count++] = story->events[i];
	}
	return 0;
}

/* The first thing that is seen of a new connection. */
static bool is_birth(const struct event *event)
{
	if (event->kind == EVENT_MINI_SOCKET)
		return event->mini.object == OBJECT_REQUEST && event->mini.change == MINI_CREATED;
	return event->kind == EVENT_TRANSITION &&
	       (event->transition.from == STATE_CLOSE || event->transition.from == STATE_LISTEN);
}

/*
 * Where the second connection of a label begins among its events: at its birth, between the
 * last reading of one cookie and the first of another, or at the latter. event_count: it
 * has no second one.
 */
static size_t life_second(const struct life *life)
{
	uint64_t cookie = 0;
	size_t birth = SIZE_MAX;

	for (size_t i = 0; i < life->event_count; i++) {
		const struct event *event = life->events[i];

		if (is_birth(event) && birth == SIZE_MAX)
			birth = i;
		if (event->kind != EVENT_SAMPLE || !event->sample.cookie)
			continue;
		if (cookie && event->sample.cookie != cookie)
			return birth == SIZE_MAX ? i : birth;
		cookie = event->sample.cookie;
		birth = SIZE_MAX;
	}
	return life->event_count;
}

/* Cuts off what belongs to later connections, as lives behind all the others. */
static int lives_split(struct finding_lives *f)
{
	struct story *story = f->story;

	for (size_t i = 0; i < story->life_count; i++) {
		size_t second = life_second(&story->lives[i]);
		struct life *lives, *later;

		if (second == story->lives[i].event_count)
			continue;
		lives = array_reserve(story->lives, &f->space, story->life_count + 1,
		                      sizeof(*lives));
		if (!lives)
			return -ENOMEM;
		story->lives = lives;
		later = &lives[story->life_count++];
		*later = lives[i];
		later->turn++;
		later->events += second;
		later->event_count -= second;
		lives[i].event_count = second;
	}
	return 0;
}

int story_find_lives(struct story *story)
{
	struct finding_lives f = {.story = story};
	int err = lives_count_events(&f);

	if (!err)
		err = lives_fill_events(&f);
	if (!err)
		err = lives_split(&f);
	key_table_free(&f.table);
	return err;
}

static struct life *life_of_flight(const struct story *story, struct key_table *table,
                                   const struct flight *flight, enum side host)
{
	struct key key;
	size_t *index;

	if (!*flight->sock[host])
		return NULL;
	key = key_of_label(host, flight->sock[host]);
	index = key_table_at(table, &key);
	return index && *index != KEY_NONE ? &story->lives[*index] : NULL;
}

/* A label's later connections share its flights: what is asked of them goes by time. */
static void flights_share(struct story *story, struct key_table *table)
{
	for (size_t i = 0; i < story->life_count; i++) {
		struct life *life = &story->lives[i];
		struct key key = key_of_label(life->host, life->sock);
		const size_t *first = key_table_at(table, &key);

		if (!life->turn || !first || *first == KEY_NONE)
			continue;
		life->flights = story->lives[*first].flights;
		life->flight_count = story->lives[*first].flight_count;
	}
}

static void lives_count_flights(struct story *story, struct key_table *table)
{
	for (size_t i = 0; i < story->flights.count; i++)
		for (unsigned int host = 0; host < SIDE_COUNT; host++) {
			struct life *life =
				life_of_flight(story, table, &story->flights.items[i], host);

			if (life)
				life->flight_count++;
		}
}

static int lives_fill_flights(struct story *story, struct key_table *table)
{
	size_t used = 0;

	story->life_flights =
		calloc(SIDE_COUNT * story->flights.count + 1, sizeof(*story->life_flights));
	if (!story->life_flights)
		return -ENOMEM;
	for (size_t i = 0; i < story->life_count; i++) {
		story->lives[i].flights = story->life_flights + used;
		used += story->lives[i].flight_count;
		story->lives[i].flight_count = 0;
	}
	for (size_t i = 0; i < story->flights.count; i++)
		for (unsigned int host = 0; host < SIDE_COUNT; host++) {
			const struct flight *flight = &story->flights.items[i];
			struct life *life = life_of_flight(story, table, flight, host);

			if (life)
				life->flights[life->flight_count++] = flight;
		}
	flights_share(story, table);
	return 0;
}

/* Whose label is whose first life. */
static int labels_index(const struct story *story, struct key_table *table)
{
	for (size_t i = 0; i < story->life_count; i++) {
		struct key key = key_of_label(story->lives[i].host, story->lives[i].sock);
		size_t *index = key_table_at(table, &key);

		if (!index)
			return -ENOMEM;
		if (!story->lives[i].turn)
			*index = i;
	}
	return 0;
}

int story_tell_lives(struct story *story)
{
	struct key_table table = {0};
	int err = labels_index(story, &table);

	if (!err) {
		lives_count_flights(story, &table);
		err = lives_fill_flights(story, &table);
	}
	key_table_free(&table);
	for (size_t i = 0; !err && i < story->life_count; i++) {
		err = life_stitch(&story->lives[i], story->rec->lost[OBSERVER_TRACE] > 0);
		if (!err)
			life_refine(&story->lives[i]);
	}
	return err;
}
