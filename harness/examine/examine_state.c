// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_state: each change of state has a cause, and each cause its change.
 *
 * Theory of operation. Where trace was there the end's transitions are walked: each must
 * begin where the last one ended and have an edge (examine_edge.c) whose stimulus others saw
 * just before. A segment that has to move the socket is pending until a change uses it up.
 * A time-wait sock takes the place of a socket that trace shows being closed: the walk goes on.
 *
 * Without trace, sock_diag's readings are the walk. What lies between two of them may have
 * passed unseen: there must be a way along the edges, each with a stimulus in that time.
 */
#include <errno.h>
#include <string.h>

#include "../base/array.h"
#include "examine_edge.h"

/* That many edges may pass between two readings: CLOSE to CLOSE_WAIT takes 3. */
#define PATH_EDGES 5

/* A stimulus that is older than the slack may have been taken in late, by a late machine. */
#define LATE_BEFORE_NS NS_PER_S

struct walk {
	struct exam *exam;
	struct end *end;
	size_t at; /* of end->items */
	enum tcp_state state;
	bool time_wait; /* a time-wait sock carries it on */
	bool untraced; /* a request sock that only sock_diag saw */
	unsigned int pending; /* effects of segments that have to move it */
	int64_t pending_ns; /* since */
};

static void stay_add(struct walk *walk, enum tcp_state state, int64_t from_ns, int64_t to_ns)
{
	struct end *end = walk->end;
	struct stay *stays =
		array_reserve(end->stays, &end->stay_space, end->stay_count + 1, sizeof(*stays));

	walk->state = state;
	if (!stays) {
		walk->exam->err = -ENOMEM;
		return;
	}
	end->stays = stays;
	stays[end->stay_count++] =
		(struct stay){.state = state, .from_ns = from_ns, .to_ns = to_ns};
}

/* The effects that have to move a socket in @state. */
static unsigned int effects_that_move(enum tcp_state state)
{
	const struct edge *edge = NULL;
	unsigned int effects = 0;

	while ((edge = edge_next(state, edge)))
		if (edge->must)
			effects |= stimulus_effects(edge->by);
	/* an ACK of a SYN does nothing without a SYN, and that is one */
	return effects & (EFFECT_SYN | EFFECT_FIN | EFFECT_ACKS_FIN | EFFECT_RST);
}

static const struct edge *edge_find(const struct walk *walk, enum tcp_state to, const char *cause,
                                    int64_t from_ns, int64_t to_ns)
{
	const struct edge *edge = NULL;

	while ((edge = edge_next(walk->state, edge)))
		if (edge->to == to && stimulus_has_cause(edge->by, cause) &&
		    stimulus_seen(walk->exam, walk->end, edge->by, from_ns, to_ns))
			return edge;
	return NULL;
}

/* One traced change. */
static void walk_move(struct walk *walk, enum tcp_state to, const char *cause)
{
	int64_t t_ns = walk->end->items[walk->at].t_ns;
	bool again = walk->end->listener && walk->state == STATE_CLOSE && to == STATE_CLOSE;
	const struct edge *edge = again ? NULL : edge_find(walk, to, cause, t_ns, t_ns);
	const struct ground ground = {
		.t_ns = t_ns,
		.from_ns = t_ns - LATE_BEFORE_NS,
		.to_ns = t_ns,
		.rests_on = RESTS(OBSERVER_TRACE) | RESTS(OBSERVER_TAP) | RESTS(OBSERVER_STEPS),
	};
	char where[WHERE_SIZE];

	if (again) /* tcp_done() of a listener that tcp_abort() has closed */
		return;
	if (edge)
		walk->pending &= ~stimulus_effects(edge->by);
	else
		complain(walk->exam, &ground,
		         "%s %s -> %s at %.3f s%s%s: no call, segment or timer explains it",
		         end_name(walk->end, where), state_name(walk->state), state_name(to),
		         (double)t_ns / NS_PER_S, cause[0] ? " by " : "", cause);
	stay_add(walk, to, t_ns, t_ns);
	walk->pending &= effects_that_move(to);
}

static enum tcp_state sample_state(const struct sample *sample)
{
	if (sample->state == STATE_NEW_SYN_RECV)
		return STATE_SYN_RECV;
	return sample->object == OBJECT_NONE || sample->state == STATE_GONE ? STATE_CLOSE
	                                                                    : sample->state;
}

