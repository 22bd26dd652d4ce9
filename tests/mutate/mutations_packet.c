// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets. Each is seen twice, where it enters the wire and where it leaves: what changes a
 * packet changes both sights of it, and the hand wire's word on it, so that the pairing alone
 * does not give it away.
 */
#include <netinet/in.h>

#include "mutations_parts.h"

static struct packet *packet_of(struct event *event)
{
	if (event->kind == EVENT_PACKET)
		return &event->packet.packet;
	return event->kind == EVENT_FRAME ? &event->frame.packet : NULL;
}

static bool same_packet(const struct packet *a, const struct packet *b)
{
	return endpoint_equal(&a->src, &b->src) && a->flags == b->flags && a->seq == b->seq &&
	       a->ack == b->ack && a->len == b->len && a->ts_val == b->ts_val &&
	       a->ts_ecr == b->ts_ecr;
}

/* Does @how to every sight of the packet that @event shows. */
static void change_sights(struct record *rec, const struct event *event,
                          void (*how)(struct event *event, struct packet *packet))
{
	struct packet packet = event->packet.packet;

	for (size_t i = 0; i < rec->event_count; i++) {
		struct packet *sight = packet_of(&rec->events[i]);

		if (sight && same_packet(sight, &packet))
			how(&rec->events[i], sight);
	}
}

static bool is_departure(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event_departs(event) && event->packet.packet.protocol == IPPROTO_TCP;
}

static bool is_delivered(const struct record *rec, const struct event *event)
{
	if (!is_departure(rec, event))
		return false;
	for (size_t i = 0; i < rec->event_count; i++)
		if (event_arrives(&rec->events[i]) &&
		    same_packet(&rec->events[i].packet.packet, &event->packet.packet))
			return true;
	return false;
}

static bool is_lost(const struct record *rec, const struct event *event)
{
	return is_departure(rec, event) && !is_delivered(rec, event);
}

static bool is_arrival(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event_arrives(event) && event->packet.packet.protocol == IPPROTO_TCP;
}

static bool is_syn(const struct record *rec, const struct event *event)
{
	return is_departure(rec, event) && event->packet.packet.flags == TCP_FLAG_SYN;
}

static bool is_not_syn(const struct record *rec, const struct event *event)
{
	return is_departure(rec, event) && !(event->packet.packet.flags & TCP_FLAG_SYN) &&
	       event->packet.packet.has_timestamps;
}

static bool is_bare_ack(const struct record *rec, const struct event *event)
{
	return is_delivered(rec, event) && event->packet.packet.flags == TCP_FLAG_ACK &&
	       !event->packet.packet.len;
}

static bool is_fin(const struct record *rec, const struct event *event)
{
	return is_delivered(rec, event) && (event->packet.packet.flags & TCP_FLAG_FIN);
}

static bool has_ack(const struct record *rec, const struct event *event)
{
	return is_departure(rec, event) && (event->packet.packet.flags & TCP_FLAG_ACK) &&
	       !(event->packet.packet.flags & TCP_FLAG_RST);
}

static bool is_window(const struct record *rec, const struct event *event)
{
	return is_not_syn(rec, event) && !(event->packet.packet.flags & TCP_FLAG_RST);
}

/* Sent before, as far as the header tells. */
static bool is_resend(const struct record *rec, const struct event *event)
{
	const struct packet *packet = &event->packet.packet;

	if (!is_departure(rec, event) ||
	    (!packet->len && !(packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN))))
		return false;
	for (const struct event *before = rec->events; before < event; before++)
		if (is_departure(rec, before) &&
		    endpoint_equal(&before->packet.packet.src, &packet->src) &&
		    before->packet.packet.seq == packet->seq &&
		    before->packet.packet.flags == packet->flags)
			return true;
	return false;
}

