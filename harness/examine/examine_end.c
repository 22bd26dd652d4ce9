// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_end: what happened at and to each end of each connection, in order of time.
 *
 * Events carry the label of their end. A segment carries the labels of both its ends
 * where the story knows them. All that has one label at one host is one end.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "examine_parts.h"

bool is_call(const struct happening *h, const char *name)
{
	return is_event(h, EVENT_CALL) && !strcmp(h->event->call.name, name);
}

bool is_closing_call(const struct happening *h)
{
	return is_call(h, "close") || is_call(h, "exit") || is_call(h, "kill");
}

/* Whether it is told of one end: what the wire, the counters and notes say is not. */
static bool is_of_end(const struct event *event)
{
	switch (event->kind) {
	case EVENT_CALL:
	case EVENT_TRANSITION:
	case EVENT_RETRANSMIT:
	case EVENT_RESET:
	case EVENT_DESTROY:
	case EVENT_MINI_SOCKET:
	case EVENT_SAMPLE:
		return event->sock[0] != '\0';
	case EVENT_SYSCTL:
	case EVENT_NOTE:
	case EVENT_DROP:
	case EVENT_COUNTS:
	case EVENT_LATE:
	case EVENT_PACKET:
	case EVENT_RULE:
	case EVENT_FRAME:
	case EVENT_COUNTER:
	case EVENT_KIND_COUNT:
		break;
	}
	return false;
}

static size_t events_take(const struct story *story, struct happening *items)
{
	size_t count = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (is_of_end(event))
			items[count++] = (struct happening){
				.t_ns = event->t_ns,
				.event = event,
				.host = event->host,
				.sock = event->sock,
			};
	}
	return count;
}

static size_t flight_take(const struct flight *flight, struct happening *items)
{
	enum side to = flight_to(flight);
	size_t count = 0;

	if (flight->departure)
		items[count++] = (struct happening){
			.t_ns = flight->depart_ns,
			.flight = flight,
			.host = flight->from,
			.sock = flight->sock[flight->from],
		};
	if (flight->arrival)
		items[count++] = (struct happening){
			.t_ns = flight->arrive_ns,
			.flight = flight,
			.arrives = true,
			.host = to,
			.sock = flight->sock[to],
		};
	return count;
}

static bool is_labelled(const struct flight *flight)
{
	return (flight->departure && flight->departure->sock[0]) ||
	       (flight->arrival && flight->arrival->sock[0]);
}

static int happening_compare(const void *a, const void *b)
{
	const struct happening *ha = a, *hb = b;
	int order = (int)ha->host - (int)hb->host;

	if (!order)
		order = strcmp(ha->sock, hb->sock);
	if (order)
		return order;
	if (ha->t_ns != hb->t_ns)
		return ha->t_ns < hb->t_ns ? -1 : 1;
	/* of one instant: as the story has them */
	if (ha->event && hb->event)
		return ha->event < hb->event ? -1 : 1;
	if (ha->flight && hb->flight)
		return ha->flight < hb->flight ? -1 : ha->flight > hb->flight;
	return ha->event ? -1 : 1;
}

/* connect() may be on its way, with EINPROGRESS; sendto() with MSG_FASTOPEN, too. */
static bool is_owning_call(const struct happening *h)
{
	return is_event(h, EVENT_CALL) &&
	       (!h->event->call.err || is_call(h, "connect") || is_call(h, "sendto"));
}

static void end_describe(struct end *end)
{
	/* "c1", "s1", "l1"; "u1" is UDP's */
	end->is_tcp = end->sock[0] && end->sock[0] != 'u';
	end->owned_ns = end->closed_ns = end->closed_last_ns = INT64_MAX;
	for (size_t i = 0; i < end->count; i++) {
		const struct happening *h = &end->items[i];

		if (is_closing_call(h)) {
			if (end->closed_ns == INT64_MAX)
				end->closed_ns = h->t_ns;
			end->closed_last_ns = h->t_ns;
		} else if (is_owning_call(h) && end->owned_ns == INT64_MAX) {
			end->owned_ns = h->t_ns;
		}
		end->listener |= is_call(h, "listen") && !h->event->call.err;
		end->traced |= is_event(h, EVENT_TRANSITION) || is_event(h, EVENT_MINI_SOCKET);
	}
}

static bool is_same_end(const struct happening *a, const struct happening *b)
{
	return a->host == b->host && !strcmp(a->sock, b->sock);
}

static void ends_divide(struct exam *exam, size_t count)
{
	struct happening *items = exam->happenings;

	exam->end_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!i || !is_same_end(&items[i - 1], &items[i]))
			exam->ends[exam->end_count++] = (struct end){
				.host = items[i].host,
				.sock = items[i].sock,
				.items = &items[i],
			};
		exam->ends[exam->end_count - 1].count++;
	}
	for (size_t i = 0; i < exam->end_count; i++)
		end_describe(&exam->ends[i]);
}

int ends_collect(struct exam *exam)
{
	const struct story *story = exam->story;
	size_t room = story->event_count + 2 * story->flights.count, count;

	exam->happenings = calloc(room + 1, sizeof(*exam->happenings));
	exam->ends = calloc(room + 1, sizeof(*exam->ends));
	if (!exam->happenings || !exam->ends)
		return -ENOMEM;
	count = events_take(story, exam->happenings);
	for (size_t i = 0; i < story->flights.count; i++)
		if (story->flights.items[i].packet->protocol == IPPROTO_TCP) {
			count += flight_take(&story->flights.items[i], exam->happenings + count);
			exam->labelled |= is_labelled(&story->flights.items[i]);
		}
	if (count)
		qsort(exam->happenings, count, sizeof(*exam->happenings), happening_compare);
	ends_divide(exam, count);
	return 0;
}

void ends_free(struct exam *exam)
{
	for (size_t i = 0; i < exam->end_count; i++)
		free(exam->ends[i].stays);
	free(exam->happenings);
	free(exam->ends);
}

const struct end *end_find(const struct exam *exam, enum side host, const char *sock)
{
	for (size_t i = 0; i < exam->end_count; i++)
		if (exam->ends[i].host == host && !strcmp(exam->ends[i].sock, sock))
			return &exam->ends[i];
	return NULL;
}
