// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * life: one end of one connection, through all the kernel objects that carry it.
 *
 * Theory of operation. The label's events are walked once, in order of time.
 *
 * - A traced transition appends the state it leads to. One that comes from
 *   another state than the walk's last (trace lost one) appends that one too,
 *   with the time since the last as its uncertainty.
 * - LISTEN->SYN_RECV is a child's birth: LISTEN is the listener's, not its own. The
 *   kernel makes the child when the third packet arrives and moves it on at once;
 *   its SYN_RECV began as a request sock, which a timer start or a sample shows.
 * - tcp_time_wait() puts a time-wait sock in the socket's place, then closes the
 *   socket: ->CLOSE is traced although the connection lives on. Whether it does is
 *   known from the time-wait sock's timer, or from a later sample of it.
 * - A time-wait sock is in TIME_WAIT, or still in FIN_WAIT2 (tcp_close() or
 *   an ACK for an orphan). Which of the two only a sample tells; without one it is
 *   TIME_WAIT only where the socket was in CLOSING or the tap saw the peer's FIN
 *   come in before. A sample that says TIME_WAIT leaves open since when: since
 *   that FIN. Trace tells of the step from
 *   FIN_WAIT2 to TIME_WAIT when the timer is set anew, which may be at a later FIN: within
 *   one bucket of the timer wheel (2 s, at 60 s and 250 Hz) setting it changes nothing.
 * - What a sample adds is in life_sample.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "../base/array.h"
#include "life_parts.h"

/* A FIN that comes with the ACK of ours is on the tap before FIN_WAIT2 is traced. */
#define FIN_AHEAD_NS (NS_PER_MS / 5)

struct life_state *life_last(struct life *life)
{
	return life->count ? &life->states[life->count - 1] : NULL;
}

bool life_is_in(struct life *life, enum tcp_state state)
{
	struct life_state *last = life_last(life);

	return last && last->state == state;
}

static struct life_state *append(struct stitch *st, enum tcp_state state, int64_t t_ns,
                                 int64_t gap_ns)
{
	struct life *life = st->life;
	const struct event *event = st->seen[st->at];
	struct life_state *states;

	if (life_is_in(life, state))
		return life_last(life);
	states = array_reserve(life->states, &life->space, life->count + 1, sizeof(*states));
	if (!states) {
		st->failed = true;
		return NULL;
	}
	life->states = states;
	life->observers |= 1u << event_observer(event->kind);
	states[life->count] = (struct life_state){
		.state = state,
		.t_ns = t_ns,
		.gap_ns = gap_ns < 0 ? 0 : gap_ns,
		.seen_ns = t_ns,
		.source = event_observer(event->kind),
		.cause = "",
	};
	return &states[life->count++];
}

void stitch_append(struct stitch *st, enum tcp_state state, enum sock_object object, int64_t gap_ns)
{
	size_t before = st->life->count;
	struct life_state *entry = append(st, state, st->seen[st->at]->t_ns, gap_ns);

	if (entry && st->life->count > before)
		entry->object = object;
}

void stitch_end(struct stitch *st, int64_t gap_ns)
{
	int64_t t_ns = st->seen[st->at]->t_ns;

	/* A reading that comes later still will say so. */
	if (st->substate_unknown)
		stitch_append(st, STATE_TIME_WAIT, OBJECT_TIME_WAIT, t_ns - st->time_wait_t_ns);
	st->time_wait = false;
	st->substate_unknown = false;
	if (st->life->count)
		append(st, STATE_CLOSE, t_ns, gap_ns);
}

bool event_changes_substate(const struct event *event)
{
	return event->kind == EVENT_TRANSITION && event->transition.to == STATE_TIME_WAIT;
}

static bool is_time_wait_sign(const struct event *event)
{
	if (event->kind == EVENT_SAMPLE)
		return event->sample.object == OBJECT_TIME_WAIT;
	if (event_changes_substate(event))
		return true;
	return event->kind == EVENT_MINI_SOCKET && event->mini.object == OBJECT_TIME_WAIT &&
	       event->mini.change == MINI_CREATED;
}