#define SIGHTS(name, statement)                                                                    \
	static void name##_sight(struct event *event, struct packet *packet)                       \
	{                                                                                          \
		(void)event;                                                                       \
		(void)packet;                                                                      \
		statement;                                                                         \
	}                                                                                          \
	static void name(struct record *rec, struct event *event)                                  \
	{                                                                                          \
		change_sights(rec, event, name##_sight);                                           \
	}

SIGHTS(set_seq, packet->seq += 1)
SIGHTS(set_ack, packet->ack += 1)
SIGHTS(set_len, packet->len += 1)
SIGHTS(set_window, packet->window += 1)
SIGHTS(set_flags, packet->flags ^= TCP_FLAG_FIN)
SIGHTS(set_reset, packet->flags |= TCP_FLAG_RST)
SIGHTS(set_stamp, packet->ts_val += 500)
SIGHTS(set_echo, packet->ts_ecr += 1)
SIGHTS(set_no_stamps, packet->has_timestamps = false)
SIGHTS(set_stamps, packet->has_timestamps = true)
SIGHTS(set_no_scaling, packet->has_wscale = false)
SIGHTS(set_no_sack, packet->sack_ok = false)
SIGHTS(set_mss, packet->mss = 1400)
SIGHTS(set_port, packet->src.port += 1)
SIGHTS(set_turned, struct endpoint src = packet->src; packet->src = packet->dst; packet->dst = src)
SIGHTS(set_later, event->t_ns += 300 * NS_PER_MS)
SIGHTS(set_earlier, event->t_ns -= 300 * NS_PER_MS)

static bool packet_drop_departure(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_departure, drop);
}

static bool packet_drop_arrival(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_arrival, drop);
}

static void drop_sights(struct record *rec, struct event *event)
{
	struct packet packet = event->packet.packet;
	size_t kept = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		struct packet *sight = packet_of(&rec->events[i]);

		if (!sight || !same_packet(sight, &packet))
			rec->events[kept++] = rec->events[i];
	}
	rec->event_count = kept;
}

static bool packet_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_departure, drop_sights);
}

static bool packet_seq(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_departure, set_seq);
}

static bool packet_ack(struct record *rec, uint64_t seed)
{
	return change(rec, seed, has_ack, set_ack);
}

static bool packet_len(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_departure, set_len);
}

static bool packet_window(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_window, set_window);
}

static bool packet_fin(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_flags);
}

static bool packet_reset(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_bare_ack, set_reset);
}

static bool packet_stamp(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_stamp);
}

static bool packet_echo(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_echo);
}

static bool packet_no_stamps(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_no_stamps);
}

static bool has_no_stamps(const struct record *rec, const struct event *event)
{
	return is_departure(rec, event) && !event->packet.packet.has_timestamps &&
	       !(event->packet.packet.flags & TCP_FLAG_RST);
}

static bool packet_stamps(struct record *rec, uint64_t seed)
{
	return change(rec, seed, has_no_stamps, set_stamps);
}

static bool syn_no_stamps(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_syn, set_no_stamps);
}

static bool syn_no_scaling(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_syn, set_no_scaling);
}

static bool syn_no_sack(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_syn, set_no_sack);
}

static bool packet_mss(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_mss);
}

static bool packet_port(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_departure, set_port);
}

static bool packet_turned(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_turned);
}

static bool packet_later(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_not_syn, set_later);
}

static bool packet_earlier(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_resend, set_earlier);
}

/* Adds what both ports would have seen of the packet again, a moment later. */
static void repeat_sights(struct record *rec, struct event *event)
{
	struct packet packet = event->packet.packet;
	size_t count = rec->event_count;

	for (size_t i = 0; i < count; i++) {
		struct event copy = rec->events[i];

		if (copy.kind != EVENT_PACKET || !same_packet(packet_of(&copy), &packet))
			continue;
		copy.t_ns += NS_PER_MS / 10;
		if (record_add_event(rec, &copy) < 0)
			return;
	}
}

static bool packet_invent_ack(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_bare_ack, repeat_sights);
}

static bool packet_invent_fin(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_fin, repeat_sights);
}

static bool packet_twice(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_arrival, repeat_event);
}

static void arrive_anyway(struct record *rec, struct event *event)
{
	struct event copy = *event;

	copy.host = side_other(event->host);
	copy.packet.arriving = false;
	copy.t_ns += NS_PER_MS / 50;
	(void)record_add_event(rec, &copy);
}

static bool lost_delivered(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_lost, arrive_anyway);
}

static bool packet_swap(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_delivered, swap_with_next);
}

