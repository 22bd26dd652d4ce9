// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness_cause: what moved a socket.
 *
 * Trace says "packet" of any segment: which, is the last one that came in. Without trace a reset
 * in the time between two readings counts most, then a call, then any segment; without any of them
 * it was a timer. Where the map has only one edge between two boxes it is that one.
 */
#include <netinet/in.h>
#include <string.h>

#include "witness.h"

#define REQUEST_TIMER "reqsk_timer_handler"
#define TIME_WAIT_TIMER "tw_timer_handler"

static const char *const cause_texts[] = {
	[CAUSE_CALL] = "a call",     [CAUSE_SEGMENT] = "a segment",      [CAUSE_DATA] = "data",
	[CAUSE_RESET] = "a reset",   [CAUSE_ICMP] = "an ICMP error",     [CAUSE_TIMER] = "a timer",
	[CAUSE_NOTHING] = "nothing", [CAUSE_COUNT] = "nobody knows what"};

/* ---- edges ---- */

static bool edge_is_between(const struct map_edge *edge, enum map_node from, enum map_node to)
{
	const struct map_way *way = &map_ways[edge->line];

	return way->from == from && way->to == to && !map_edge_denied(edge);
}

static const struct map_edge *edge_by(enum map_node from, enum map_node to, enum map_cause by,
                                      const char *word)
{
	for (size_t i = 0; i < map_edge_count; i++)
		if (edge_is_between(&map_edges[i], from, to) && map_edges[i].by == by &&
		    (!*map_edges[i].word || !strcmp(map_edges[i].word, word)))
			return &map_edges[i];
	return NULL;
}

const struct map_edge *map_edge_only(enum map_node from, enum map_node to)
{
	const struct map_edge *only = NULL;

	for (size_t i = 0; i < map_edge_count; i++) {
		if (!edge_is_between(&map_edges[i], from, to))
			continue;
		if (only)
			return NULL;
		only = &map_edges[i];
	}
	return only;
}

const struct map_edge *map_edge_find(enum map_node from, enum map_node to,
                                     const struct cause *cause)
{
	const struct map_edge *edge = edge_by(from, to, cause->by, cause->word);

	return edge || cause->by != CAUSE_DATA ? edge : edge_by(from, to, CAUSE_SEGMENT, "");
}

/* ---- causes ---- */

const struct flight *segment_last(const struct life *life, int64_t from_ns, int64_t to_ns)
{
	const struct flight *last = NULL;

	for (size_t i = 0; i < life->flight_count; i++) {
		const struct flight *flight = life->flights[i];

		if (flight_to(flight) == life->host && flight->packet->protocol == IPPROTO_TCP &&
		    flight->arrive_ns >= from_ns && flight->arrive_ns <= to_ns &&
		    (!last || flight->arrive_ns >= last->arrive_ns))
			last = flight;
	}
	return last;
}

struct cause cause_make(enum map_cause by, const char *word, bool traced)
{
	return (struct cause){.by = by, .word = word, .text = cause_texts[by], .traced = traced};
}

static struct cause cause_of_segment(const struct flight *segment, bool traced)
{
	if (segment && (segment->packet->flags & TCP_FLAG_RST))
		return cause_make(CAUSE_RESET, "", traced);
	return cause_make(segment && segment->packet->len ? CAUSE_DATA : CAUSE_SEGMENT, "", traced);
}

/* Trace's words: harness/observe/trace-decode.c. */
struct cause cause_of_words(const char *words, const struct flight *segment)
{
	struct cause cause = cause_make(CAUSE_COUNT, "", true);

	if (!strcmp(words, "packet"))
		cause = cause_of_segment(segment, true);
	else if (!strcmp(words, "packet icmp"))
		cause = cause_make(CAUSE_ICMP, "", true);
	else if (!strncmp(words, "syscall ", 8))
		cause = cause_make(CAUSE_CALL, words + 8, true);
	else if (!strncmp(words, "timer ", 6))
		cause = cause_make(CAUSE_TIMER, words + 6, true);
	else if (!strcmp(words, "exit"))
		cause = cause_make(CAUSE_CALL, "close", true);
	else if (!strcmp(words, "destroy"))
		cause = cause_make(CAUSE_CALL, words, true);
	if (*words)
		cause.text = words;
	return cause;
}

