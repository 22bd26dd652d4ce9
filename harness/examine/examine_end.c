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

static bool is_labelled(const struct flight *flight)
{
	return (flight->departure && flight->departure->sock[0]) ||
	       (flight->arrival && flight->arrival->sock[0]);
}

/*
 * On lo both ends are of one host, for which a flight has one label: what was seen at either
 * is told apart by the sights. One of the two may be nobody: the kernel resets for a port
 * where no socket is.
 */
static const char *end_label(const struct flight *flight, const struct event *sight, enum side host)
{
	return flight->loopback && is_labelled(flight) ? sight->sock : flight->sock[host];
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
			.sock = end_label(flight, flight->departure, flight->from),
		};
	if (flight->arrival)
		items[count++] = (struct happening){
			.t_ns = flight->arrive_ns,
			.flight = flight,
			.arrives = true,
			.host = to,
			.sock = end_label(flight, flight->arrival, to),
		};
	return count;
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
		end->options += is_call(h, "setsockopt");
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

static bool is_icmp(const struct flight *flight)
{
	return flight->arrival && (flight->packet->protocol == IPPROTO_ICMP ||
	                           flight->packet->protocol == IPPROTO_ICMPV6);
}

static int icmp_compare(const void *a, const void *b)
{
	const struct flight *fa = *(const struct flight *const *)a;
	const struct flight *fb = *(const struct flight *const *)b;

	return fa->arrive_ns < fb->arrive_ns ? -1 : fa->arrive_ns > fb->arrive_ns;
}

static int connect_compare(const void *a, const void *b)
{
	const struct happening *ha = *(const struct happening *const *)a;
	const struct happening *hb = *(const struct happening *const *)b;

	return ha->t_ns < hb->t_ns ? -1 : ha->t_ns > hb->t_ns;
}

/* What is asked for again and again. 0 or -ENOMEM. */
static int index_build(struct exam *exam, size_t count)
{
	const struct flights *flights = &exam->story->flights;

	exam->icmp = calloc(flights->count + 1, sizeof(*exam->icmp));
	exam->connects = calloc(count + 1, sizeof(*exam->connects));
	exam->listeners = calloc(exam->end_count + 1, sizeof(*exam->listeners));
	if (!exam->icmp || !exam->connects || !exam->listeners)
		return -ENOMEM;
	for (size_t i = 0; i < flights->count; i++)
		if (is_icmp(&flights->items[i]))
			exam->icmp[exam->icmp_count++] = &flights->items[i];
	for (size_t i = 0; i < count; i++)
		if (is_call(&exam->happenings[i], "connect"))
			exam->connects[exam->connect_count++] = &exam->happenings[i];
	for (size_t i = 0; i < exam->end_count; i++)
		if (exam->ends[i].listener)
			exam->listeners[exam->listener_count++] = &exam->ends[i];
	if (exam->icmp_count)
		qsort(exam->icmp, exam->icmp_count, sizeof(*exam->icmp), icmp_compare);
	if (exam->connect_count)
		qsort(exam->connects, exam->connect_count, sizeof(*exam->connects),
		      connect_compare);
	return 0;
}

typedef int64_t (*time_fn)(const void *list, size_t i);

/* The first of @count in order of time that is not before @t_ns. */
static size_t first_from(const void *list, size_t count, time_fn time_of, int64_t t_ns)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (time_of(list, middle) < t_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int64_t item_time(const void *list, size_t i)
{
	return ((const struct happening *)list)[i].t_ns;
}

static int64_t icmp_time(const void *list, size_t i)
{
	return ((const struct flight *const *)list)[i]->arrive_ns;
}

static int64_t connect_time(const void *list, size_t i)
{
	return ((const struct happening *const *)list)[i]->t_ns;
}

size_t end_from(const struct end *end, int64_t t_ns)
{
	return first_from(end->items, end->count, item_time, t_ns);
}

size_t icmp_from(const struct exam *exam, int64_t t_ns)
{
	return first_from(exam->icmp, exam->icmp_count, icmp_time, t_ns);
}

size_t connects_from(const struct exam *exam, int64_t t_ns)
{
	return first_from(exam->connects, exam->connect_count, connect_time, t_ns);
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
	return index_build(exam, count);
}

void ends_free(struct exam *exam)
{
	for (size_t i = 0; i < exam->end_count; i++)
		free(exam->ends[i].stays);
	free(exam->icmp);
	free(exam->connects);
	free(exam->listeners);
	free(exam->happenings);
	free(exam->ends);
}

const struct end *end_find(const struct exam *exam, enum side host, const char *sock)
{
	size_t low = 0, high = exam->end_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct end *end = &exam->ends[middle];
		int order = (int)end->host - (int)host;

		if (!order)
			order = strcmp(end->sock, sock);
		if (!order)
			return end;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool end_is_passive(const struct end *end)
{
	for (size_t i = 0; i < end->count; i++)
		if (end->items[i].flight)
			return end->items[i].arrives;
	return false;
}

/* Who sent a SYN of its own (a simultaneous open) has no request. */
bool is_fast_open_child(const struct end *end, const struct sample *sample)
{
	return sample->object == OBJECT_FULL && sample->state == STATE_SYN_RECV &&
	       end_is_passive(end);
}

bool end_was_request(const struct end *end, int64_t t_ns)
{
	bool request = false;

	for (size_t i = 0; i < end->count && end->items[i].t_ns <= t_ns; i++) {
		const struct event *event = end->items[i].event;

		if (is_event(&end->items[i], EVENT_MINI_SOCKET))
			request = event->mini.object == OBJECT_REQUEST &&
			          event->mini.change != MINI_ACCEPTED;
		else if (is_event(&end->items[i], EVENT_SAMPLE))
			request = event->sample.object == OBJECT_REQUEST;
		else if (is_event(&end->items[i], EVENT_TRANSITION))
			request = false; /* a socket of its own */
	}
	return request;
}