/* All that is sent again, @step_ns apart behind what was sent first; trace's word too. */
static bool resends_squeeze(struct record *rec,
                            bool (*fits)(const struct record *rec, const struct event *event),
                            int64_t step_ns)
{
	int64_t first_ns = -1, packets_ns = 0, events_ns = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];

		if (fits(rec, event)) {
			if (first_ns < 0)
				first_ns = packets_ns = events_ns = event->t_ns;
			packets_ns += step_ns;
			event->t_ns = packets_ns;
		} else if (event->kind == EVENT_RETRANSMIT && first_ns >= 0) {
			events_ns += step_ns;
			event->t_ns = events_ns;
		}
	}
	record_sort(rec);
	return packets_ns > first_ns + step_ns;
}

static bool is_resent_data(const struct record *rec, const struct event *event)
{
	return is_resend(rec, event) && !(event->packet.packet.flags & TCP_FLAG_SYN);
}

static bool resends_1ms(struct record *rec, uint64_t seed)
{
	(void)seed;
	return resends_squeeze(rec, is_resent_data, NS_PER_MS);
}

static bool is_resent_syn(const struct record *rec, const struct event *event)
{
	return is_resend(rec, event) && event->packet.packet.flags == TCP_FLAG_SYN;
}

static bool syns_6ms(struct record *rec, uint64_t seed)
{
	(void)seed;
	return resends_squeeze(rec, is_resent_syn, 6 * NS_PER_MS / 5);
}

static bool is_keepalive(const struct record *rec, const struct event *event)
{
	const struct packet *packet = &event->packet.packet;

	if (!is_departure(rec, event) || packet->flags != TCP_FLAG_ACK || packet->len)
		return false;
	for (const struct event *before = rec->events; before < event; before++)
		if (is_departure(rec, before) && before->packet.packet.seq == packet->seq + 1 &&
		    endpoint_equal(&before->packet.packet.src, &packet->src))
			return true;
	return false;
}

static bool keepalives_1ms(struct record *rec, uint64_t seed)
{
	(void)seed;
	return resends_squeeze(rec, is_keepalive, NS_PER_MS);
}

static void move_resend(struct record *rec, struct event *event)
{
	int64_t by_ns = 100 * NS_PER_MS;

	for (struct event *before = event - 1; before > rec->events; before--)
		if (before->kind == EVENT_RETRANSMIT) {
			before->t_ns -= by_ns;
			break;
		}
	event->packet.packet.ts_val -= 100;
	event->t_ns -= by_ns;
}

/* With all that goes with it: trace's event and its own timestamp. */
static bool resend_early(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_lost, move_resend);
}

const struct mutation packet_mutations[] = {
	{"packet_drop_departure", packet_drop_departure, NULL},
	{"packet_drop_arrival", packet_drop_arrival, NULL},
	{"packet_drop", packet_drop, NULL},
	{"packet_seq", packet_seq, NULL},
	{"packet_ack", packet_ack, NULL},
	{"packet_len", packet_len, NULL},
	{"packet_window", packet_window, NULL},
	{"packet_fin", packet_fin, NULL},
	{"packet_reset", packet_reset, NULL},
	{"packet_stamp", packet_stamp, NULL},
	{"packet_echo", packet_echo, NULL},
	{"packet_no_stamps", packet_no_stamps, NULL},
	{"packet_stamps", packet_stamps, NULL},
	{"syn_no_stamps", syn_no_stamps, NULL},
	{"syn_no_scaling", syn_no_scaling, NULL},
	{"syn_no_sack", syn_no_sack, NULL},
	{"packet_mss", packet_mss, NULL},
	{"packet_port", packet_port, NULL},
	{"packet_turned", packet_turned, NULL},
	{"packet_later", packet_later, NULL},
	{"packet_earlier", packet_earlier, NULL},
	{"packet_invent_ack", packet_invent_ack, NULL},
	{"packet_invent_fin", packet_invent_fin, NULL},
	{"packet_twice", packet_twice, NULL},
	{"packet_swap", packet_swap, NULL},
	{"lost_delivered", lost_delivered, NULL},
	{"resends_1ms", resends_1ms, NULL},
	{"syns_6ms", syns_6ms, NULL},
	{"keepalives_1ms", keepalives_1ms, NULL},
	{"resend_early", resend_early, NULL},
	{NULL, NULL, NULL},
};
