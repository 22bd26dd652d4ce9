/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * life: the states of one end of one connection, stitched from what trace and
 * diag saw of its request sock, its socket and its time-wait sock.
 */
#ifndef FINWAIT_STORY_LIFE_H
#define FINWAIT_STORY_LIFE_H

#include "../base/buffer.h"
#include "flight.h"

struct life_state {
	enum tcp_state state;
	enum sock_object object;
	/* Entered at, within the @gap_ns before; 0: exactly. See life_refine.c for what narrows it. */
	int64_t t_ns, gap_ns;
	int64_t seen_ns; /* an observer first saw it then: at t_ns or later */
	enum observer source;
	enum diag_timer timer; /* last seen running in this state */
	int64_t expires_ms; /* of it, when first seen */
	const char *cause; /* traced: what made it so; "" unknown */
};

struct life {
	enum side host;
	const char *sock; /* the label, as the record has it */
	unsigned int turn; /* of several connections under one label: 0 for the first */
	const struct event **events; /* all that name it, in order of time */
	size_t event_count;
	const struct flight **flights; /* its connection's, in order of departure */
	size_t flight_count;
	unsigned int observers; /* what the states were read from: bit 1 << OBSERVER_... */
	struct life_state *states; /* in order of time; STATE_CLOSE last when its end was seen */
	size_t count, space;
};

/* Appends "SYN_SENT ESTABLISHED FIN_WAIT1" to @walk. */
void life_walk(const struct life *life, struct buffer *walk);

/* The index of the first @state, or -1. */
int life_find(const struct life *life, enum tcp_state state);

#endif
