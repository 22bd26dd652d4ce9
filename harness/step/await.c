// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "../judge/fin_stay.h"
#include "../packet/match.h"
#include "probe_run.h"

struct state_wait {
	struct sock *sock;
	enum tcp_state state;
};

static enum tcp_state sock_state(const struct sock *sock)
{
	return sock->flow ? sock->flow->last.state : STATE_GONE;
}

static bool state_reached(void *arg)
{
	const struct state_wait *wait = arg;

	if (sock_state(wait->sock) != wait->state)
		return false;
	return wait->state != STATE_GONE || !wait->sock->flow ||
	       !watch_end_is_pending(&wait->sock->run->watch, wait->sock->flow, clock_mono_ns());
}

bool await_state_within(struct sock *sock, enum tcp_state state, int64_t limit_ms)
{
	struct state_wait wait = {.sock = sock, .state = state};

	waiting_name(sock->run->pump.waiting, "awaits %s of %s", state_name(state), sock->label);
	return pump_until(&sock->run->pump, state_reached, &wait, limit_ms * NS_PER_MS);
}

void await_state(struct sock *sock, enum tcp_state state)
{
	if (!await_state_within(sock, state, AWAIT_LIMIT_MS))
		run_inconclusive(sock->run, "%s did not reach %s within %d ms, it is in %s",
		                 sock->label, state_name(state), AWAIT_LIMIT_MS,
		                 state_name(sock_state(sock)));
}

static bool end_reached(void *arg)
{
	const struct sock *sock = arg;

	return sock->flow && sock->flow->seen && sock->flow->last.object == OBJECT_NONE &&
	       !watch_end_is_pending(&sock->run->watch, sock->flow, clock_mono_ns());
}

bool await_gone_within(struct sock *sock, int64_t limit_ms)
{
	waiting_name(sock->run->pump.waiting, "awaits the end of %s", sock->label);
	return pump_until(&sock->run->pump, end_reached, sock, limit_ms * NS_PER_MS);
}

/* ---- the end, for as long as the model gives it */

/* How long @sock may stay as it was read last, its record so far being @rec; ns. */
static int64_t state_limit_ns(const struct record *rec, const struct sock *sock)
{
	const struct sample *last = &sock->flow->last;
	const struct fin_stay fin_stay = {.host = sock->host, .sock = sock->label};
	const struct loss loss = {
		.at_send = last,
		.orphan = last->orphan,
		.established = last->state == STATE_ESTABLISHED,
		.segments = last->unacked,
	};
	struct schedule schedule = {0};
	struct span stay = {0};
	bool known = true;

	switch (last->state) {
	case STATE_SYN_SENT:
		known = model_syn(rec, sock->host, &schedule);
		break;
	case STATE_ESTABLISHED:
	case STATE_CLOSE_WAIT:
	case STATE_FIN_WAIT1:
	case STATE_CLOSING:
	case STATE_LAST_ACK:
		known = model_loss(rec, sock->host, &loss, &schedule);
		break;
	case STATE_FIN_WAIT2:
		known = fin_stay_model(rec, &fin_stay, &stay);
		break;
	case STATE_TIME_WAIT:
		stay = model_timewait(rec, sock->host);
		break;
	case STATE_GONE:
	case STATE_SYN_RECV:
	case STATE_NEW_SYN_RECV:
	case STATE_LISTEN:
	case STATE_CLOSE:
	case STATE_COUNT:
		break;
	}
	return (known ? schedule.give_up.hi_ns + stay.hi_ns : 0) + AWAIT_LIMIT_MS * NS_PER_MS;
}

struct end_wait {
	struct sock *sock;
	enum tcp_state state; /* that it was in */
};

static bool end_or_change(void *arg)
{
	const struct end_wait *wait = arg;

	return end_reached(wait->sock) || sock_state(wait->sock) != wait->state;
}

void await_end(struct sock *sock)
{
	struct probe_run *run = sock->run;
	struct end_wait wait = {.sock = sock};

	if (!sock->flow)
		emit_fail_errno(&run->emit, ENOTCONN, "await the end of %s", sock->label);
	while (!end_reached(sock)) {
		int64_t limit_ns;

		wait.state = sock_state(sock);
		limit_ns = state_limit_ns(run->emit.rec, sock);
		waiting_name(run->pump.waiting, "awaits the end of %s, in %s", sock->label,
		             state_name(wait.state));
		if (!pump_until(&run->pump, end_or_change, &wait, limit_ns))
			run_inconclusive(run, "%s is still in %s after %lld ms", sock->label,
			                 state_name(wait.state), (long long)(limit_ns / NS_PER_MS));
	}
}

void await_states(struct sock *const *socks, size_t count, enum tcp_state state)
{
	for (size_t i = 0; i < count; i++)
		await_state(socks[i], state);
}

/* ---- what was sent */

struct sent_wait {
	const struct record *rec;
	struct packet_match match;
	size_t next; /* the first event that was not looked at */
	size_t left; /* how many are still missing */
};

static bool sent_enough(void *arg)
{
	struct sent_wait *wait = arg;

	for (; wait->left && wait->next < wait->rec->event_count; wait->next++) {
		const struct event *event = &wait->rec->events[wait->next];

		wait->left -= event_departs(event) &&
		              packet_matches(&wait->match, event->host, &event->packet.packet);
	}
	return !wait->left;
}

static bool await_sent_from(struct probe_run *run, size_t first, struct packet_match match,
                            unsigned int count, int64_t limit_ms)
{
	struct sent_wait wait = {
		.rec = run->emit.rec, .match = match, .next = first, .left = count};

	waiting_name(run->pump.waiting, "awaits %u segment%s of the %s", count,
	             count == 1 ? "" : "s", side_name(match.from));
	return pump_until(&run->pump, sent_enough, &wait, limit_ms * NS_PER_MS);
}

bool await_sent_within(struct probe_run *run, struct packet_match match, unsigned int count,
                       int64_t limit_ms)
{
	return await_sent_from(run, run->emit.rec->event_count, match, count, limit_ms);
}

bool await_sent_in_all_within(struct probe_run *run, struct packet_match match, unsigned int count,
                              int64_t limit_ms)
{
	return await_sent_from(run, 0, match, count, limit_ms);
}

static _Noreturn void sent_too_few(struct probe_run *run, struct packet_match match,
                                   unsigned int count)
{
	run_inconclusive(run, "the %s did not send %u such segments within %d ms",
	                 side_name(match.from), count, AWAIT_LIMIT_MS);
}

void await_sent(struct probe_run *run, struct packet_match match, unsigned int count)
{
	if (!await_sent_within(run, match, count, AWAIT_LIMIT_MS))
		sent_too_few(run, match, count);
}

void await_sent_in_all(struct probe_run *run, struct packet_match match, unsigned int count)
{
	if (!await_sent_in_all_within(run, match, count, AWAIT_LIMIT_MS))
		sent_too_few(run, match, count);
}

void observe_for(struct probe_run *run, int64_t ms, const char *why)
{
	note(run, "looking on for %lld ms: %s", (long long)ms, why);
	waiting_name(run->pump.waiting, "looks on: %s", why);
	(void)pump_until(&run->pump, NULL, NULL, ms * NS_PER_MS);
}
