// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The loop. Theory of operation
 *
 * All that changes a TCP socket is a frame, a system call or a timer. Frames wake
 * us (the taps), system calls are our own, and timers are known by their expiry.
 * So a flow is read at once after each of the first two, then at growing
 * intervals, since the kernel may take a frame in a little after the tap showed it;
 * and 1 ms after its timer's expiry, then every 4 ms until the timer has fired (the
 * timer wheel is late by design). In virtual time, where a reading costs real time and
 * waiting none, trace wakes us at every event, and readings are few. With the hand wire a flow is also read before
 * each frame is moved on: no state that lasts from one frame to the next is missed.
 */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "../base/clock.h"

#define POLL_FIRST_NS 50000LL
#define POLL_TIMER_LATE_NS (4 * NS_PER_MS)

static bool sample_differs(const struct sample *a, const struct sample *b)
{
	return a->state != b->state || a->object != b->object || a->timer != b->timer ||
	       a->retransmits != b->retransmits || a->cookie != b->cookie ||
	       a->orphan != b->orphan || a->rto_us != b->rto_us || a->unacked != b->unacked;
}

static void flow_plan_next(struct probe_run *run, struct flow *flow, int64_t now_ns, bool changed)
{
	int64_t expiry_ns;

	flow->interval_ns = changed ? POLL_FIRST_NS : flow->interval_ns * 2;
	if (flow->interval_ns > run->poll_cap_ns)
		flow->interval_ns = run->poll_cap_ns;
	if (flow_end_is_pending(run, flow, now_ns) && flow->interval_ns > NS_PER_MS)
		flow->interval_ns = NS_PER_MS;
	flow->next_ns = now_ns + flow->interval_ns;
	if (flow->last.timer == DIAG_TIMER_NONE)
		return;
	expiry_ns = now_ns + (flow->last.expires_ms + 1) * NS_PER_MS;
	if (flow->last.expires_ms || changed) {
		flow->late_ns = POLL_TIMER_LATE_NS;
	} else if (run->woken) {
		/* The wheel may be minutes late; the timer's own event tells when it fires. */
		flow->late_ns *= 2;
	}
	if (flow->last.expires_ms == 0)
		expiry_ns = now_ns + flow->late_ns;
	if (expiry_ns < flow->next_ns)
		flow->next_ns = expiry_ns;
}

static void flow_read(struct probe_run *run, struct flow *flow)
{
	struct event event = {.kind = EVENT_SAMPLE, .host = flow->host};
	struct sample sample = {.state = STATE_GONE, .object = OBJECT_NONE};
	int64_t now_ns, before_ns = clock_mono_ns();
	struct fault fault;
	bool changed;

	if (diag_lookup(run->diag[flow->host], &flow->local, &flow->remote, &sample, &fault) < 0)
		run_fail(run, &fault);
	/* The answer is of some instant in between: its end, and the gap covers the rest. */
	now_ns = clock_mono_ns();
	sample.gap_ns = flow->last_ns ? now_ns - flow->last_ns : -1;
	changed = sample_differs(&sample, &flow->last);
	flow->last_ns = before_ns;
	if (changed && (flow->seen || sample.object != OBJECT_NONE)) {
		flow->seen = true;
		memcpy(event.sock, flow->label, SOCK_LABEL_SIZE);
		event.t_ns = now_ns - run->t0_ns;
		event.sample = sample;
		run_emit(run, &event);
	}
	if (changed && sample.object == OBJECT_NONE)
		flow->gone_ns = now_ns;
	flow->last = sample;
	flow_plan_next(run, flow, now_ns, changed);
}

void pump_sample(struct probe_run *run)
{
	for (size_t i = 0; i < run->flow_count; i++) {
		flow_read(run, &run->flows[i]);
		/* Something was done: look closely for a while, whatever this reading said. */
		run->flows[i].interval_ns = POLL_FIRST_NS;
		run->flows[i].next_ns = run->flows[i].last_ns + POLL_FIRST_NS;
	}
}

/* The earliest planned reading; the ones that are due are made. */
static int64_t pump_read_due(struct probe_run *run)
{
	int64_t next_ns = INT64_MAX, now_ns = clock_mono_ns();

	for (size_t i = 0; i < run->flow_count; i++) {
		struct flow *flow = &run->flows[i];

		if (flow->next_ns <= now_ns)
			flow_read(run, flow);
		if (flow->next_ns < next_ns)
			next_ns = flow->next_ns;
	}
	return next_ns;
}

