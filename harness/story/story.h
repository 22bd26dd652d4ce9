/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story: what follows from a record, built once and read by the judge and by every
 * report: which departure and which arrival are one packet, what became of it, and
 * through which states each end of each connection went.
 */
#ifndef FINWAIT_STORY_STORY_H
#define FINWAIT_STORY_STORY_H

#include "flight.h"
#include "life.h"

struct story {
	const struct record *rec;
	const struct event **events; /* the record's, in order of time */
	size_t event_count;
	int64_t end_ns; /* the last event's time: the record goes on to here */
	struct flights flights;
	struct life *lives; /* in order of first appearance, the client's first */
	size_t life_count;
	bool truncated; /* something did not fit: nothing may be concluded from what is missing */
};

/*
 * @rec outlives the story, and its events stay where they are until story_free(). 0 or
 * -ENOMEM; nothing to free then.
 */
int story_build(const struct record *rec, struct story *story) MUST_CHECK;
void story_free(struct story *story);

/* Whether anything was seen of the socket labelled @sock at @host. */
bool story_knows(const struct story *story, enum side host, const char *sock);

/* The life of the socket labelled @sock at @host; one without states when nobody saw it. */
const struct life *story_life(const struct story *story, enum side host, const char *sock);

/*
 * Put into @rec what its result line tells of each end's main socket: LISTEN of the
 * listener "l1", then the life of "c1" or "s1", which begins with CLOSE where trace saw it
 * begin so. 0 or -ENOMEM.
 */
int story_tell_walks(struct record *rec) MUST_CHECK;

#endif
