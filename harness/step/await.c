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

bool await_gone_within(struct sock *sock, int64_t limit_ms)
{
	return await_state_within(sock, STATE_GONE, limit_ms);
}

struct sent_wait {
	const struct record *rec;
	struct packet_match match;
	size_t count;
};

static bool sent_enough(void *arg)
{
	const struct sent_wait *wait = arg;
	size_t count = 0;

	for (size_t i = 0; i < wait->rec->event_count; i++) {
		const struct event *event = &wait->rec->events[i];

		if (event->kind == EVENT_PACKET && !event->packet.on_loopback &&
		    event->packet.arriving &&
		    packet_matches(&wait->match, event->host, &event->packet.packet))
			count++;
	}
	return count >= wait->count;
}

bool await_sent_within(struct probe_run *run, struct packet_match match, unsigned int count,
                       int64_t limit_ms)
{
	struct sent_wait wait = {.rec = run->emit.rec, .match = match, .count = count};

	return pump_until(&run->pump, sent_enough, &wait, limit_ms * NS_PER_MS);
}

void await_sent(struct probe_run *run, struct packet_match match, unsigned int count)
{
	if (!await_sent_within(run, match, count, AWAIT_LIMIT_MS))
		run_inconclusive(run, "the %s did not send %u such segments within %d ms",
		                 side_name(match.from), count, AWAIT_LIMIT_MS);
}

void observe_for(struct probe_run *run, int64_t ms, const char *why)
{
	note(run, "looking on for %lld ms: %s", (long long)ms, why);
	(void)pump_until(&run->pump, NULL, NULL, ms * NS_PER_MS);
}
