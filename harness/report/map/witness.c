// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness: which edges of the map a record shows.
 *
 * Theory of operation. Each end's life is walked: its states are boxes, one after another, and
 * what led from one to the next is the edge. The life has no more than one entry for one state, so
 * three steps are told from its events: a request sock that becomes a socket, a socket in
 * FIN_WAIT2 whose place a time-wait sock takes, and close() in a state that stays as it is. At last
 * trace's own transitions are gone through: one that no life tells of is an edge of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "witness.h"

/* ---- keeping ---- */

static void seen_add(struct state_map *map, struct map_seen *seen, const struct record *rec,
                     bool traced)
{
	const struct record **records;

	if (seen->count && seen->records[seen->count - 1] == rec)
		return;
	records = array_reserve(seen->records, &seen->space, seen->count + 1,
	                        sizeof(const struct record *));
	if (!records) {
		map->failed = true;
		return;
	}
	seen->records = records;
	records[seen->count++] = rec;
	seen->traced += traced;
}

static void stray_add(struct witness *w, enum map_node from, enum map_node to,
                      const struct cause *cause)
{
	struct state_map *map = w->map;
	struct map_stray *strays = map->strays;

	for (size_t i = 0; i < map->stray_count; i++)
		if (strays[i].from == from && strays[i].to == to &&
		    strays[i].traced == cause->traced && !strcmp(strays[i].cause, cause->text)) {
			seen_add(map, &strays[i].seen, w->story->rec, cause->traced);
			return;
		}
	strays = array_reserve(map->strays, &map->stray_space, map->stray_count + 1,
	                       sizeof(*strays));
	if (!strays) {
		map->failed = true;
		return;
	}
	map->strays = strays;
	strays[map->stray_count] = (struct map_stray){
		.from = from, .to = to, .cause = cause->text, .traced = cause->traced};
	seen_add(map, &strays[map->stray_count++].seen, w->story->rec, cause->traced);
}

/* The RFC's edge on a line of its own: that Linux has it not is what was seen. */
static void deny(struct witness *w, enum map_line line, bool traced)
{
	for (size_t i = 0; line && i < map_edge_count; i++)
		if (map_edges[i].line == line && map_edge_denied(&map_edges[i]))
			seen_add(w->map, &w->map->seen[i], w->story->rec, traced);
}

static void see(struct witness *w, enum map_node from, enum map_node to, struct cause cause)
{
	const struct map_edge *edge = map_edge_find(from, to, &cause);

	if (!edge && (!cause.traced || cause.by == CAUSE_COUNT))
		edge = map_edge_only(from, to);
	if (!edge) {
		stray_add(w, from, to, &cause);
		return;
	}
	seen_add(w->map, &w->map->seen[edge - map_edges], w->story->rec, cause.traced);
	deny(w, edge->denies, cause.traced);
}

/* ---- lives ---- */

static enum map_node node_of(enum tcp_state state, enum sock_object object)
{
	static const enum map_node nodes[] = {
		[STATE_GONE] = NODE_END,
		[STATE_ESTABLISHED] = NODE_ESTABLISHED,
		[STATE_SYN_SENT] = NODE_SYN_SENT,
		[STATE_SYN_RECV] = NODE_SYN_RECV,
		[STATE_FIN_WAIT1] = NODE_FIN_WAIT1,
		[STATE_FIN_WAIT2] = NODE_FIN_WAIT2,
		[STATE_TIME_WAIT] = NODE_TIME_WAIT,
		[STATE_CLOSE] = NODE_END,
		[STATE_CLOSE_WAIT] = NODE_CLOSE_WAIT,
		[STATE_LAST_ACK] = NODE_LAST_ACK,
		[STATE_LISTEN] = NODE_LISTEN,
		[STATE_CLOSING] = NODE_CLOSING,
		[STATE_NEW_SYN_RECV] = NODE_REQUEST,
	};

	if (state == STATE_SYN_RECV && object == OBJECT_REQUEST)
		return NODE_REQUEST;
	if (state == STATE_FIN_WAIT2 && object == OBJECT_TIME_WAIT)
		return NODE_FIN_WAIT2_MINI;
	return nodes[state];
}

static bool is_transition(const struct event *event, enum tcp_state from, enum tcp_state to)
{
	return event->kind == EVENT_TRANSITION && event->transition.from == from &&
	       event->transition.to == to;
}

