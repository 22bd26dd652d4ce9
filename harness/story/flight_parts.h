/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flight_parts: how flights come about; for flight's own files. */
#ifndef FINWAIT_STORY_FLIGHT_PARTS_H
#define FINWAIT_STORY_FLIGHT_PARTS_H

#include "flight.h"

/* Two taps' stamps of one frame, or a stamp and the harness's word on it, may cross. */
#define STAMP_SLACK_NS 50000

/* A flight of @packet that was seen nowhere yet: its index, SIZE_MAX without memory. */
size_t flight_new(struct flights *flights, const struct packet *packet, enum side from);

/* What a rule of the kernel's wire may have done to a flight. */
struct blame {
	uint32_t rule; /* 0: no rule was on that matches */
	bool drops; /* it drops all that it matches */
};

/*
 * For each of @flights, which are in order of departure: the last rule that was on and
 * matches. Rules that the hand wire carried out are left out: it told of every frame
 * itself. @blames has room for all. 0 or -ENOMEM.
 */
int blames_collect(const struct event *const *events, size_t count, const struct flights *flights,
                   struct blame *blames) MUST_CHECK;

/* All sights of packets that nobody can tell apart, each list in order of time. */
struct sights {
	const struct event *const *events;
	struct flights *flights;
	const struct blame *blames;
	size_t *departs; /* flights */
	size_t *arrivals, *frames; /* events */
	size_t *paired; /* for each arrival: its flight; SIZE_MAX: none so far */
	size_t *scratch; /* room for all departures and all arrivals */
	size_t depart_count, arrival_count, frame_count;
};

/* Finds out what became of each departure and where each arrival came from. 0 or -ENOMEM. */
int sights_pair(struct sights *sights) MUST_CHECK;

#endif
