// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * life_refine: when a state that only polling saw was entered.
 *
 * Theory of operation. Polling tells that a socket was in a state at one reading and not
 * at the one before; in between it was entered some time. But a TCP socket changes its state for
 * a segment, a system call or a timer, and the tap has seen the segments. A state that is
 * entered by receiving (CLOSE_WAIT by a FIN) was entered with one of the segments of that time
 * that can lead into it: between the first and the last of them. A state that is entered
 * by sending (FIN_WAIT1) was entered before its segment left (tcp_close() sets the state,
 * then tcp_send_fin() sends) and after the system call, if that was in the time. Where no
 * such segment was seen the reading stands: a timer may have been the cause.
 */
#include <string.h>

#include "life_parts.h"

/* A way into a state: see tcp_rcv_state_process(), tcp_fin(), tcp_close_state(). */
struct way {
	enum tcp_state from, to; /* from STATE_GONE: from whatever was seen before */
	uint16_t any, none; /* flags of the segment: one of these, none of those */
	bool sends; /* the end sends it, else it gets it */
	bool acks_fin; /* it acknowledges the end's own FIN, or is a RST */
};

static const struct way ways[] = {
	{STATE_GONE, STATE_SYN_SENT, .any = TCP_FLAG_SYN, .none = TCP_FLAG_ACK, .sends = true},
	{STATE_GONE, STATE_SYN_RECV, .any = TCP_FLAG_SYN, .none = TCP_FLAG_ACK},
	{STATE_SYN_SENT, STATE_ESTABLISHED, .any = TCP_FLAG_SYN},
	{STATE_GONE, STATE_ESTABLISHED, .any = TCP_FLAG_ACK, .none = TCP_FLAG_RST},
	{STATE_GONE, STATE_FIN_WAIT1, .any = TCP_FLAG_FIN, .sends = true},
	{STATE_GONE, STATE_FIN_WAIT2, .any = TCP_FLAG_ACK, .none = TCP_FLAG_RST, .acks_fin = true},
	{STATE_FIN_WAIT2, STATE_TIME_WAIT, .any = TCP_FLAG_FIN},
	{STATE_GONE, STATE_TIME_WAIT, .any = TCP_FLAG_FIN | TCP_FLAG_ACK, .none = TCP_FLAG_RST},
	{STATE_GONE, STATE_CLOSE_WAIT, .any = TCP_FLAG_FIN},
	{STATE_GONE, STATE_CLOSING, .any = TCP_FLAG_FIN},
	{STATE_GONE, STATE_LAST_ACK, .any = TCP_FLAG_FIN, .sends = true},
	{STATE_LAST_ACK, STATE_CLOSE, .any = TCP_FLAG_ACK | TCP_FLAG_RST, .acks_fin = true},
	/* From TIME_WAIT and LISTEN a RST need not lead anywhere. */
	{STATE_TIME_WAIT, STATE_CLOSE, .any = 0},
	{STATE_LISTEN, STATE_CLOSE, .any = 0},
	{STATE_GONE, STATE_CLOSE, .any = TCP_FLAG_RST},
};

static const struct way *way_find(enum tcp_state from, enum tcp_state to)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ways[i].to == to && (ways[i].from == from || ways[i].from == STATE_GONE))
			return &ways[i];
	return NULL;
}

/* Does @packet acknowledge the FIN that the end of @life sent? */
static bool acks_own_fin(const struct life *life, const struct packet *packet)
{
	for (size_t i = 0; i < life->flight_count; i++) {
		const struct flight *flight = life->flights[i];

		if (flight->from == life->host && !flight_begins_on_wire(flight) &&
		    (flight->packet->flags & TCP_FLAG_FIN))
			return packet->ack == flight->packet->seq + flight->packet->len + 1;
	}
	return false;
}

static bool way_is_by(const struct life *life, const struct way *way, const struct flight *flight)
{
	const struct packet *packet = flight->packet;

	if (!(packet->flags & way->any) || (packet->flags & way->none))
		return false;
	return !way->acks_fin || (packet->flags & TCP_FLAG_RST) || acks_own_fin(life, packet);
}

/* When @flight left the end of @life or came to it, as @way asks; NEVER: it did not. */
static int64_t flight_at_end_ns(const struct life *life, const struct way *way,
                                const struct flight *flight)
{
	if (way->sends)
		return flight->from == life->host ? flight->depart_ns : NEVER;
	return flight_to(flight) == life->host ? flight->arrive_ns : NEVER;
}

/* The last call of the end from @from_ns to @to_ns; @from_ns: there was none. */
static int64_t last_call_ns(const struct life *life, int64_t from_ns, int64_t to_ns)
{
	int64_t last_ns = from_ns;

	for (size_t i = 0; i < life->event_count && life->events[i]->t_ns <= to_ns; i++)
		if (life->events[i]->kind == EVENT_CALL && life->events[i]->t_ns > from_ns)
			last_ns = life->events[i]->t_ns;
	return last_ns;
}

static void state_refine(struct life *life, struct life_state *state, const struct way *way)
{
	int64_t since_ns = state->t_ns - state->gap_ns, first_ns = NEVER, last_ns = NEVER;

	for (size_t i = 0; i < life->flight_count; i++) {
		const struct flight *flight = life->flights[i];
		int64_t t_ns = flight_at_end_ns(life, way, flight);

		if (t_ns == NEVER || t_ns < since_ns || t_ns >= state->seen_ns ||
		    !way_is_by(life, way, flight))
			continue;
		first_ns = first_ns == NEVER || t_ns < first_ns ? t_ns : first_ns;
		last_ns = t_ns > last_ns ? t_ns : last_ns;
	}
	if (first_ns == NEVER)
		return;
	life->observers |= 1u << OBSERVER_TAP;
	/* The state before its FIN; after the FIN the state. */
	state->t_ns = way->sends ? first_ns : last_ns + 1;
	state->gap_ns =
		way->sends ? first_ns - last_call_ns(life, since_ns, first_ns) : last_ns - first_ns;
}

void life_refine(struct life *life)
{
	for (size_t i = 0; i < life->count; i++) {
		enum tcp_state from = i ? life->states[i - 1].state : STATE_GONE;
		const struct way *way = way_find(from, life->states[i].state);

		if (way && life->states[i].source == OBSERVER_DIAG)
			state_refine(life, &life->states[i], way);
	}
}