static void pump_frame(struct probe_run *run, enum side side, const struct frame *frame,
                       bool loopback)
{
	struct event event = {.kind = EVENT_PACKET, .host = side};
	bool decoded = packet_decode(frame->data, frame->length, &event.packet.packet);

	if (decoded) {
		event.t_ns = frame->t_ns - run->t0_ns;
		event.packet.on_loopback = loopback;
		event.packet.arriving = !frame->outgoing;
		/* When it was read is not when it was seen: nothing may rest on that. */
		run->rec->lost[OBSERVER_TAP] += frame->late_stamp;
		run_emit(run, &event);
	}
	if (run->probe->wire == WIRE_HAND && !frame->outgoing)
		wire_take_frame(run, side, frame, decoded ? &event.packet.packet : NULL);
}

static bool pump_tap(struct probe_run *run, struct tap *tap, enum side side, bool loopback)
{
	struct frame frame;
	bool any = false;
	int n;

	while ((n = tap_read(tap, &frame)) > 0) {
		pump_frame(run, side, &frame, loopback);
		any = true;
	}
	if (n < 0) {
		struct fault fault;

		fault_set(&fault, -n, "read frames at the %s's port", side_name(side));
		run_fail(run, &fault);
	}
	return any;
}

static void pump_traced_state(struct probe_run *run, const struct event *event)
{
	struct flow *flow = flow_labelled(run, event->host, event->sock);

	if (!flow)
		return;
	flow->traced = true;
	flow->traced_end = event->transition.to == STATE_CLOSE;
}

static void pump_traced(const struct trace_event *traced, void *arg)
{
	struct probe_run *run = arg;
	struct event event = traced->event;

	flow_name_object(run, traced, event.sock);
	if (event.kind == EVENT_TRANSITION && traced->object == OBJECT_FULL)
		pump_traced_state(run, &event);
	event.t_ns = traced->event.t_ns - run->t0_ns;
	if (event.t_ns >= 0)
		run_emit(run, &event);
}

/* Whether frames moved: something may have changed. */
static bool pump_take(struct probe_run *run)
{
	bool any = false;

	for (int side = 0; side < SIDE_COUNT; side++)
		if (run->taps[side])
			any |= pump_tap(run, run->taps[side], (enum side)side, false);
	if (run->loopback)
		any |= pump_tap(run, run->loopback, SIDE_CLIENT, true);
	if (run->trace) {
		int n = trace_read(run->trace, pump_traced, run);
		struct fault fault;

		if (n < 0) {
			fault_set(&fault, -n, "read the trace ring");
			run_fail(run, &fault);
		}
		any |= n > 0;
	}
	return any;
}

void pump_drain(struct probe_run *run)
{
	while (pump_take(run))
		pump_sample(run);
}

static void pump_wait(struct probe_run *run, int64_t until_ns)
{
	int64_t wait_ns = until_ns - clock_mono_ns();
	struct timespec ts;
	struct pollfd fds[SIDE_COUNT + 2];
	nfds_t count = 0;

	for (int side = 0; side < SIDE_COUNT; side++)
		if (run->taps[side])
			fds[count++] =
				(struct pollfd){.fd = tap_fd(run->taps[side]), .events = POLLIN};
	if (run->loopback)
		fds[count++] = (struct pollfd){.fd = tap_fd(run->loopback), .events = POLLIN};
	if (run->trace)
		fds[count++] = (struct pollfd){.fd = trace_reader_fd(run->trace), .events = POLLIN};
	run_flush(run);
	if (wait_ns < 0)
		wait_ns = 0;
	ts = (struct timespec){.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};
	if (ppoll(fds, count, &ts, NULL) < 0 && errno != EINTR) {
		struct fault fault;

		fault_set(&fault, errno, "wait for frames");
		run_fail(run, &fault);
	}
}

bool pump(struct probe_run *run, pump_done_fn done, void *arg, int64_t limit_ns)
{
	int64_t end_ns = clock_mono_ns() + limit_ns;

	for (;;) {
		int64_t next_ns;

		pump_drain(run);
		next_ns = pump_read_due(run);
		if (done && done(run, arg))
			return true;
		if (clock_mono_ns() >= end_ns)
			return false;
		pump_wait(run, next_ns < end_ns ? next_ns : end_ns);
	}
}
