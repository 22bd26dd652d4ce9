// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an end sends, told from the record: which packets are its own, and what the next one
 * would look like.
 */
#include <errno.h>
#include <netinet/in.h>

#include "probe_run.h"

/* Modulo 2^32, as sequence numbers are. */
static bool seq_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* Whether @event is a segment of @flow's that left its host. */
static bool is_own(const struct flow *flow, const struct event *event)
{
	const struct packet *packet = &event->packet.packet;

	return event_departs(event) && event->host == flow->host &&
	       packet->protocol == IPPROTO_TCP && endpoint_equal(&packet->src, &flow->local) &&
	       endpoint_equal(&packet->dst, &flow->remote);
}

/* Whether @event is a segment of the other end that came in at @flow's host. */
static bool is_others(const struct flow *flow, const struct event *event)
{
	const struct packet *packet = &event->packet.packet;

	return event_arrives(event) && event->host == flow->host &&
	       packet->protocol == IPPROTO_TCP && endpoint_equal(&packet->src, &flow->remote) &&
	       endpoint_equal(&packet->dst, &flow->local);
}

static uint32_t seq_end(const struct packet *packet)
{
	return packet->seq + packet->len + ((packet->flags & TCP_FLAG_SYN) != 0) +
	       ((packet->flags & TCP_FLAG_FIN) != 0);
}

static const struct flow *flow_needed(const struct sock *sock)
{
	if (!sock->flow)
		emit_fail_errno(&sock->run->emit, ENOTCONN, "tell what %s sends", sock->label);
	return sock->flow;
}

/* @own was sent too: the next goes on where the furthest of its connection ended. */
static void next_follow(struct packet *next, const struct packet *own)
{
	const bool begins = !next->src.family || (own->flags & TCP_FLAG_SYN);
	const uint32_t end = seq_end(own);
	const uint32_t seq = begins || seq_after(end, next->seq) ? end : next->seq;
	const bool acks = next->flags & TCP_FLAG_ACK;
	const uint32_t ack =
		begins || !acks || seq_after(own->ack, next->ack) ? own->ack : next->ack;

	*next = *own;
	next->seq = seq;
	next->ack = ack;
}

/* Nothing but what every segment of an open connection has. */
static void next_strip(struct packet *next)
{
	next->flags = TCP_FLAG_ACK;
	next->len = 0;
	next->urgent = 0;
	next->mss = 0;
	next->has_wscale = next->sack_ok = next->has_unknown = false;
	next->wscale = 0;
	next->sack_count = 0;
}

struct packet packet_next(struct sock *sock)
{
	const struct flow *flow = flow_needed(sock);
	const struct record *rec = sock->run->emit.rec;
	struct packet next = {0};
	uint32_t echo = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];
		const struct packet *packet = &event->packet.packet;

		if (is_others(flow, event) && packet->has_timestamps)
			echo = packet->ts_val;
		if (is_own(flow, event) && !(packet->flags & TCP_FLAG_RST))
			next_follow(&next, packet);
	}
	if (!next.src.family)
		run_inconclusive(sock->run, "%s has sent nothing yet", sock->label);
	next_strip(&next);
	if (next.has_timestamps && echo)
		next.ts_ecr = echo;
	return next;
}

struct packet packet_answer(struct sock *sock)
{
	const struct flow *flow = flow_needed(sock);
	const struct record *rec = sock->run->emit.rec;
	struct packet last = {0}, answer;

	for (size_t i = 0; i < rec->event_count; i++)
		if (is_own(flow, &rec->events[i]))
			next_follow(&last, &rec->events[i].packet.packet);
	if (!last.src.family)
		run_inconclusive(sock->run, "%s has sent nothing yet", sock->label);
	answer = last;
	next_strip(&answer);
	answer.src = last.dst;
	answer.dst = last.src;
	answer.seq = last.ack;
	answer.ack = last.seq;
	answer.window = UINT16_MAX;
	answer.ts_val = last.ts_ecr;
	answer.ts_ecr = last.ts_val;
	answer.ttl = 0;
	return answer;
}

struct packet_match match_of(struct sock *sock, uint16_t flags)
{
	const struct endpoint *local = sock->flow ? &sock->flow->local : &sock->local;

	return (struct packet_match){.from = sock->host,
	                             .protocol = IPPROTO_TCP,
	                             .family = sock->run->bench.addr[sock->host].family,
	                             .src_port = local->port,
	                             .dst_port = sock->flow ? sock->flow->remote.port : 0,
	                             .flags_mask = flags,
	                             .flags_value = flags};
}

struct packet_match match_bytes(struct sock *sock, uint32_t first, uint32_t last)
{
	const struct flow *flow = flow_needed(sock);
	const struct record *rec = sock->run->emit.rec;
	struct packet_match match = match_of(sock, 0);

	for (size_t i = rec->event_count; i-- > 0;) {
		const struct packet *packet = &rec->events[i].packet.packet;

		if (!is_own(flow, &rec->events[i]) || !(packet->flags & TCP_FLAG_SYN))
			continue;
		match.has_seq = true;
		match.seq_first = packet->seq + first;
		match.seq_last = packet->seq + last;
		return match;
	}
	run_inconclusive(sock->run, "%s has sent no SYN to count from", sock->label);
}
