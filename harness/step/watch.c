// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * All that changes a TCP socket is a frame, a system call or a timer. Frames wake us (the
 * taps), system calls are our own, and timers are known by their expiry. So an end is read
 * at once when a frame or a call touched it, then at growing intervals, since the kernel may
 * take a frame in a little after the tap showed it; and just before its timer's expiry, 1 ms after
 * it, then every 4 ms until the timer has fired (the timer wheel is late by design). An end where
 * nothing is left is read a few times more, then only when it is touched again. So what a
 * frame costs does not grow with the number of connections. In virtual time, where a reading
 * costs real time and waiting none, trace wakes us at every event, and readings are few.
 */
#include "watch.h"

#include <errno.h>
#include <string.h>

#include "../base/array.h"

#define POLL_FIRST_NS 50000LL
#define POLL_TIMER_LATE_NS (4 * NS_PER_MS)
/*
 * A timer that is on time has fired when it is looked for: so there is a look just before, too. Its
 * expiry is known to a tick, 10 ms at HZ 100, and sock_diag rounds it to a millisecond.
 */
#define POLL_TIMER_NEAR_MS (10 + 1)
/* For how long somebody looks where nothing is: longer than the kernel keeps a frame waiting. */
#define POLL_NOTHING_NS (100 * NS_PER_MS)
/* So many ends are looked at every poll_cap_ns; of more each one more seldom. */
#define POLL_ENDS 64

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

static void flow_due(struct watch *watch, struct flow *flow, int64_t next_ns)
{
	if (due_set(&watch->due, flow, next_ns) < 0)
		emit_fail_errno(watch->emit, ENOMEM, "plan one more reading");
}

/* Where nothing is: another look, until that is sure. */
static int64_t next_look(const struct watch *watch, struct flow *flow, int64_t now_ns)
{
	if (watch_end_is_pending(watch, flow, now_ns) && flow->interval_ns > NS_PER_MS)
		flow->interval_ns = NS_PER_MS;
	return flow->interval_ns > POLL_NOTHING_NS ? INT64_MAX : now_ns + flow->interval_ns;
}

/* A timer is running: when to see whether it has fired. */
static int64_t next_expiry(const struct watch *watch, struct flow *flow, int64_t now_ns,
                           bool changed)
{
	if (flow->last.expires_ms || changed) {
		flow->late_ns = POLL_TIMER_LATE_NS;
	} else if (watch->obs->woken) {
		/* The wheel may be minutes late; the timer's own event tells when it fires. */
		flow->late_ns *= 2;
	}
	if (!flow->last.expires_ms)
		return now_ns + flow->late_ns;
	if (!watch->obs->woken && flow->last.expires_ms > 2L * POLL_TIMER_NEAR_MS)
		return now_ns + (flow->last.expires_ms - POLL_TIMER_NEAR_MS) * NS_PER_MS;
	return now_ns + (flow->last.expires_ms + 1) * NS_PER_MS;
}

/*
 * How much longer each wait is than the one before. Where trace wakes us at every event a reading
 * only tells what an event has left behind, and costs more than anything else that is done.
 */
static int64_t poll_growth(const struct watch *watch)
{
	return watch->obs->woken ? 16 : 2;
}

static void flow_plan_next(struct watch *watch, struct flow *flow, int64_t now_ns, bool changed)
{
	int64_t cap_ns = watch->poll_cap_ns * (int64_t)(1 + watch->due.count / POLL_ENDS);
	int64_t next_ns, expiry_ns;

	flow->interval_ns = changed || !flow->interval_ns ? POLL_FIRST_NS
	                                                  : flow->interval_ns * poll_growth(watch);
	if (flow->last.object == OBJECT_NONE) {
		flow_due(watch, flow, next_look(watch, flow, now_ns));
		return;
	}
	if (flow->interval_ns > cap_ns)
		flow->interval_ns = cap_ns;
	next_ns = now_ns + flow->interval_ns;
	flow->next_is_timer = false;
	if (flow->last.timer != DIAG_TIMER_NONE) {
		expiry_ns = next_expiry(watch, flow, now_ns, changed);
		flow->next_is_timer = expiry_ns < next_ns;
		if (flow->next_is_timer)
			next_ns = expiry_ns;
	}
	flow_due(watch, flow, next_ns);
}

static void sample_emit(struct watch *watch, const struct flow *flow, int64_t now_ns,
                        const struct sample *sample)
{
	struct event event = {
		.kind = EVENT_SAMPLE,
		.host = flow->host,
		.t_ns = now_ns - watch->emit->t0_ns,
		.sample = *sample,
	};

	memcpy(event.sock, flow->label, SOCK_LABEL_SIZE);
	emit_event(watch->emit, &event);
}

/* Whether what is there now carries on what was there before. */
static bool life_goes_on(const struct flow *flow, const struct sample *sample)
{
	if (!flow->cookie || !sample->cookie || flow->cookie == sample->cookie)
		return true;
	/* inet_csk_clone_lock() and inet_twsk_alloc() copy a cookie that was made by then. */
	return (flow->last.object == OBJECT_REQUEST && sample->object == OBJECT_FULL) ||
	       (flow->last.object == OBJECT_FULL && sample->object == OBJECT_TIME_WAIT);
}

