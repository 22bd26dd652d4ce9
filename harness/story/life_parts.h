/* SPDX-License-Identifier: GPL-2.0-or-later */
/* life_parts: how lives come about; for story's own files. */
#ifndef FINWAIT_STORY_LIFE_PARTS_H
#define FINWAIT_STORY_LIFE_PARTS_H

#include "life.h"

/*
 * Fills in the states of @life from its events and flights, from the first state that it
 * was seen to enter (not the CLOSE of a new socket, which only trace could tell).
 *
 * Rules, in order of trust: a traced transition is a fact with an exact time.
 * A mini-socket's timer start is the request sock's SYN_RECV or the time-wait
 * sock's TIME_WAIT or FIN_WAIT2, which a sample or the peer's FIN tells apart. A sample adds a
 * state that trace cannot see, or every state when trace was absent. A full
 * socket's traced CLOSE that a time-wait sock of the same flow outlives is not
 * the end of the life and is left out. Nothing that no observer saw is added.
 *
 * @trace_lost: trace is known to have lost events. 0 or -ENOMEM.
 */
int life_stitch(struct life *life, bool trace_lost) MUST_CHECK;

/* Narrows the times of states that only polling saw; see life_refine.c. */
void life_refine(struct life *life);

/* When FINs came to one end of a connection, in order of time. */
struct fin_times {
	int64_t *items;
	size_t count;
};

int fin_times_collect(struct fin_times *fins, const struct life *life) MUST_CHECK; /* 0, -ENOMEM */
/* The first from @from_ns to @to_ns; NEVER: none was seen. */
int64_t fin_time(const struct fin_times *fins, int64_t from_ns, int64_t to_ns);

/* ---- stitching: life.c goes from event to event, life_sample.c takes the samples ---- */

struct stitch {
	struct life *life;
	const struct event **seen; /* transitions, mini-sockets, samples; by time */
	size_t count;
	size_t at; /* of them, the one at hand */
	struct fin_times fins;
	bool traced; /* transitions were seen */
	bool trace_lost;
	bool failed; /* no memory */
	bool time_wait; /* a time-wait sock is there */
	int64_t time_wait_t_ns; /* since (at the earliest) */
	bool substate_unknown; /* it is in FIN_WAIT2 or TIME_WAIT, a sample will tell */
};

struct life_state *life_last(struct life *life); /* NULL: it has none yet */
bool life_is_in(struct life *life, enum tcp_state state); /* as the last of them */
/* @state of @object since the event at hand, or up to @gap_ns before; not where it is the last. */
void stitch_append(struct stitch *st, enum tcp_state state, enum sock_object object,
                   int64_t gap_ns);
/* The life is over by the event at hand. */
void stitch_end(struct stitch *st, int64_t gap_ns);
/* The event at hand is a sample. */
void stitch_sample(struct stitch *st);
/*
 * How long before it was read a sample may have been so already. The first reading has no
 * one before it: then the probe's start bounds it. 0 for what was traced.
 */
int64_t sample_gap(const struct event *event);

/*
 * A time-wait sock's step from FIN_WAIT2 to TIME_WAIT, told by its timer: the
 * tracepoint itself never shows TIME_WAIT.
 */
bool event_changes_substate(const struct event *event);

#endif
