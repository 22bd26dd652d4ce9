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

/*
 * A time-wait sock's step from FIN_WAIT2 to TIME_WAIT, told by its timer: the
 * tracepoint itself never shows TIME_WAIT.
 */
bool event_changes_substate(const struct event *event);

#endif
