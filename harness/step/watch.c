// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * All that changes a TCP socket is a frame, a system call or a timer. Frames wake
 * us (the taps), system calls are our own, and timers are known by their expiry.
 * So a flow is read at once after each of the first two, then at growing
 * intervals, since the kernel may take a frame in a little after the tap showed it;
 * and 1 ms after its timer's expiry, then every 4 ms until the timer has fired (the
 * timer wheel is late by design). In virtual time, where a reading costs real time and
 * waiting none, trace wakes us at every event, and readings are few.
 */
#include "watch.h"

#include <string.h>

#define POLL_FIRST_NS 50000LL
#define POLL_TIMER_LATE_NS (4 * NS_PER_MS)

bool watch_end_is_pending(const struct watch *watch, const struct flow *flow, int64_t now_ns)
{
	return watch->obs->trace && flow->traced && !flow->traced_end &&
	       flow->last.object == OBJECT_NONE && now_ns - flow->gone_ns < WATCH_NEWS_NS;
}

static bool sample_differs(const struct sample *a, const struct sample *b)
{
	return a->state != b->state || a->object != b->object || a->timer != b->timer ||
	       a->retransmits != b->retransmits || a->cookie != b->cookie ||
	       a->orphan != b->orphan || a->rto_us != b->rto_us || a->unacked != b->unacked;
}

static void flow_plan_next(struct watch *watch, struct flow *flow, int64_t now_ns, bool changed)
{
	int64_t expiry_ns;

	flow->interval_ns = changed ? POLL_FIRST_NS : flow->interval_ns * 2;
	if (flow->interval_ns > watch->poll_cap_ns)
		flow->interval_ns = watch->poll_cap_ns;
	if (watch_end_is_pending(watch, flow, now_ns) && flow->interval_ns > NS_PER_MS)
		flow->interval_ns = NS_PER_MS;
	flow->next_ns = now_ns + flow->interval_ns;
	if (flow->last.timer == DIAG_TIMER_NONE)
		return;
	expiry_ns = now_ns + (flow->last.expires_ms + 1) * NS_PER_MS;
	if (flow->last.expires_ms || changed) {
		flow->late_ns = POLL_TIMER_LATE_NS;
	} else if (watch->obs->woken) {
		/* The wheel may be minutes late; the timer's own event tells when it fires. */
		flow->late_ns *= 2;
	}
	if (flow->last.expires_ms == 0)
		expiry_ns = now_ns + flow->late_ns;
	if (expiry_ns < flow->next_ns)
		flow->next_ns = expiry_ns;
}

static void flow_read(struct watch *watch, struct flow *flow)
{
	struct event event = {.kind = EVENT_SAMPLE, .host = flow->host};
	struct sample sample = {.state = STATE_GONE, .object = OBJECT_NONE};
	int64_t now_ns, before_ns = clock_mono_ns();
	struct fault fault;
	bool changed;

	if (diag_lookup(watch->obs->diag[flow->host], &flow->local, &flow->remote, &sample,
	                &fault) < 0)
		emit_fail(watch->emit, &fault);
	/* The answer is of some instant in between: its end, and the gap covers the rest. */
	now_ns = clock_mono_ns();
	sample.gap_ns = flow->last_ns ? now_ns - flow->last_ns : -1;
	changed = sample_differs(&sample, &flow->last);
	flow->last_ns = before_ns;
	if (changed && (flow->seen || sample.object != OBJECT_NONE)) {
		flow->seen = true;
		memcpy(event.sock, flow->label, SOCK_LABEL_SIZE);
		event.t_ns = now_ns - watch->emit->t0_ns;
		event.sample = sample;
		emit_event(watch->emit, &event);
	}
	if (changed && sample.object == OBJECT_NONE)
		flow->gone_ns = now_ns;
	flow->last = sample;
	flow_plan_next(watch, flow, now_ns, changed);
}

void watch_sample(struct watch *watch)
{
	for (size_t i = 0; i < watch->flows->count; i++) {
		struct flow *flow = watch->flows->items[i];

		flow_read(watch, flow);
		/* Something was done: look closely for a while, whatever this reading said. */
		flow->interval_ns = POLL_FIRST_NS;
		flow->next_ns = flow->last_ns + POLL_FIRST_NS;
	}
}

int64_t watch_due(struct watch *watch)
{
	int64_t next_ns = INT64_MAX, now_ns = clock_mono_ns();

	for (size_t i = 0; i < watch->flows->count; i++) {
		struct flow *flow = watch->flows->items[i];

		if (flow->next_ns <= now_ns)
			flow_read(watch, flow);
		if (flow->next_ns < next_ns)
			next_ns = flow->next_ns;
	}
	return next_ns;
}

void watch_traced(struct watch *watch, const struct event *event)
{
	struct flow *flow = flow_labelled(watch->flows, event->host, event->sock);

	if (!flow)
		return;
	flow->traced = true;
	flow->traced_end = event->transition.to == STATE_CLOSE;
}
