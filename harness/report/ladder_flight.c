// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ladder_flight: a packet's way over the wire, from the sights of it at both ports.
 *
 * The two sights are paired by all that the header says, timestamps included, so
 * that a retransmission is another packet. Where even that is the same (no
 * timestamps) the oldest that is not known to be lost arrived first.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "ladder.h"

/* Two taps' stamps of one frame, or a stamp and the harness's word on it, may cross. */
#define STAMP_SLACK_NS 50000

static bool packet_same(const struct packet *a, const struct packet *b)
{
	return a->protocol == b->protocol && a->flags == b->flags && a->seq == b->seq &&
	       a->ack == b->ack && a->len == b->len && a->window == b->window &&
	       a->has_timestamps == b->has_timestamps && a->ts_val == b->ts_val &&
	       a->ts_ecr == b->ts_ecr && endpoint_equal(&a->src, &b->src) &&
	       endpoint_equal(&a->dst, &b->dst);
}

static struct flight *flight_new(struct flights *flights, const struct packet *packet,
                                 enum side from)
{
	struct flight *flight = &flights->items[flights->count++];

	*flight = (struct flight){
		.packet = *packet,
		.from = from,
		.depart_ns = NEVER,
		.arrive_ns = NEVER,
		.held_ns = NEVER,
		.released_ns = NEVER,
		.fate = FATE_LOST,
	};
	return flight;
}

/* On lo a packet is seen twice, going out and coming in. */
static void loopback_seen(struct flights *flights, const struct event *event)
{
	struct flight *flight;

	for (size_t i = 0; i < flights->count; i++) {
		flight = &flights->items[i];
		if (flight->loopback && flight->arrive_ns == NEVER && flight->from == event->host &&
		    packet_same(&flight->packet, &event->packet.packet)) {
			flight->arrive_ns = event->t_ns;
			flight->fate = FATE_DELIVERED;
			return;
		}
	}
	flight = flight_new(flights, &event->packet.packet, event->host);
	flight->loopback = true;
	flight->depart_ns = event->t_ns;
}

static void departures_collect(struct flights *flights, const struct event **events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct event *event = events[i];

		if (event->kind != EVENT_PACKET)
			continue;
		if (event->packet.on_loopback)
			loopback_seen(flights, event);
		else if (event->packet.arriving)
			flight_new(flights, &event->packet.packet, event->host)->depart_ns =
				event->t_ns;
	}
}

/* The flight that the hand wire speaks of: the latest such that had departed. */
static struct flight *flight_of_frame(struct flights *flights, const struct event *event)
{
	for (size_t i = flights->count; i-- > 0;) {
		struct flight *flight = &flights->items[i];
		bool release = event->frame.action == FRAME_RELEASE;

		if (flight->loopback || flight->from != event->host || flight->depart_ns == NEVER ||
		    flight->depart_ns > event->t_ns + STAMP_SLACK_NS ||
		    !packet_same(&flight->packet, &event->frame.packet))
			continue;
		if (release ? flight->held_ns != NEVER && flight->released_ns == NEVER
		            : !flight->by_frame)
			return flight;
	}
	return NULL;
}

static void frame_apply(struct flights *flights, const struct event *event)
{
	struct flight *flight;

	if (event->frame.action == FRAME_INJECT) {
		flight = flight_new(flights, &event->frame.packet, event->host);
		flight->injected = true;
		flight->by_frame = true;
		flight->depart_ns = event->t_ns;
		return;
	}
	flight = flight_of_frame(flights, event);
	if (!flight)
		return;
	flight->by_frame = true;
	flight->rule = event->frame.rule;
	switch (event->frame.action) {
	case FRAME_DROP:
		flight->fate = FATE_DROPPED;
		break;
	case FRAME_HOLD:
		flight->held_ns = event->t_ns;
		flight->fate = FATE_HELD;
		break;
	case FRAME_RELEASE:
		flight->released_ns = event->t_ns;
		flight->fate = FATE_LOST; /* until it is seen at the other port */
		break;
	case FRAME_DUPLICATE:
	case FRAME_INJECT:
	case FRAME_ACTION_COUNT:
		break;
	}
}

/* Did the hand wire carry this rule out? Then it told of every frame itself. */
static bool rule_is_hand(const struct event **events, size_t count, uint32_t rule)
{
	for (size_t i = 0; i < count; i++) {
		if (events[i]->kind == EVENT_FRAME && events[i]->frame.rule == rule)
			return true;
	}
	return false;
}

static int64_t rule_end(const struct event **events, size_t count, size_t at)
{
	for (size_t i = at + 1; i < count; i++) {
		if (events[i]->kind == EVENT_RULE && !events[i]->rule.on &&
		    events[i]->rule.id == events[at]->rule.id)
			return events[i]->t_ns;
	}
	return INT64_MAX;
}

/* Flights that left while a rule was on that drops such packets. */
static void rule_apply(struct flights *flights, const struct event **events, size_t count,
                       size_t at)
{
	const struct event *event = events[at];
	int64_t end_ns = rule_end(events, count, at);

	if (rule_is_hand(events, count, event->rule.id))
		return;
	for (size_t i = 0; i < flights->count; i++) {
		struct flight *flight = &flights->items[i];

		if (flight->loopback || flight->injected || flight->depart_ns < event->t_ns ||
		    flight->depart_ns > end_ns ||
		    !packet_matches(&event->rule.match, flight->from, &flight->packet))
			continue;
		flight->suspect = true;
		flight->rule = event->rule.id;
	}
}