/* The last call of the end then; NULL: none. */
static const struct event *call_last(const struct life *life, int64_t from_ns, int64_t to_ns)
{
	const struct event *last = NULL;

	for (size_t i = 0; i < life->event_count; i++) {
		const struct event *event = life->events[i];

		if (event->kind == EVENT_CALL && event->t_ns >= from_ns && event->t_ns <= to_ns)
			last = event;
	}
	return last;
}

static struct cause cause_of_call(const struct event *call)
{
	bool ends = !strcmp(call->call.name, "exit") || !strcmp(call->call.name, "kill");

	return cause_make(CAUSE_CALL, ends ? "close" : call->call.name, false);
}

/* The timer that sock_diag read last in a state. */
static struct cause cause_of_timer(enum diag_timer timer)
{
	static const char *const words[DIAG_TIMER_COUNT] = {
		[DIAG_TIMER_NONE] = "",
		[DIAG_TIMER_ON] = "tcp_write_timer",
		[DIAG_TIMER_KEEPALIVE] = "tcp_keepalive_timer",
		[DIAG_TIMER_TIMEWAIT] = TIME_WAIT_TIMER,
		[DIAG_TIMER_PROBE0] = "tcp_write_timer",
	};

	return cause_make(CAUSE_TIMER, words[timer], false);
}

/* More likely FIN_WAIT2 or TIME_WAIT was passed between the readings than left out. */
static bool is_shortened(struct step step, const struct cause *cause)
{
	return cause->by == CAUSE_SEGMENT && step.to == NODE_END &&
	       (step.from == NODE_FIN_WAIT1 || step.from == NODE_FIN_WAIT2 ||
	        step.from == NODE_CLOSING);
}

struct cause cause_infer(const struct witness *w, struct step step, int64_t from_ns, int64_t to_ns)
{
	const struct flight *segment;
	const struct event *call;
	struct cause causes[4];
	size_t count = 0;
	bool first;

	from_ns -= w->story->rec->slack_ms * NS_PER_MS;
	segment = segment_last(w->life, from_ns, to_ns);
	call = call_last(w->life, from_ns, to_ns);
	/* a reset does not wait; a socket that outlives its close() ends by something else */
	first = segment && ((segment->packet->flags & TCP_FLAG_RST) ||
	                    (call && step.to == NODE_END && segment->arrive_ns > call->t_ns));
	if (first)
		causes[count++] = cause_of_segment(segment, false);
	if (call)
		causes[count++] = cause_of_call(call);
	if (segment && !first)
		causes[count++] = cause_of_segment(segment, false);
	causes[count++] = step.from == NODE_REQUEST ? cause_make(CAUSE_TIMER, REQUEST_TIMER, false)
	                                            : cause_of_timer(step.timer);
	for (size_t i = 0; i < count; i++)
		if (map_edge_find(step.from, step.to, &causes[i]))
			return is_shortened(step, &causes[i]) ? cause_make(CAUSE_COUNT, "", false)
			                                      : causes[i];
	return causes[0];
}

/* The end of a mini-socket that trace told of at @t_ns; NULL: it told of none. */
static const struct event *mini_end(const struct life *life, int64_t t_ns)
{
	for (size_t i = 0; i < life->event_count; i++) {
		const struct event *event = life->events[i];

		if (event->kind == EVENT_MINI_SOCKET && event->t_ns == t_ns &&
		    (event->mini.change == MINI_EXPIRED || event->mini.change == MINI_GONE))
			return event;
	}
	return NULL;
}