/*
 * A SYN that came again when its request sock had gone has made another one
 * (tcp_conn_request()): the peer is in the midst of the same connect().
 */
static bool asks_again(const struct watch *watch, const struct flow *flow,
                       const struct sample *sample)
{
	return sample->object == OBJECT_REQUEST && flow->last.object != OBJECT_FULL &&
	       flow->last.object != OBJECT_TIME_WAIT && flow->peer &&
	       flow->peer->last.state == STATE_SYN_SENT && !flow_waiting(watch->flows, flow);
}

static void flow_take(struct watch *watch, struct flow *flow, int64_t before_ns,
                      const struct sample *read)
{
	/* The answer is of some instant in between: its end, and the gap covers the rest. */
	int64_t now_ns = clock_mono_ns();
	struct sample sample = *read;
	bool changed = sample_differs(&sample, &flow->last);

	sample.gap_ns = flow->last_ns ? now_ns - flow->last_ns : -1;
	flow->last_ns = before_ns;
	if (sample.object != OBJECT_NONE) {
		flow->seen = true;
		flow->ended = false;
		flow_has_cookie(watch->flows, flow, sample.cookie);
	}
	if ((changed || flow->asked) && flow->seen)
		sample_emit(watch, flow, now_ns, &sample);
	flow->asked = false;
	if (changed && sample.object == OBJECT_NONE) {
		flow->gone_ns = now_ns;
		flow->ended = true;
	}
	flow->last = sample;
	flow_plan_next(watch, flow, now_ns, changed);
}

/* Reads what is on the four-tuple of @asked now; whose that is. */
static struct flow *flow_read(struct watch *watch, struct flow *asked)
{
	struct flow *flow = flow_find(watch->flows, asked->host, &asked->local, &asked->remote);
	struct sample sample, none = {.state = STATE_GONE, .object = OBJECT_NONE};
	int64_t before_ns = clock_mono_ns();
	struct fault fault;

	if (flow != asked)
		flow_due(watch, asked, INT64_MAX); /* its turn comes with the other's end */
	if (diag_lookup(watch->obs->diag[flow->host], &flow->local, &flow->remote, &sample,
	                &fault) < 0)
		emit_fail(watch->emit, &fault);
	if (sample.object == OBJECT_NONE || life_goes_on(flow, &sample) ||
	    asks_again(watch, flow, &sample)) {
		flow_take(watch, flow, before_ns, &sample);
		return flow;
	}
	flow_take(watch, flow, before_ns, &none);
	flow = flow_after(watch->flows, flow, sample.cookie);
	flow_take(watch, flow, before_ns, &sample);
	return flow;
}

void watch_touch(struct watch *watch, struct flow *flow)
{
	struct flow **touched;

	if (!flow || flow->touched)
		return;
	touched = array_reserve(watch->touched, &watch->touched_space, watch->touched_count + 1,
	                        sizeof(*touched));
	if (!touched)
		emit_fail_errno(watch->emit, ENOMEM, "read one more end of a connection");
	watch->touched = touched;
	touched[watch->touched_count++] = flow;
	flow->touched = true;
}

void watch_touch_sock(struct watch *watch, const struct sock *sock)
{
	if (!sock->flow)
		return;
	watch_touch(watch, sock->flow);
	watch_touch(watch, sock->flow->peer);
}

void watch_read(struct watch *watch)
{
	for (size_t i = 0; i < watch->touched_count; i++) {
		struct flow *flow = watch->touched[i];

		flow->touched = false;
		flow = flow_read(watch, flow);
		/* Something was done: look closely for a while, whatever this reading said. */
		flow->interval_ns = POLL_FIRST_NS;
		flow->next_is_timer = false;
		flow_due(watch, flow, flow->last_ns + POLL_FIRST_NS);
	}
	watch->touched_count = 0;
}

void watch_read_all(struct watch *watch)
{
	for (size_t i = 0; i < watch->flows->count; i++)
		if (!watch->flows->items[i]->ended)
			watch_touch(watch, watch->flows->items[i]);
	watch_read(watch);
}

int64_t watch_due(struct watch *watch, bool *is_timer)
{
	int64_t now_ns = clock_mono_ns();
	struct flow *flow;

	while ((flow = due_first(&watch->due)) && flow->next_ns <= now_ns)
		(void)flow_read(watch, flow);
	*is_timer = flow && flow->next_is_timer;
	return flow ? flow->next_ns : INT64_MAX;
}

void watch_traced(struct watch *watch, const struct event *event, enum sock_object object)
{
	struct flow *flow = flow_labelled(watch->flows, event->host, event->sock);

	if (!flow)
		return;
	if (event->kind == EVENT_TRANSITION && object == OBJECT_FULL) {
		flow->traced = true;
		flow->traced_end = event->transition.to == STATE_CLOSE;
	}
	watch_touch(watch, flow);
}