static bool flight_can_arrive(const struct flight *flight, const struct event *event)
{
	int64_t left_ns = flight->released_ns != NEVER ? flight->released_ns : flight->depart_ns;

	return !flight->loopback && flight->arrive_ns == NEVER &&
	       flight->from == side_other(event->host) && flight->fate == FATE_LOST &&
	       left_ns <= event->t_ns + STAMP_SLACK_NS &&
	       packet_same(&flight->packet, &event->packet.packet);
}

static struct flight *flight_of_arrival(struct flights *flights, const struct event *event)
{
	struct flight *suspect = NULL;

	for (size_t i = 0; i < flights->count; i++) {
		struct flight *flight = &flights->items[i];

		if (!flight_can_arrive(flight, event))
			continue;
		if (!flight->suspect)
			return flight;
		if (!suspect)
			suspect = flight;
	}
	return suspect;
}

/* The same packet once more out of the wire than into it. */
static const struct flight *flight_doubled(const struct flights *flights, const struct event *event)
{
	for (size_t i = flights->count; i-- > 0;) {
		const struct flight *flight = &flights->items[i];

		if (flight->arrive_ns != NEVER && flight->from == side_other(event->host) &&
		    packet_same(&flight->packet, &event->packet.packet))
			return flight;
	}
	return NULL;
}

static void arrival_apply(struct flights *flights, const struct event *event)
{
	struct flight *flight = flight_of_arrival(flights, event);
	const struct flight *doubled;

	if (!flight) {
		doubled = flight_doubled(flights, event);
		flight = flight_new(flights, &event->packet.packet, side_other(event->host));
		flight->duplicate = doubled;
		flight->rule = doubled ? doubled->rule : 0;
	}
	flight->arrive_ns = event->t_ns;
	flight->fate = FATE_DELIVERED;
	flight->suspect = false;
}

static bool is_resend(const struct packet *first, const struct packet *again)
{
	/* SYN and SYN ACK of one host are two things: crossing SYNs send both. */
	uint8_t kind = TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST |
	               (first->flags & TCP_FLAG_SYN ? TCP_FLAG_ACK : 0);

	return first->protocol == IPPROTO_TCP && again->protocol == IPPROTO_TCP &&
	       first->seq == again->seq && first->len == again->len &&
	       (first->flags & kind) == (again->flags & kind) && !(again->flags & TCP_FLAG_RST) &&
	       (again->len || (again->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN))) &&
	       endpoint_equal(&first->src, &again->src) && endpoint_equal(&first->dst, &again->dst);
}

/* Flights that departed are in order of departure, so that the latest one tells. */
static void resends_count(struct flights *flights)
{
	for (size_t i = 0; i < flights->count; i++) {
		struct flight *flight = &flights->items[i];

		if (flight->injected || flight->depart_ns == NEVER)
			continue;
		for (size_t j = i; j-- > 0;) {
			const struct flight *before = &flights->items[j];

			if (before->injected || before->depart_ns == NEVER ||
			    !is_resend(&before->packet, &flight->packet))
				continue;
			flight->resent = before->resent + 1;
			break;
		}
	}
}

static int event_compare(const void *a, const void *b)
{
	const struct event *ea = *(const struct event *const *)a;
	const struct event *eb = *(const struct event *const *)b;

	if (ea->t_ns != eb->t_ns)
		return ea->t_ns < eb->t_ns ? -1 : 1;
	return ea < eb ? -1 : ea > eb; /* of one instant: as they arrived */
}

static size_t events_select(const struct record *rec, const struct event **events)
{
	size_t count = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_PACKET || event->kind == EVENT_FRAME ||
		    event->kind == EVENT_RULE)
			events[count++] = event;
	}
	qsort(events, count, sizeof(*events), event_compare);
	return count;
}

static void flights_trace(struct flights *flights, const struct event **events, size_t count)
{
	departures_collect(flights, events, count);
	for (size_t i = 0; i < count; i++) {
		if (events[i]->kind == EVENT_FRAME)
			frame_apply(flights, events[i]);
	}
	for (size_t i = 0; i < count; i++) {
		if (events[i]->kind == EVENT_RULE && events[i]->rule.on)
			rule_apply(flights, events, count, i);
	}
	for (size_t i = 0; i < count; i++) {
		if (events[i]->kind == EVENT_PACKET && !events[i]->packet.on_loopback &&
		    !events[i]->packet.arriving)
			arrival_apply(flights, events[i]);
	}
	for (size_t i = 0; i < flights->count; i++) {
		if (flights->items[i].suspect && flights->items[i].fate == FATE_LOST)
			flights->items[i].fate = FATE_DROPPED;
	}
	resends_count(flights);
}

int flights_collect(const struct record *rec, struct flights *flights)
{
	/* At most one flight an event. */
	const struct event **events = calloc(rec->event_count + 1, sizeof(*events));

	*flights = (struct flights){.items = calloc(rec->event_count + 1, sizeof(struct flight))};
	if (!events || !flights->items) {
		free(events);
		free(flights->items);
		flights->items = NULL;
		return -ENOMEM;
	}
	flights_trace(flights, events, events_select(rec, events));
	free(events);
	return 0;
}