/* sock_diag read it in another state since the last change that trace told of. */
static bool moved_untold(const struct walk *walk)
{
	const struct happening *items = walk->end->items;

	for (size_t i = walk->at; i-- > 0;) {
		if (is_event(&items[i], EVENT_TRANSITION) || is_event(&items[i], EVENT_MINI_SOCKET))
			return false;
		if (is_event(&items[i], EVENT_SAMPLE) &&
		    sample_state(&items[i].event->sample) != walk->state)
			return true;
	}
	return false;
}

/* A segment came in that has to move it to @to, and trace told of no change since. */
static bool moves_untold(const struct walk *walk, enum tcp_state to)
{
	const struct edge *edge = NULL;

	while ((edge = edge_next(walk->state, edge)))
		if (edge->must && edge->to == to && (stimulus_effects(edge->by) & walk->pending))
			return true;
	return false;
}

/* What trace shows does not follow from what it showed before. */
static void walk_jump(struct walk *walk, enum tcp_state from, const char *what)
{
	int64_t t_ns = walk->end->items[walk->at].t_ns;
	const struct ground ground = {
		.t_ns = t_ns,
		.rests_on = RESTS(OBSERVER_TRACE),
		.hole = moved_untold(walk) || moves_untold(walk, from),
	};
	char where[WHERE_SIZE];

	complain(walk->exam, &ground, "%s %s at %.3f s, in %s: it was in %s",
	         end_name(walk->end, where), what, (double)t_ns / NS_PER_S, state_name(from),
	         state_name(walk->state));
	walk->state = from;
}

/* Any segment may set the timer anew; there has to be one. */
static void walk_restart(struct walk *walk)
{
	const struct happening *items = walk->end->items;
	int64_t t_ns = items[walk->at].t_ns;
	const struct ground ground = {
		.t_ns = t_ns,
		.rests_on = RESTS(OBSERVER_TRACE) | RESTS(OBSERVER_TAP),
	};
	char where[WHERE_SIZE];

	for (size_t i = walk->at; i-- > 0 && items[i].t_ns >= t_ns - walk->exam->slack_ns;)
		if (is_segment(&items[i], true))
			return;
	if (stimulus_seen(walk->exam, walk->end, BY_NEXT_SYN, t_ns, t_ns))
		return;
	complain(walk->exam, &ground, "%s TIME_WAIT begins anew at %.3f s: no segment came in",
	         end_name(walk->end, where), (double)t_ns / NS_PER_S);
}

static void walk_transition(struct walk *walk, const struct event *event)
{
	enum tcp_state from = event->transition.from, to = event->transition.to;

	if (from == STATE_LISTEN && to == STATE_SYN_RECV) { /* a child, its request's place */
		walk->untraced = false;
		if (walk->state == STATE_CLOSE)
			walk_move(walk, STATE_SYN_RECV, event->transition.cause);
		else if (walk->state != STATE_SYN_RECV)
			walk_jump(walk, STATE_SYN_RECV, "is born");
		return;
	}
	if (to == STATE_CLOSE && walk->time_wait)
		return; /* the socket; the time-wait sock lives on */
	if (to == STATE_TIME_WAIT && walk->time_wait && walk->state == STATE_TIME_WAIT) {
		walk_restart(walk); /* its step was a FIN ago: walk_segment() */
		return;
	}
	if (from != walk->state)
		walk_jump(walk, from, "changes");
	walk->time_wait &= to == STATE_TIME_WAIT;
	walk_move(walk, to, event->transition.cause);
}

/* A time-wait sock takes over in FIN_WAIT2, or in TIME_WAIT where the FIN is here. */
static void walk_time_wait(struct walk *walk)
{
	bool again = walk->time_wait, in_finwait2 = walk->state == STATE_FIN_WAIT2;
	bool fin_is_here = walk->state == STATE_CLOSING ||
	                   (in_finwait2 && (again || (walk->pending & EFFECT_FIN)));

	walk->time_wait = true;
	if (walk->state == STATE_TIME_WAIT && again)
		walk_restart(walk);
	else if (fin_is_here)
		walk_move(walk, STATE_TIME_WAIT, "packet");
	else if (!in_finwait2)
		walk_jump(walk, STATE_FIN_WAIT2, "begins a time-wait sock");
}