/* Something that only happens once the connection is over, or to the next one. */
static bool is_other_life(const struct event *event)
{
	if (event->kind == EVENT_SAMPLE)
		return event->sample.object != OBJECT_TIME_WAIT;
	if (event->kind == EVENT_MINI_SOCKET)
		return event->mini.object == OBJECT_REQUEST;
	return event->kind == EVENT_TRANSITION && !event_changes_substate(event);
}

/* Does a time-wait sock outlive the full socket that is being closed now? */
static bool time_wait_follows(const struct stitch *st)
{
	for (size_t i = st->at + 1; i < st->count; i++) {
		if (is_time_wait_sign(st->seen[i]))
			return true;
		if (is_other_life(st->seen[i]))
			return false;
	}
	return false;
}

/*
 * The substate that the time-wait sock that begins now is first seen in; STATE_GONE:
 * nothing was seen of it. One that changes to TIME_WAIT later on began in FIN_WAIT2.
 */
static enum tcp_state first_substate(const struct stitch *st)
{
	enum tcp_state first = STATE_GONE;
	int64_t gone_ns = INT64_MAX;

	for (size_t i = st->at + 1; i < st->count; i++) {
		const struct event *event = st->seen[i];

		if (event_changes_substate(event))
			return STATE_FIN_WAIT2;
		if (event->kind == EVENT_TRANSITION && event->transition.to == STATE_CLOSE)
			continue; /* the full socket's, which it replaces */
		if (is_other_life(event) || event->t_ns - sample_gap(event) > gone_ns)
			break;
		if (event->kind == EVENT_MINI_SOCKET && event->mini.change != MINI_CREATED)
			gone_ns = event->t_ns;
		if (event->kind == EVENT_SAMPLE && first == STATE_GONE)
			first = event->sample.state;
	}
	return first;
}

/* The FIN that the time-wait sock may have got by @t_ns, from just before it began; or NEVER. */
static int64_t time_wait_fin(const struct stitch *st, int64_t t_ns)
{
	return fin_time(&st->fins, st->time_wait_t_ns - FIN_AHEAD_NS, t_ns);
}

/* It is in TIME_WAIT now, and has been so since the FIN that caused it, if that came earlier. */
static void enter_time_wait(struct stitch *st)
{
	int64_t t_ns = st->seen[st->at]->t_ns, gap_ns = 0, fin_ns = time_wait_fin(st, t_ns);

	if (fin_ns == NEVER && st->substate_unknown)
		gap_ns = t_ns - st->time_wait_t_ns;
	else if (fin_ns != NEVER && t_ns - fin_ns > FIN_AHEAD_NS)
		gap_ns = t_ns - fin_ns;
	stitch_append(st, STATE_TIME_WAIT, OBJECT_TIME_WAIT, gap_ns);
	st->substate_unknown = false;
}

/* A time-wait sock is there from now on. */
static void take_over(struct stitch *st)
{
	struct life_state *last = life_last(st->life);
	enum tcp_state first = first_substate(st);
	int64_t t_ns = st->seen[st->at]->t_ns, since_ns = t_ns;

	if (st->time_wait) { /* its timer again: a FIN has come, the first or one more */
		enter_time_wait(st);
		return;
	}
	if (life_is_in(st->life, STATE_FIN_WAIT2))
		since_ns = last->t_ns;
	st->time_wait = true;
	st->time_wait_t_ns = t_ns;
	st->substate_unknown = false;
	if (first == STATE_FIN_WAIT2)
		stitch_append(st, STATE_FIN_WAIT2, OBJECT_TIME_WAIT, 0);
	else if (life_is_in(st->life, STATE_CLOSING) ||
	         fin_time(&st->fins, since_ns - FIN_AHEAD_NS, t_ns) != NEVER)
		stitch_append(st, STATE_TIME_WAIT, OBJECT_TIME_WAIT, 0);
	else
		st->substate_unknown = first == STATE_TIME_WAIT;
}

