// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_trace: what trace tells of segments, against the segments themselves. Each
 * tcp_retransmit_skb has its segment on the tap and each such segment its event; each reset
 * that trace saw sent or taken in left or came in.
 */
#include <string.h>

#include "examine_edge.h"
#include "examine_parts.h"

/* What is paired with one kind of trace's events. */
struct pairing {
	enum event_kind kind;
	bool sent; /* of a reset */
	const char *what;
};

static bool is_of_event(const struct pairing *pairing, const struct happening *h)
{
	if (!is_event(h, pairing->kind))
		return false;
	return pairing->kind != EVENT_RESET || h->event->reset.sent == pairing->sent;
}

/*
 * Over lo a socket that is connected to itself gets its own reset back, and is in CLOSE by then:
 * tcp_disconnect() and __tcp_close() take it out of the tables before they send one.
 */
static bool is_own_reset(const struct happening *h)
{
	const struct flight *flight = h->flight;

	return flight->loopback && flight->departure && *h->sock &&
	       !strcmp(flight->departure->sock, h->sock);
}

/* A SYN+ACK in answer to a SYN is not a retransmission: tcp_send_synack(). */
static bool is_of_segment(const struct pairing *pairing, const struct happening *h)
{
	const uint8_t syn_ack = TCP_FLAG_SYN | TCP_FLAG_ACK;

	if (pairing->kind == EVENT_RETRANSMIT)
		return is_segment(h, false) && h->again && !h->more &&
		       (h->flight->packet->flags & syn_ack) != syn_ack;
	if (pairing->sent)
		return is_segment(h, false) && (h->flight->packet->flags & TCP_FLAG_RST);
	return is_segment(h, true) && (h->effects & EFFECT_RST) && !is_own_reset(h);
}

static bool had_time_wait_sock(const struct end *end, int64_t t_ns)
{
	for (size_t i = 0; i < end->count && end->items[i].t_ns <= t_ns; i++)
		if (is_event(&end->items[i], EVENT_MINI_SOCKET) &&
		    end->items[i].event->mini.object == OBJECT_TIME_WAIT)
			return true;
	return false;
}

/* Whether something came in to the end in between. */
static bool was_reached(const struct end *end, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = 0; i < end->count && end->items[i].t_ns <= to_ns; i++)
		if (end->items[i].t_ns >= from_ns && is_segment(&end->items[i], true))
			return true;
	return false;
}

/*
 * Whether there is no full socket for this reset: a time-wait sock, or none. Not every kernel
 * traces one that is sent then (tcp_v4_send_reset(), tcp_v6_send_reset()), and none traces one
 * that a time-wait sock takes in, nor one that ends a request sock (tcp_check_req()). A call that
 * ends a socket sends its reset just behind the state's change, without anything that came in.
 */
static bool is_nobodys(const struct exam *exam, const struct end *end,
                       const struct pairing *pairing, const struct happening *h)
{
	const struct stay *last = NULL;

	for (size_t i = 0; i < end->stay_count && end->stays[i].to_ns <= h->t_ns; i++)
		last = &end->stays[i];
	if (!last)
		return false;
	if (!pairing->sent && end_was_request(end, h->t_ns))
		return true;
	if (last->state == STATE_TIME_WAIT ||
	    (last->state == STATE_FIN_WAIT2 && had_time_wait_sock(end, h->t_ns)))
		return true;
	if (last->state != STATE_CLOSE)
		return false;
	return h->t_ns - last->to_ns > exam->slack_ns ||
	       (pairing->sent && was_reached(end, last->to_ns, h->t_ns));
}

/* tcp_reset() runs for data too that nobody will read: tcp_rcv_state_process(), RCV_SHUTDOWN. */
static bool is_late_data(const struct exam *exam, const struct end *end,
                         const struct pairing *pairing, const struct happening *h)
{
	return pairing->kind == EVENT_RESET && !pairing->sent &&
	       (h->event->reset.state == STATE_FIN_WAIT1 ||
	        h->event->reset.state == STATE_FIN_WAIT2) &&
	       stimulus_seen(exam, end, BY_LATE_DATA, h->t_ns, h->t_ns);
}

typedef bool (*side_fn)(const struct pairing *pairing, const struct happening *h);

/* The next of one side at or behind @i. */
static size_t next_of(const struct end *end, const struct pairing *pairing, side_fn is_of, size_t i)
{
	while (i < end->count && !is_of(pairing, &end->items[i]))
		i++;
	return i;
}

static void complain_alone(struct exam *exam, const struct end *end, const struct pairing *pairing,
                           const struct happening *h)
{
	const struct ground ground = {
		.t_ns = h->t_ns,
		.rests_on = RESTS(OBSERVER_TRACE) | RESTS(OBSERVER_TAP),
		.hole = !h->event,
	};
	char where[WHERE_SIZE];

	complain(exam, &ground, "%s %s at %.3f s: %s", end_name(end, where), pairing->what,
	         (double)h->t_ns / NS_PER_S,
	         h->event ? "trace saw it, the wire did not" : "the wire saw it, trace did not");
}

/* Both sides in order of time; two that are further apart than the slack are not one. */
static void examine_pairing(struct exam *exam, const struct end *end, const struct pairing *pairing)
{
	size_t e = next_of(end, pairing, is_of_event, 0);
	size_t s = next_of(end, pairing, is_of_segment, 0);

	while (e < end->count || s < end->count) {
		int64_t apart_ns;

		if (e == end->count || s == end->count)
			apart_ns = e == end->count ? INT64_MAX : INT64_MIN;
		else
			apart_ns = end->items[e].t_ns - end->items[s].t_ns;
		if (apart_ns > exam->slack_ns) {
			if (pairing->kind != EVENT_RESET ||
			    !is_nobodys(exam, end, pairing, &end->items[s]))
				complain_alone(exam, end, pairing, &end->items[s]);
		} else if (apart_ns < -exam->slack_ns) {
			if (!is_late_data(exam, end, pairing, &end->items[e]))
				complain_alone(exam, end, pairing, &end->items[e]);
		}
		if (apart_ns <= exam->slack_ns)
			e = next_of(end, pairing, is_of_event, e + 1);
		if (apart_ns >= -exam->slack_ns)
			s = next_of(end, pairing, is_of_segment, s + 1);
	}
}

void examine_trace(struct exam *exam, const struct end *end)
{
	static const struct pairing pairings[] = {
		{EVENT_RETRANSMIT, false, "sends a segment again"},
		{EVENT_RESET, true, "sends a reset"},
		{EVENT_RESET, false, "takes a reset in"},
	};

	if (!end->traced || !end->complete)
		return;
	for (size_t i = 0; i < sizeof(pairings) / sizeof(pairings[0]); i++)
		examine_pairing(exam, end, &pairings[i]);
}
