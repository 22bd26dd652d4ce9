// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * One thread, one loop: it waits for whichever observer has something, takes it all in,
 * hands frames to the wire, and has the ends that they touched read by diag. With the hand
 * wire these are also read before each frame is moved on: no state that lasts from one frame
 * to the next is missed.
 */
#include "pump.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>

#include "../packet/decode.h"

/* Whose it is, by the label that its connection has at this host; both ends are touched. */
static void pump_packet(struct pump *pump, struct event *event)
{
	enum side host = event->host;
	enum side other = event->packet.on_loopback ? host : side_other(host);
	bool departs = event_departs(event);
	struct flow_ends ends = flow_of_packet(pump->watch->flows, departs ? host : other,
	                                       departs ? other : host, &event->packet.packet);
	struct flow *own = flow_at_port(pump->watch->flows, ends, departs, &event->packet.packet,
	                                event->t_ns + pump->emit->t0_ns);

	if (own)
		memcpy(event->sock, own->label, SOCK_LABEL_SIZE);
	watch_touch(pump->watch, own);
	watch_touch(pump->watch, ends.sender);
	watch_touch(pump->watch, ends.receiver);
}

static void pump_frame(struct pump *pump, enum side side, const struct frame *frame, bool loopback)
{
	struct event event = {.kind = EVENT_PACKET, .host = side};
	bool decoded = packet_decode(frame->data, frame->length, &event.packet.packet);

	if (decoded) {
		event.t_ns = frame->t_ns - pump->emit->t0_ns;
		event.packet.on_loopback = loopback;
		event.packet.arriving = !frame->outgoing;
		pump_packet(pump, &event);
		/* When it was read is not when it was seen: nothing may rest on that. */
		pump->emit->rec->lost[OBSERVER_TAP] += frame->late_stamp;
		emit_event(pump->emit, &event);
	}
	if (frame->outgoing || loopback)
		return;
	pump->obs->came[side]++;
	wire_take(pump->wire, side, frame, decoded ? &event.packet.packet : NULL);
}

static bool pump_tap(struct pump *pump, struct tap *tap, enum side side, bool loopback)
{
	struct frame frame;
	bool any = false;
	int n;

	while ((n = tap_read(tap, &frame)) > 0) {
		pump_frame(pump, side, &frame, loopback);
		any = true;
	}
	if (n < 0)
		emit_fail_errno(pump->emit, -n, "read frames at the %s's port", side_name(side));
	return any;
}

static void pump_traced(const struct trace_event *traced, void *arg)
{
	struct pump *pump = arg;
	struct event event = traced->event;

	flow_name_object(pump->watch->flows, traced, event.sock);
	watch_traced(pump->watch, &event, traced->object);
	event.t_ns = traced->event.t_ns - pump->emit->t0_ns;
	if (event.t_ns >= 0)
		emit_event(pump->emit, &event);
}

/* Whether there was anything. */
static bool pump_take(struct pump *pump)
{
	struct observers *obs = pump->obs;
	bool any = false;

	for (int side = 0; side < SIDE_COUNT; side++)
		if (obs->taps[side])
			any |= pump_tap(pump, obs->taps[side], (enum side)side, false);
	if (obs->loopback)
		any |= pump_tap(pump, obs->loopback, SIDE_CLIENT, true);
	if (obs->trace) {
		int n = trace_read(obs->trace, pump_traced, pump);

		if (n < 0)
			emit_fail_errno(pump->emit, -n, "read the trace ring");
		any |= n > 0;
	}
	return any;
}

bool pump_drain(struct pump *pump)
{
	bool any = false;

	while (pump_take(pump)) {
		watch_read(pump->watch);
		any = true;
	}
	return any;
}

int pump_open(struct pump *pump, struct fault *f)
{
	pump->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return pump->timer_fd < 0 ? fault_set(f, errno, "make a timer") : 0;
}

/* The observers' descriptors, and behind them the timer's. */
static nfds_t pump_fds(const struct pump *pump, struct pollfd fds[SIDE_COUNT + 3])
{
	const struct observers *obs = pump->obs;
	nfds_t count = 0;

	for (int side = 0; side < SIDE_COUNT; side++)
		if (obs->taps[side])
			fds[count++] =
				(struct pollfd){.fd = tap_fd(obs->taps[side]), .events = POLLIN};
	if (obs->loopback)
		fds[count++] = (struct pollfd){.fd = tap_fd(obs->loopback), .events = POLLIN};
	if (obs->trace)
		fds[count++] = (struct pollfd){.fd = trace_reader_fd(obs->trace), .events = POLLIN};
	fds[count++] = (struct pollfd){.fd = pump->timer_fd, .events = POLLIN};
	return count;
}

/* Until @wake_ns, or until an observer has something; whether it has. */
static bool pump_poll(struct pump *pump, struct pollfd *fds, nfds_t count, int64_t wake_ns)
{
	const struct itimerspec timer = {
		.it_value = {.tv_sec = wake_ns / NS_PER_S, .tv_nsec = wake_ns % NS_PER_S}};
	int ready;

	if (timerfd_settime(pump->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL) < 0)
		emit_fail_errno(pump->emit, errno, "set the timer");
	ready = poll(fds, count, -1);
	if (ready < 0 && errno != EINTR)
		emit_fail_errno(pump->emit, errno, "wait for frames");
	return ready > 0 && (ready > 1 || !fds[count - 1].revents);
}

/* In beats: how late each of them was is how late the machine is. */
static void pump_wait(struct pump *pump, int64_t until_ns, bool is_timer)
{
	struct pollfd fds[SIDE_COUNT + 3];
	nfds_t count = pump_fds(pump, fds);
	bool in_time = until_ns > clock_mono_ns(), ready;
	int64_t now_ns, wake_ns;

	emit_flush(pump->emit);
	do {
		wake_ns = late_wait_begin(pump->late, until_ns);
		ready = pump_poll(pump, fds, count, wake_ns);
		now_ns = clock_mono_ns();
		late_wait_end(pump->late, wake_ns < until_ns ? wake_ns : 0, now_ns);
	} while (!ready && now_ns < until_ns);
	if (in_time && (is_timer || wake_ns == until_ns))
		late_note(pump->late, is_timer ? LATE_TIMER : LATE_WAKE, until_ns, now_ns);
}

static bool pump_over(struct pump *pump, bool done)
{
	waiting_set(pump->waiting, 0);
	return done;
}

bool pump_until(struct pump *pump, pump_done_fn done, void *arg, int64_t limit_ns)
{
	int64_t began_ns = clock_mono_ns(), asleep_ns = late_asleep_ns(pump->late);

	for (;;) {
		int64_t next_ns, end_ns;
		bool is_timer;

		pump_drain(pump);
		next_ns = watch_due(pump->watch, &is_timer);
		if (done && done(arg))
			return pump_over(pump, true);
		end_ns = began_ns + limit_ns;
		if (done)
			end_ns += late_asleep_ns(pump->late) - asleep_ns;
		if (clock_mono_ns() >= end_ns)
			return pump_over(pump, false);
		waiting_set(pump->waiting, end_ns);
		if (next_ns < end_ns)
			pump_wait(pump, next_ns, is_timer);
		else
			pump_wait(pump, end_ns, false);
	}
}