/* The state that the transition came from, where trace has not shown it before. */
static void add_missed(struct stitch *st, const struct event *event)
{
	enum tcp_state from = event->transition.from;
	struct life_state *last = life_last(st->life);

	if (from == STATE_CLOSE || life_is_in(st->life, from))
		return;
	if (from == STATE_LISTEN && event->transition.to == STATE_SYN_RECV)
		return;
	stitch_append(st, from, OBJECT_FULL, event->t_ns - (last ? last->t_ns : 0));
}

/* The time-wait sock's step. */
static void add_substate_change(struct stitch *st)
{
	if (!st->time_wait)
		st->time_wait_t_ns = st->seen[st->at]->t_ns;
	st->time_wait = true;
	enter_time_wait(st);
}

static void add_transition(struct stitch *st)
{
	const struct event *event = st->seen[st->at];
	struct life_state *entry;
	size_t before;

	if (event->transition.to == STATE_CLOSE) {
		if (st->time_wait)
			return;
		add_missed(st, event);
		if (time_wait_follows(st)) {
			take_over(st);
			return;
		}
	} else {
		st->time_wait = false;
		add_missed(st, event);
	}
	before = st->life->count;
	entry = append(st, event->transition.to, event->t_ns, 0);
	if (!entry || st->life->count == before)
		return; /* SYN_RECV, which was a request sock's before */
	entry->object = event->transition.to == STATE_CLOSE ? OBJECT_NONE : OBJECT_FULL;
	entry->cause = event->transition.cause;
}

static void add_request(struct stitch *st, enum mini_change change)
{
	switch (change) {
	case MINI_CREATED:
		stitch_append(st, STATE_SYN_RECV, OBJECT_REQUEST, 0);
		break;
	case MINI_EXPIRED:
	case MINI_GONE:
		if (life_is_in(st->life, STATE_SYN_RECV))
			stitch_end(st, 0);
		break;
	case MINI_ACCEPTED:
	case MINI_RETRANSMIT:
	case MINI_CHANGE_COUNT:
		break;
	}
}

static void add_time_wait(struct stitch *st, enum mini_change change)
{
	switch (change) {
	case MINI_CREATED:
		take_over(st);
		break;
	case MINI_EXPIRED:
	case MINI_GONE:
		stitch_end(st, 0);
		break;
	case MINI_ACCEPTED:
	case MINI_RETRANSMIT:
	case MINI_CHANGE_COUNT:
		break;
	}
}

static void add_mini(struct stitch *st)
{
	const struct event *event = st->seen[st->at];

	if (event->mini.object == OBJECT_REQUEST)
		add_request(st, event->mini.change);
	else if (event->mini.object == OBJECT_TIME_WAIT)
		add_time_wait(st, event->mini.change);
}

static void stitch_step(struct stitch *st)
{
	const struct event *event = st->seen[st->at];

	if (event_changes_substate(event))
		add_substate_change(st);
	else if (event->kind == EVENT_TRANSITION)
		add_transition(st);
	else if (event->kind == EVENT_MINI_SOCKET)
		add_mini(st);
	else
		stitch_sample(st);
}

static bool is_stitched(const struct event *event)
{
	return event->kind == EVENT_TRANSITION || event->kind == EVENT_MINI_SOCKET ||
	       event->kind == EVENT_SAMPLE;
}

static int stitch_begin(struct stitch *st)
{
	const struct life *life = st->life;

	st->seen = calloc(life->event_count + 1, sizeof(*st->seen));
	if (!st->seen)
		return -ENOMEM;
	for (size_t i = 0; i < life->event_count; i++) {
		const struct event *event = life->events[i];

		if (!is_stitched(event))
			continue;
		if (event->kind == EVENT_TRANSITION && !event_changes_substate(event))
			st->traced = true;
		st->seen[st->count++] = event;
	}
	return fin_times_collect(&st->fins, life);
}

int life_stitch(struct life *life, bool trace_lost)
{
	struct stitch st = {.life = life, .trace_lost = trace_lost};
	int err = stitch_begin(&st);

	for (; !err && st.at < st.count; st.at++)
		stitch_step(&st);
	if (st.fins.count)
		life->observers |= 1u << OBSERVER_TAP;
	free(st.fins.items);
	free(st.seen);
	return st.failed ? -ENOMEM : err;
}