static void walk_time_wait_end(struct walk *walk, const char *cause)
{
	if (walk->state != STATE_FIN_WAIT2 && walk->state != STATE_TIME_WAIT)
		walk_jump(walk, STATE_TIME_WAIT, "ends a time-wait sock");
	walk->time_wait = false;
	walk_move(walk, STATE_CLOSE, cause);
}

/* The timer of a listener's that is closed gives its request to another: inet_reqsk_clone(). */
static bool request_migrates(const struct walk *walk)
{
	const struct happening *items = walk->end->items;
	int64_t from_ns = items[walk->at].t_ns - walk->exam->slack_ns;

	for (size_t i = walk->at; i-- > 0 && items[i].t_ns >= from_ns;)
		if (is_event(&items[i], EVENT_MINI_SOCKET) &&
		    items[i].event->mini.object == OBJECT_REQUEST &&
		    items[i].event->mini.change == MINI_EXPIRED)
			return true;
	return false;
}

static void walk_mini(struct walk *walk, const struct event *event)
{
	bool request = event->mini.object == OBJECT_REQUEST;

	switch (event->mini.change) {
	case MINI_CREATED:
		if (!request)
			walk_time_wait(walk);
		else if (walk->state == STATE_CLOSE)
			walk_move(walk, STATE_SYN_RECV,
			          request_migrates(walk) ? "timer reqsk_timer_handler" : "packet");
		else
			walk_jump(walk, STATE_SYN_RECV, "begins a request");
		break;
	case MINI_EXPIRED:
		if (!request)
			walk_time_wait_end(walk, "timer tw_timer_handler");
		else if (walk->state == STATE_SYN_RECV)
			walk_move(walk, STATE_CLOSE, "timer reqsk_timer_handler");
		break;
	case MINI_GONE:
		if (!request)
			walk_time_wait_end(walk, "");
		else if (walk->state == STATE_SYN_RECV)
			walk_move(walk, STATE_CLOSE, "");
		break;
	case MINI_ACCEPTED:
		if (request && walk->state != STATE_SYN_RECV)
			walk_jump(walk, STATE_SYN_RECV, "is accepted");
		break;
	case MINI_RETRANSMIT:
	case MINI_CHANGE_COUNT:
		break;
	}
}

/*
 * The step of a time-wait sock from FIN_WAIT2 to TIME_WAIT is traced when its timer is set
 * anew, which within one bucket of the timer wheel it is not.
 */
static void walk_segment(struct walk *walk, const struct happening *h)
{
	unsigned int effects = h->effects & effects_that_move(walk->state);

	if (walk->time_wait && walk->state == STATE_FIN_WAIT2 && (h->effects & EFFECT_FIN)) {
		stay_add(walk, STATE_TIME_WAIT, h->t_ns, h->t_ns + walk->exam->slack_ns);
		return;
	}
	if (effects && !walk->pending)
		walk->pending_ns = h->t_ns;
	walk->pending |= effects;
}

/* By @t_ns a segment should have moved the socket. */
static void walk_check_pending(struct walk *walk, int64_t t_ns)
{
	const struct ground ground = {
		.t_ns = walk->pending_ns,
		.from_ns = walk->pending_ns,
		.to_ns = t_ns,
		.rests_on = RESTS(OBSERVER_TRACE) | RESTS(OBSERVER_TAP),
	};
	char where[WHERE_SIZE];

	if (!walk->pending || t_ns <= walk->pending_ns + walk->exam->slack_ns)
		return;
	complain(walk->exam, &ground, "%s stays in %s: %s came in at %.3f s",
	         end_name(walk->end, where), state_name(walk->state),
	         walk->pending & EFFECT_RST        ? "a reset"
	         : walk->pending & EFFECT_FIN      ? "a FIN"
	         : walk->pending & EFFECT_ACKS_FIN ? "the ACK of its FIN"
	                                           : "a SYN or its answer",
	         (double)walk->pending_ns / NS_PER_S);
	walk->pending = 0;
}

/* A way along the edges, each with its stimulus in that time. */
static bool path_exists(struct walk *walk, enum tcp_state from, enum tcp_state to, int64_t from_ns,
                        int64_t to_ns, unsigned int edges)
{
	const struct edge *edge = NULL;

	if (from == to)
		return true;
	while (edges && (edge = edge_next(from, edge)))
		if (stimulus_seen(walk->exam, walk->end, edge->by, from_ns, to_ns) &&
		    (edge->to == to ||
		     (edge->to != STATE_CLOSE &&
		      path_exists(walk, edge->to, to, from_ns, to_ns, edges - 1))))
			return true;
	return false;
}