/* The transition of the life from @from to @to, by @until_ns; NULL: trace told of none. */
static const struct event *transition_find(const struct life *life, enum tcp_state from,
                                           enum tcp_state to, int64_t until_ns)
{
	for (size_t i = 0; i < life->event_count && life->events[i]->t_ns <= until_ns; i++)
		if (is_transition(life->events[i], from, to))
			return life->events[i];
	return NULL;
}

/* The first sign of a time-wait sock in FIN_WAIT2 before @until_ns; NULL: none. */
static const struct event *mini_sign(const struct life *life, int64_t until_ns)
{
	for (size_t i = 0; i < life->event_count; i++) {
		const struct event *event = life->events[i];

		if (event->kind == EVENT_SAMPLE && event->sample.object == OBJECT_TIME_WAIT &&
		    event->sample.state == STATE_FIN_WAIT2)
			return event;
		if (event->kind == EVENT_MINI_SOCKET && event->mini.object == OBJECT_TIME_WAIT &&
		    event->mini.change == MINI_CREATED && event->t_ns < until_ns)
			return event;
	}
	return NULL;
}

/* A request sock becomes a socket: trace has it as LISTEN -> SYN_RECV of the child. */
static void see_child(struct witness *w, int64_t until_ns)
{
	const struct event *born = transition_find(w->life, STATE_LISTEN, STATE_SYN_RECV, until_ns);

	see(w, NODE_REQUEST, NODE_SYN_RECV, cause_make(CAUSE_SEGMENT, "", born != NULL));
}

/* A time-wait sock in the place of a socket in FIN_WAIT2, which the same thing closes. */
static void see_mini(struct witness *w, const struct event *sign, enum diag_timer timer)
{
	const struct step step = {NODE_FIN_WAIT2, NODE_FIN_WAIT2_MINI, timer};
	const struct event *closed =
		transition_find(w->life, STATE_FIN_WAIT2, STATE_CLOSE, INT64_MAX);
	int64_t gap_ns = sign->kind == EVENT_SAMPLE ? sign->sample.gap_ns : 0;

	see(w, step.from, step.to,
	    closed ? cause_of_words(closed->transition.cause,
	                            segment_last(w->life, EVER, closed->t_ns))
	           : cause_infer(w, step, sign->t_ns - (gap_ns > 0 ? gap_ns : 0), sign->t_ns));
}

/* Where the life really is before its state @index. */
static enum map_node node_before(struct witness *w, size_t index)
{
	const struct life_state *state = &w->life->states[index], *before = state - 1;
	enum map_node from = node_of(before->state, before->object);
	const struct event *sign;

	if (from == NODE_REQUEST &&
	    (state->state == STATE_ESTABLISHED ||
	     transition_find(w->life, STATE_LISTEN, STATE_SYN_RECV, state->t_ns))) {
		see_child(w, state->t_ns);
		return NODE_SYN_RECV;
	}
	if (from == NODE_FIN_WAIT1 && node_of(state->state, state->object) == NODE_FIN_WAIT2_MINI) {
		see(w, from, NODE_FIN_WAIT2, cause_make(CAUSE_SEGMENT, "", false));
		return NODE_FIN_WAIT2; /* for as long as tcp_rcv_state_process() takes */
	}
	if (before->state != STATE_FIN_WAIT2)
		return from;
	sign = mini_sign(w->life, state->t_ns - state->gap_ns);
	if (!sign)
		return from;
	if (from == NODE_FIN_WAIT2)
		see_mini(w, sign, before->timer);
	return NODE_FIN_WAIT2_MINI;
}

/* State number @index begins a connection: the first, or one more under the same label. */
static void see_begin(struct witness *w, size_t index)
{
	const struct life_state *state = &w->life->states[index];
	enum map_node to = node_of(state->state, state->object);
	const struct event *born =
		transition_find(w->life, STATE_LISTEN, STATE_SYN_RECV, state->t_ns);

	if (to == NODE_REQUEST)
		see(w, NODE_LISTEN, to, cause_of_request(w, state));
	else if (to == NODE_SYN_RECV && born)
		see(w, NODE_LISTEN, to,
		    cause_of_words(born->transition.cause,
		                   segment_last(w->life, EVER, state->t_ns)));
	else if (to == NODE_LISTEN || to == NODE_SYN_SENT || index)
		see(w, NODE_CLOSE, to,
		    cause_of_state(w, (struct step){.from = NODE_CLOSE, .to = to}, state));
	/* else it was in the midst of its life when it was first read */
}

/* FIN_WAIT2 that is entered by a segment with a FIN: the RFC has a way of its own for that. */
static void see_two_at_once(struct witness *w, const struct life_state *state)
{
	const struct flight *segment = segment_last(w->life, EVER, state->t_ns);

	if (segment && (segment->packet->flags & TCP_FLAG_FIN) && *state->cause)
		deny(w, LINE_FIN_WAIT1_TIME_WAIT, true);
}

