/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: reads the ends of connections by sock_diag, when something may have changed. */
#ifndef FINWAIT_STEP_WATCH_H
#define FINWAIT_STEP_WATCH_H

#include "flow.h"
#include "observers.h"

struct watch {
	struct emit *emit;
	const struct observers *obs;
	struct flows *flows;
	int64_t poll_cap_ns; /* the longest between two readings while a socket lives */
};

/* Read the flows now: something was just done to them. */
void watch_sample(struct watch *watch);
/* Make the readings that are due; when the next one is, absolute (INT64_MAX: never). */
int64_t watch_due(struct watch *watch);
/* Trace told of a transition of the flow that @event names. */
void watch_traced(struct watch *watch, const struct event *event);
/*
 * Gone, but trace has not told yet: tcp_set_state() takes the socket out of the hash
 * before the tracepoint. Not for longer than WATCH_NEWS_NS: trace may have lost it.
 */
#define WATCH_NEWS_NS (200 * NS_PER_MS)
bool watch_end_is_pending(const struct watch *watch, const struct flow *flow, int64_t now_ns);

#endif
