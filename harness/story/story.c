// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * story: the record read once.
 *
 * Theory of operation. A record is a heap of facts from six observers. What they mean
 * together is worked out here, so that the judge and the reports cannot tell two stories of
 * one run: events are put in order of time, the two sights of each packet are paired
 * (flight.c), and what was seen of one label is stitched to a life (life.c). No judgement and
 * no words for people: those belong to judge/ and report/.
 */
#include "story.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "story_parts.h"

static int event_compare(const void *a, const void *b)
{
	const struct event *ea = *(const struct event *const *)a;
	const struct event *eb = *(const struct event *const *)b;

	if (ea->t_ns != eb->t_ns)
		return ea->t_ns < eb->t_ns ? -1 : 1;
	return ea < eb ? -1 : ea > eb; /* of one instant: as they arrived */
}

static int events_order(struct story *story)
{
	const struct record *rec = story->rec;
	bool sorted = true;

	story->events = calloc(rec->event_count + 1, sizeof(*story->events));
	if (!story->events)
		return -ENOMEM;
	for (size_t i = 0; i < rec->event_count; i++) {
		story->events[i] = &rec->events[i];
		sorted &= !i || rec->events[i - 1].t_ns <= rec->events[i].t_ns;
	}
	story->event_count = rec->event_count;
	if (!sorted)
		qsort(story->events, story->event_count, sizeof(*story->events), event_compare);
	if (story->event_count)
		story->end_ns = story->events[story->event_count - 1]->t_ns;
	return 0;
}

static int spell_compare(const void *a, const void *b)
{
	const struct lateness_spell *sa = a, *sb = b;

	if (sa->from_ns != sb->from_ns)
		return sa->from_ns < sb->from_ns ? -1 : 1;
	return sa->to_ns < sb->to_ns ? -1 : sa->to_ns > sb->to_ns;
}

static bool is_spell(const struct event *event)
{
	return event->kind == EVENT_LATE && event->late.late_ns > 0;
}

/* Spells of different kinds overlap, and are written in the order in which they end. */
static int lateness_collect(struct story *story)
{
	size_t count = 0;

	for (size_t i = 0; i < story->event_count; i++)
		count += is_spell(story->events[i]);
	story->late = calloc(count + 1, sizeof(*story->late));
	if (!story->late)
		return -ENOMEM;
	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (is_spell(event))
			story->late[story->late_count++] = (struct lateness_spell){
				.from_ns = event->late.due_ns,
				.to_ns = event->t_ns,
				.late_ns = event->late.late_ns,
			};
	}
	if (count)
		qsort(story->late, count, sizeof(*story->late), spell_compare);
	for (size_t i = 0; i < count; i++) {
		struct lateness_spell *spell = &story->late[i];

		spell->until_ns = spell->to_ns;
		if (i && spell->until_ns < spell[-1].until_ns)
			spell->until_ns = spell[-1].until_ns;
	}
	return 0;
}

int story_build(const struct record *rec, struct story *story)
{
	int err;

	*story = (struct story){.rec = rec};
	err = events_order(story);
	if (!err)
		err = lateness_collect(story);
	if (!err)
		err = flights_collect(story->events, story->event_count, &story->flights);
	if (!err)
		err = story_find_lives(story);
	if (!err)
		err = story_label_flights(story);
	if (!err)
		err = story_tell_lives(story);
	if (err)
		story_free(story);
	return err;
}

void story_free(struct story *story)
{
	for (size_t i = 0; i < story->life_count; i++)
		free(story->lives[i].states);
	free(story->lives);
	free(story->life_events);
	free(story->life_flights);
	flights_free(&story->flights);
	free(story->late);
	free(story->connections);
	free(story->events);
	*story = (struct story){0};
}

const struct life *story_life_turn(const struct story *story, enum side host, const char *sock,
                                   unsigned int turn)
{
	static const struct life unseen = {.sock = ""};

	for (size_t i = 0; i < story->life_count; i++) {
		const struct life *life = &story->lives[i];

		if (life->host == host && life->turn == turn && !strcmp(life->sock, sock))
			return life;
	}
	return &unseen;
}

const struct life *story_life(const struct story *story, enum side host, const char *sock)
{
	return story_life_turn(story, host, sock, 0);
}