static void see_state(struct witness *w, size_t index)
{
	const struct life_state *state = &w->life->states[index];
	struct step step;

	if (!index || state[-1].state == STATE_CLOSE) {
		see_begin(w, index);
		return;
	}
	step = (struct step){.from = node_before(w, index),
	                     .to = node_of(state->state, state->object),
	                     .timer = state[-1].timer};
	if (state->state == STATE_FIN_WAIT2)
		see_two_at_once(w, state);
	see(w, step.from, step.to, cause_of_state(w, step, state));
}

/* ---- trace's own ---- */

/* A listener that does not connect: the RFC's SEND in LISTEN. */
static void see_call(struct witness *w, const struct event *event)
{
	bool refused = (!strcmp(event->call.name, "connect") && event->call.err == EISCONN) ||
	               (!strcmp(event->call.name, "send") && event->call.err == EPIPE);

	if (refused && life_find(w->life, STATE_LISTEN) == 0)
		deny(w, LINE_LISTEN_SYN_SENT, true);
}

/* The life has it, or had to leave it out: see life.c. */
static bool life_tells(const struct life *life, const struct event *event)
{
	enum tcp_state from = event->transition.from, to = event->transition.to;

	if (to == STATE_TIME_WAIT || (from == STATE_LISTEN && to == STATE_SYN_RECV))
		return true;
	if (to == STATE_CLOSE && mini_sign(life, INT64_MAX))
		return true;
	for (size_t i = 0; i < life->count; i++)
		if (life->states[i].state == to && life->states[i].t_ns == event->t_ns)
			return true;
	/* SYN_RECV of a child that was a request sock is one entry with it */
	return from != to && to == STATE_SYN_RECV && life_find(life, to) >= 0;
}

static void see_transition(struct witness *w, const struct event *event)
{
	enum map_node from = node_of(event->transition.from, OBJECT_FULL);
	enum map_node to = node_of(event->transition.to, OBJECT_FULL);

	if (life_tells(w->life, event))
		return;
	see(w, from == NODE_END ? NODE_CLOSE : from, to,
	    cause_of_words(event->transition.cause, segment_last(w->life, EVER, event->t_ns)));
}

static void see_events(struct witness *w)
{
	for (size_t i = 0; i < w->life->event_count; i++) {
		const struct event *event = w->life->events[i];

		if (event->kind == EVENT_TRANSITION)
			see_transition(w, event);
		else if (event->kind == EVENT_CALL)
			see_call(w, event);
	}
}

/* Sockets that nobody could name. */
static void see_nameless(struct witness *w)
{
	static const struct life nobody = {.sock = ""};

	w->life = &nobody;
	for (size_t i = 0; i < w->story->event_count; i++) {
		const struct event *event = w->story->events[i];

		if (event->kind == EVENT_TRANSITION && !event->sock[0])
			see_transition(w, event);
	}
}

static int see_record(struct state_map *map, const struct record *rec)
{
	struct story story;
	struct witness w = {.map = map, .story = &story};
	int err = story_build(rec, &story);

	if (err)
		return err;
	for (size_t i = 0; i < story.life_count; i++) {
		w.life = &story.lives[i];
		for (size_t j = 0; j < w.life->count; j++)
			see_state(&w, j);
		see_events(&w);
	}
	see_nameless(&w);
	story_free(&story);
	return 0;
}

static unsigned int families_of(const struct record *const *records, size_t count)
{
	unsigned int families = 0;

	for (size_t i = 0; i < count; i++)
		families |= 1u << records[i]->family;
	return families;
}

int state_map_build(const struct record *const *records, size_t count, struct state_map *map)
{
	int err = 0;

	*map = (struct state_map){.records = records, .record_count = count};
	map->seen = calloc(map_edge_count, sizeof(*map->seen));
	if (!map->seen)
		return -ENOMEM;
	map->kernels = map_kernels(records, count);
	map->families = families_of(records, count);
	for (size_t i = 0; i < count && !err; i++)
		err = see_record(map, records[i]);
	return err || map->failed ? -ENOMEM : 0;
}

void state_map_free(struct state_map *map)
{
	for (size_t i = 0; map->seen && i < map_edge_count; i++)
		free(map->seen[i].records);
	for (size_t i = 0; i < map->stray_count; i++)
		free(map->strays[i].seen.records);
	free(map->seen);
	free(map->strays);
	*map = (struct state_map){0};
}
