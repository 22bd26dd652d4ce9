// SPDX-License-Identifier: GPL-2.0-or-later
#include "query.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "../packet/match.h"

bool packet_is_on(const struct event *packet, const char *sock)
{
	return !sock[0] || !packet->sock[0] || !strcmp(packet->sock, sock);
}

const struct event *query_sent(const struct record *rec, const char *sock,
                               const struct packet_match *match, size_t index)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event_departs(event) && event->packet.packet.protocol == IPPROTO_TCP &&
		    packet_is_on(event, sock) &&
		    packet_matches(match, event->host, &event->packet.packet) && !index--)
			return event;
	}
	return NULL;
}

bool event_is_call(const struct event *event, enum side host, const char *sock, const char *name)
{
	return event->kind == EVENT_CALL && event->host == host && !strcmp(event->sock, sock) &&
	       !strcmp(event->call.name, name);
}

const struct event *query_call(const struct record *rec, enum side host, const char *sock,
                               const char *name, int64_t from_ns)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->t_ns >= from_ns && event_is_call(event, host, sock, name))
			return event;
	}
	return NULL;
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

int64_t query_counter(const struct record *rec, enum side host, const char *name)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_COUNTER && event->host == host &&
		    !event->counter.mark[0] && !strcmp(event->counter.name, name))
			return event->counter.delta;
	}
	return 0;
}
