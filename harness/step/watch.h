/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: reads the ends of connections by sock_diag, when something may have changed. */
#ifndef FINWAIT_STEP_WATCH_H
#define FINWAIT_STEP_WATCH_H

#include "due.h"
#include "flow.h"
#include "observers.h"

struct watch {
	struct emit *emit;
	const struct observers *obs;
	struct flows *flows;
	int64_t poll_cap_ns; /* the longest between two readings while a socket lives */
	struct due due;
	struct flow **touched; /* to be read at once */
	size_t touched_count, touched_space;
};

/* Something was done that may have changed @flow (NULL: nothing). */
void watch_touch(struct watch *watch, struct flow *flow);
/* @sock was called: its end may have changed, and the other one too. */
void watch_touch_sock(struct watch *watch, const struct sock *sock);
/* Read now what was touched. */
void watch_read(struct watch *watch);
/* The same for all that are not over. */
void watch_read_all(struct watch *watch);
/*
 * Make the readings that are due; when the next one is, absolute (INT64_MAX: never).
 * @is_timer: then a timer of the kernel's expires.
 */
int64_t watch_due(struct watch *watch, bool *is_timer);
/* Trace told something of the flow that @event names. */
void watch_traced(struct watch *watch, const struct event *event, enum sock_object object);
/*
 * Gone, but trace has not told yet: tcp_set_state() takes the socket out of the hash
 * before the tracepoint. Not for longer than WATCH_NEWS_NS: trace may have lost it.
 */
#define WATCH_NEWS_NS (200 * NS_PER_MS)
bool watch_end_is_pending(const struct watch *watch, const struct flow *flow, int64_t now_ns);

#endif
