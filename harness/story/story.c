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

int story_build(const struct record *rec, struct story *story)
{
	int err;

	*story = (struct story){.rec = rec};
	err = events_order(story);
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