/* When the last SYN on the life's addresses came in then, which another socket took; or NEVER. */
static int64_t next_syn_ns(const struct witness *w, int64_t from_ns, int64_t to_ns)
{
	const struct flight *own = segment_last(w->life, EVER, to_ns);
	const struct flights *flights = &w->story->flights;
	int64_t last_ns = NEVER;

	for (size_t i = 0; own && i < flights->count; i++) {
		const struct flight *flight = &flights->items[i];
		const struct packet *packet = flight->packet;

		if (flight_to(flight) == w->life->host && flight->arrive_ns >= from_ns &&
		    flight->arrive_ns <= to_ns && flight->arrive_ns > last_ns &&
		    (packet->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN &&
		    endpoint_equal(&packet->src, &own->packet->src) &&
		    endpoint_equal(&packet->dst, &own->packet->dst))
			last_ns = flight->arrive_ns;
	}
	return last_ns;
}

/* When a socket of the host last connected then; or NEVER. */
static int64_t connect_ns(const struct witness *w, int64_t from_ns, int64_t to_ns)
{
	int64_t last_ns = NEVER;

	for (size_t i = 0; i < w->story->event_count; i++) {
		const struct event *event = w->story->events[i];

		if (event->kind == EVENT_CALL && event->host == w->life->host &&
		    event->t_ns >= from_ns && event->t_ns <= to_ns &&
		    !strcmp(event->call.name, "connect"))
			last_ns = event->t_ns;
	}
	return last_ns;
}

/* What ended a time-wait sock before its time: the last of what can. It belongs to no process. */
static struct cause cause_of_time_wait_end(const struct witness *w, int64_t from_ns, int64_t to_ns,
                                           bool traced)
{
	int64_t since_ns = from_ns - w->story->rec->slack_ms * NS_PER_MS;
	const struct flight *segment = segment_last(w->life, since_ns, to_ns);
	int64_t syn_ns = next_syn_ns(w, since_ns, to_ns);
	int64_t call_ns = connect_ns(w, since_ns, to_ns);

	if (segment && segment->arrive_ns >= syn_ns && segment->arrive_ns >= call_ns)
		return cause_of_segment(segment, traced);
	if (syn_ns != NEVER && syn_ns >= call_ns)
		return cause_make(CAUSE_SEGMENT, "", traced);
	if (call_ns != NEVER)
		return cause_make(CAUSE_CALL, "connect", traced);
	return traced ? cause_make(CAUSE_COUNT, "", true) /* of its timer it would say so */
	              : cause_make(CAUSE_TIMER, TIME_WAIT_TIMER, false);
}

/* The timer of a closed listener's request gives it to another one: inet_reqsk_clone(). */
struct cause cause_of_request(const struct witness *w, const struct life_state *state)
{
	bool traced = state->source == OBSERVER_TRACE;

	for (size_t i = 0; i < w->life->event_count; i++) {
		const struct event *event = w->life->events[i];

		if (event->kind == EVENT_MINI_SOCKET && event->mini.object == OBJECT_REQUEST &&
		    event->mini.change == MINI_EXPIRED && event->t_ns <= state->t_ns &&
		    event->t_ns >= state->t_ns - w->story->rec->slack_ms * NS_PER_MS)
			return cause_make(CAUSE_TIMER, REQUEST_TIMER, traced);
	}
	return cause_make(CAUSE_SEGMENT, "", traced);
}

struct cause cause_of_state(const struct witness *w, struct step step,
                            const struct life_state *state)
{
	enum map_node from = step.from;
	bool time_wait = from == NODE_TIME_WAIT || from == NODE_FIN_WAIT2_MINI;
	const struct event *end = mini_end(w->life, state->t_ns);
	int64_t from_ns = state->t_ns - state->gap_ns;

	if (*state->cause)
		return cause_of_words(state->cause, segment_last(w->life, EVER, state->t_ns));
	if (end && end->mini.change == MINI_EXPIRED)
		return cause_make(CAUSE_TIMER, time_wait ? TIME_WAIT_TIMER : REQUEST_TIMER, true);
	if (time_wait && state->state == STATE_CLOSE)
		return cause_of_time_wait_end(w, from_ns, state->seen_ns, end);
	return cause_infer(w, step, from_ns, state->seen_ns);
}
