// SPDX-License-Identifier: GPL-2.0-or-later
#include "query.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../packet/match.h"

static bool packet_same(const struct packet *a, const struct packet *b)
{
	return endpoint_equal(&a->src, &b->src) && endpoint_equal(&a->dst, &b->dst) &&
	       a->flags == b->flags && a->seq == b->seq && a->ack == b->ack && a->len == b->len;
}

/* A segment as it leaves its host: into the wire, or out by lo. */
static bool event_is_departure(const struct event *event)
{
	return event->kind == EVENT_PACKET && event->packet.packet.protocol == IPPROTO_TCP &&
	       (event->packet.on_loopback ? !event->packet.arriving : event->packet.arriving);
}

/*
 * A segment has come out of the wire: the latest departure that is the same. A
 * retransmission looks like its original, and it is the original that was lost.
 */
static void packet_list_deliver(struct packet_list *list, const struct packet *packet)
{
	for (size_t i = list->count; i-- > 0;)
		if (!list->items[i].delivered && packet_same(&list->items[i].packet, packet)) {
			list->items[i].delivered = true;
			return;
		}
}

static void query_departures(const struct record *rec, const struct packet_match *match,
                             struct packet_list *list)
{
	*list = (struct packet_list){.count = 0};
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind != EVENT_PACKET)
			continue;
		if (!event_is_departure(event)) {
			packet_list_deliver(list, &event->packet.packet);
			continue;
		}
		if (match && !packet_matches(match, event->host, &event->packet.packet))
			continue;
		if (list->count == QUERY_PACKETS) {
			list->truncated = true;
			return;
		}
		list->items[list->count++] = (struct sent_packet){
			.t_ns = event->t_ns,
			.packet = event->packet.packet,
		};
	}
}

void query_sent(const struct record *rec, const struct packet_match *match,
                struct packet_list *list)
{
	query_departures(rec, match, list);
}

void query_sent_all(const struct record *rec, struct packet_list *list)
{
	query_departures(rec, NULL, list);
}

const char *query_flags(const struct packet_list *list, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < list->count && used < size; i++) {
		char flags[TCP_FLAGS_TEXT_SIZE];

		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? " " : "",
		                         tcp_flags_text(list->items[i].packet.flags, flags));
	}
	return buf;
}

const struct event *query_call(const struct record *rec, enum side host, const char *sock,
                               const char *name, int64_t from_ns)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_CALL && event->host == host && event->t_ns >= from_ns &&
		    !strcmp(event->sock, sock) && !strcmp(event->call.name, name))
			return event;
	}
	return NULL;
}

int64_t query_called_ns(const struct record *rec, enum side host, const char *sock,
                        const char *name)
{
	const struct event *call = query_call(rec, host, sock, name, INT64_MIN);

	return call ? call->t_ns : INT64_MAX;
}

const struct sample *query_rto(const struct record *rec, enum side host, const char *sock,
                               int64_t until_ns)
{
	const struct sample *last = NULL;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_SAMPLE && event->host == host && event->t_ns <= until_ns &&
		    !strcmp(event->sock, sock) && event->sample.rto_us)
			last = &event->sample;
	}
	return last;
}

/* When the state was entered: between the reading before and the one that saw it. */
static struct value life_entered(const struct life_state *state)
{
	return (struct value){
		.kind = VALUE_TIME,
		.lo = state->t_ns - (state->gap_ns > 0 ? state->gap_ns : 0),
		.hi = state->t_ns,
	};
}

/* The record goes on to here. */
static int64_t record_end_ns(const struct record *rec)
{
	return rec->event_count ? rec->events[rec->event_count - 1].t_ns : 0;
}

struct value query_stay(const struct record *rec, const struct life *life, enum tcp_state state)
{
	int index = life_find(life, state);
	struct value entered, left;

	if (index < 0)
		return (struct value){.kind = VALUE_NONE};
	entered = life_entered(&life->states[index]);
	if ((size_t)index + 1 == life->count)
		left = (struct value){.lo = record_end_ns(rec), .hi = INT64_MAX};
	else
		left = life_entered(&life->states[index + 1]);
	return (struct value){
		.kind = VALUE_TIME,
		.lo = left.lo - entered.hi,
		.hi = left.hi == INT64_MAX ? INT64_MAX : left.hi - entered.lo,
	};
}

struct value query_until_end(const struct record *rec, const struct life *life, int64_t from_ns)
{
	const struct life_state *end;
	struct value ended;

	if (!life->count)
		return (struct value){.kind = VALUE_NONE};
	end = &life->states[life->count - 1];
	if (end->state != STATE_CLOSE && end->state != STATE_GONE)
		return (struct value){
			.kind = VALUE_TIME,
			.lo = record_end_ns(rec) - from_ns,
			.hi = INT64_MAX,
		};
	ended = life_entered(end);
	return (struct value){
		.kind = VALUE_TIME,
		.lo = ended.lo - from_ns,
		.hi = ended.hi - from_ns,
	};
}

int64_t query_counter(const struct record *rec, enum side host, const char *name)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_COUNTER && event->host == host &&
		    !strcmp(event->counter.name, name))
			return event->counter.delta;
	}
	return 0;
}

void query_since(struct packet_list *list, int64_t from_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].t_ns >= from_ns)
			list->items[kept++] = list->items[i];
	list->count = kept;
}