/* A request sock whose timer trace did not see: not every kernel's goes by its tracepoint. */
static void walk_request(struct walk *walk, const struct event *event)
{
	const struct sample *sample = &event->sample;
	int64_t gap_ns = sample->gap_ns < 0 ? event->t_ns : sample->gap_ns;
	enum tcp_state to = STATE_SYN_RECV;

	if (sample->object == OBJECT_NONE && walk->state == STATE_SYN_RECV && walk->untraced)
		to = STATE_CLOSE;
	else if (sample->object != OBJECT_REQUEST || walk->state != STATE_CLOSE)
		return;
	walk->untraced = to == STATE_SYN_RECV;
	if (path_exists(walk, walk->state, to, event->t_ns - gap_ns, event->t_ns, 1))
		stay_add(walk, to, event->t_ns - gap_ns, event->t_ns);
}

static void walk_traced(struct walk *walk)
{
	for (walk->at = 0; walk->at < walk->end->count; walk->at++) {
		const struct happening *h = &walk->end->items[walk->at];

		walk_check_pending(walk, h->t_ns);
		if (is_segment(h, true))
			walk_segment(walk, h);
		else if (is_event(h, EVENT_TRANSITION))
			walk_transition(walk, h->event);
		else if (is_event(h, EVENT_MINI_SOCKET))
			walk_mini(walk, h->event);
		else if (is_event(h, EVENT_SAMPLE))
			walk_request(walk, h->event);
	}
	walk_check_pending(walk, walk->exam->story->end_ns);
}

static void walk_sample(struct walk *walk, const struct event *event)
{
	enum tcp_state state = sample_state(&event->sample);
	int64_t gap_ns = event->sample.gap_ns < 0 ? event->t_ns : event->sample.gap_ns;
	const struct ground ground = {
		.t_ns = event->t_ns,
		.from_ns = event->t_ns - gap_ns - LATE_BEFORE_NS,
		.to_ns = event->t_ns,
		.rests_on = RESTS(OBSERVER_DIAG) | RESTS(OBSERVER_TAP) | RESTS(OBSERVER_STEPS),
	};
	char where[WHERE_SIZE];

	if (state == walk->state)
		return;
	if (!path_exists(walk, walk->state, state, event->t_ns - gap_ns, event->t_ns, PATH_EDGES))
		complain(walk->exam, &ground,
		         "%s %s -> %s by %.3f s: no call, segment or timer explains it",
		         end_name(walk->end, where), state_name(walk->state), state_name(state),
		         (double)event->t_ns / NS_PER_S);
	stay_add(walk, state, event->t_ns - gap_ns, event->t_ns);
}

/* Two request socks one after the other; nobody read that there was none in between. */
static void walk_another_request(struct walk *walk, const struct event *event)
{
	stay_add(walk, STATE_CLOSE, event->t_ns - event->sample.gap_ns, event->t_ns);
	stay_add(walk, STATE_SYN_RECV, event->t_ns - event->sample.gap_ns, event->t_ns);
}

static void walk_sampled(struct walk *walk)
{
	uint64_t request = 0;

	for (walk->at = 0; walk->at < walk->end->count; walk->at++) {
		const struct happening *h = &walk->end->items[walk->at];
		bool is_request =
			is_event(h, EVENT_SAMPLE) && h->event->sample.object == OBJECT_REQUEST;

		if (is_request && walk->state == STATE_SYN_RECV && request &&
		    h->event->sample.cookie != request)
			walk_another_request(walk, h->event);
		else if (is_event(h, EVENT_SAMPLE))
			walk_sample(walk, h->event);
		if (is_request)
			request = h->event->sample.cookie;
	}
}

void examine_states(struct exam *exam, struct end *end)
{
	struct walk walk = {.exam = exam, .end = end, .state = STATE_CLOSE};

	if (!end->is_tcp)
		return;
	stay_add(&walk, STATE_CLOSE, INT64_MIN, INT64_MIN);
	if (examine_has(exam, OBSERVER_TRACE))
		walk_traced(&walk);
	else
		walk_sampled(&walk);
}
