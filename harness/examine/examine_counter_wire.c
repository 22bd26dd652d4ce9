// SPDX-License-Identifier: GPL-2.0-or-later
/* examine_counter_wire: MIB counters that count what is on the wire. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "../base/array.h"
#include "examine_counter.h"

/* A frame stamped so shortly before the counters were read may be counted or not. */
#define READING_NS (NS_PER_MS / 2)

void range_add(const struct tally *tally, struct range *range, int64_t t_ns)
{
	range->hi += t_ns <= tally->read_ns + EXAMINE_SKEW_NS;
	range->lo += t_ns <= tally->read_ns - READING_NS;
}

typedef bool (*flight_fn)(const struct tally *tally, const struct flight *flight);

static bool flight_is_tcp(const struct tally *tally, const struct flight *flight)
{
	(void)tally;
	return flight->packet->protocol == IPPROTO_TCP;
}

static bool flight_is_reset(const struct tally *tally, const struct flight *flight)
{
	return flight_is_tcp(tally, flight) && (flight->packet->flags & TCP_FLAG_RST);
}

static bool flight_is_ipv4(const struct tally *tally, const struct flight *flight)
{
	(void)tally;
	return flight->packet->src.family == AF_INET;
}

static bool is_own_address(const struct tally *tally, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < tally->own_count; i++)
		if (tally->own[i]->family == endpoint->family &&
		    !memcmp(tally->own[i]->addr, endpoint->addr, sizeof(endpoint->addr)))
			return true;
	return false;
}

static void own_address_add(struct tally *tally, const struct endpoint *endpoint)
{
	const struct endpoint **own =
		array_reserve(tally->own, &tally->own_space, tally->own_count + 1, sizeof(*own));

	if (!own) {
		tally->exam->err = -ENOMEM;
		return;
	}
	tally->own = own;
	own[tally->own_count++] = endpoint;
}

void own_addresses_collect(struct tally *tally)
{
	const struct flights *flights = &tally->exam->story->flights;

	for (size_t i = 0; i < flights->count && !tally->exam->err; i++) {
		const struct flight *flight = &flights->items[i];

		if (flight->departure && flight->from == tally->host &&
		    !is_own_address(tally, &flight->packet->src))
			own_address_add(tally, &flight->packet->src);
	}
}

/* To an address of the host's own: one that it has sent from. Others are not taken in. */
static bool flight_is_taken_in(const struct tally *tally, const struct flight *flight)
{
	return is_own_address(tally, &flight->packet->dst);
}

static bool flight_is_tcp_taken_in(const struct tally *tally, const struct flight *flight)
{
	return flight_is_tcp(tally, flight) && flight_is_taken_in(tally, flight);
}

static bool flight_is_ipv4_taken_in(const struct tally *tally, const struct flight *flight)
{
	return flight_is_ipv4(tally, flight) && flight_is_taken_in(tally, flight);
}

/* GRO and TSO: one packet of IP's may be several segments of data on the wire. */
static bool flight_is_alone(const struct tally *tally, const struct flight *flight)
{
	return flight_is_ipv4(tally, flight) && !flight->packet->len;
}

/* ip_do_fragment() counts no packet of its own, ip_defrag() delivers none before the last. */
static bool flight_is_whole(const struct tally *tally, const struct flight *flight)
{
	return flight_is_alone(tally, flight) && !flight->packet->fragment_offset &&
	       !flight->packet->more_fragments;
}

static bool flight_is_whole_taken_in(const struct tally *tally, const struct flight *flight)
{
	return flight_is_whole(tally, flight) && flight_is_taken_in(tally, flight);
}

static struct range count_flights(const struct tally *tally, bool arrivals, flight_fn is_counted)
{
	const struct flights *flights = &tally->exam->story->flights;
	struct range range = {0, 0};

	for (size_t i = 0; i < flights->count; i++) {
		const struct flight *flight = &flights->items[i];

		if (!is_counted(tally, flight))
			continue;
		if (arrivals && flight->arrival && flight_to(flight) == tally->host)
			range_add(tally, &range, flight->arrive_ns);
		if (!arrivals && flight->departure && flight->from == tally->host)
			range_add(tally, &range, flight->depart_ns);
	}
	return range;
}

struct range predict_in_segs(const struct tally *tally)
{
	return count_flights(tally, true, flight_is_tcp_taken_in);
}

struct range predict_out_rsts(const struct tally *tally)
{
	return count_flights(tally, false, flight_is_reset);
}

static struct range range_of(struct range least, struct range most)
{
	return (struct range){.lo = least.lo, .hi = most.hi};
}

struct range predict_ip_in(const struct tally *tally)
{
	return range_of(count_flights(tally, true, flight_is_alone),
	                count_flights(tally, true, flight_is_ipv4));
}

struct range predict_ip_delivered(const struct tally *tally)
{
	return range_of(count_flights(tally, true, flight_is_whole_taken_in),
	                count_flights(tally, true, flight_is_ipv4_taken_in));
}

struct range predict_ip_out(const struct tally *tally)
{
	return range_of(count_flights(tally, false, flight_is_whole),
	                count_flights(tally, false, flight_is_ipv4));
}

/* All segments that left, new or not. */
struct range predict_left(const struct tally *tally)
{
	return count_flights(tally, false, flight_is_tcp);
}

/* enqueue_to_backlog() counts what it does not take as the link's: dev_core_stats_rx_dropped_inc(). */
struct range predict_link_dropped(const struct tally *tally)
{
	const struct story *story = tally->exam->story;
	struct range range = {0, 0};

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (event->kind == EVENT_FRAME && event->frame.action == FRAME_OVERFLOW &&
		    side_other(event->host) == tally->host)
			range_add(tally, &range, event->t_ns);
	}
	return range;
}
