// SPDX-License-Identifier: GPL-2.0-or-later
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
	return pump_until(&sock->run->pump, end_reached, sock, limit_ms * NS_PER_MS);
}

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
	(void)pump_until(&run->pump, NULL, NULL, ms * NS_PER_MS);
}
