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

/* Two ends that packets went between: those of one connection, or of several, one after another. */
struct connection {
	struct endpoint ends[2]; /* the client's, the server's; on lo in order of their bytes */
	bool has_tcp;
	const char *sock[SIDE_COUNT]; /* the first label of each host's end; "" unknown */
	bool at[SIDE_COUNT]; /* this host sent or got some of it */
};

/* A spell in which the machine was late (EVENT_LATE): for @late_ns of it, nobody knows which. */
struct lateness_spell {
	int64_t from_ns, to_ns;
	int64_t late_ns;
	int64_t until_ns; /* the last that this spell or one before it reaches to */
};

struct story {
	const struct record *rec;
	const struct event **events; /* the record's, in order of time */
	size_t event_count;
	int64_t end_ns; /* the last event's time: the record goes on to here */
	struct lateness_spell *late; /* in order of their beginnings */
	size_t late_count;
	struct flights flights;
	struct connection *connections; /* in order of their first flights */
	size_t connection_count;
	struct life *lives; /* in order of first appearance, the client's first */
	size_t life_count;
	const struct event **life_events; /* the lives' lists are parts of these */
	const struct flight **life_flights;
};

/*
 * @rec outlives the story, and its events stay where they are until story_free(). 0 or
 * -ENOMEM; nothing to free then.
 */
int story_build(const struct record *rec, struct story *story) MUST_CHECK;
void story_free(struct story *story);

/*
 * The life of the socket labelled @sock at @host, the first where there are several; one
 * without states, labelled "", when nobody saw it.
 */
const struct life *story_life(const struct story *story, enum side host, const char *sock);
/* The life of the connection number @turn that had the label, from 0. */
const struct life *story_life_turn(const struct story *story, enum side host, const char *sock,
                                   unsigned int turn);

/*
 * Put into @rec what its result line tells of each end's main socket: LISTEN of the
 * listener "l1", then the life of "c1" or "s1", which begins with CLOSE where trace saw it
 * begin so. 0 or -ENOMEM.
 */
int story_tell_walks(struct record *rec) MUST_CHECK;

#endif
