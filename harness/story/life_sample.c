// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * life_sample: what a reading by diag adds to a life.
 *
 * Where trace speaks for a socket, samples of the full socket add nothing: its changes are
 * stamped before diag can read them, so that a sample is at best late news. They count again
 * where trace is known to have lost events.
 */
#include "life_parts.h"

int64_t sample_gap(const struct event *event)
{
	if (event->kind != EVENT_SAMPLE)
		return 0;
	return event->sample.gap_ns < 0 ? event->t_ns : event->sample.gap_ns;
}

static int64_t gap_since(const struct event *event, int64_t t_ns)
{
	int64_t gap = sample_gap(event), since = event->t_ns - t_ns;

	return since < gap ? since : gap;
}

/*
 * Does trace show the very object alive after a reading that found none? A look-up
 * may miss a request sock in the moment its child takes its place.
 */
static bool alive_after(const struct stitch *st)
{
	for (size_t i = st->at + 1; i < st->count; i++) {
		const struct event *event = st->seen[i];

		if (event->kind == EVENT_TRANSITION) {
			enum tcp_state from = event->transition.from;

			return life_is_in(st->life, from) ||
			       (from == STATE_LISTEN && life_is_in(st->life, STATE_SYN_RECV));
		}
		if (event->kind == EVENT_MINI_SOCKET)
			return event->mini.change != MINI_CREATED;
	}
	return false;
}

/* Was it in @state at any time since the reading before? Then the sample is late news. */
static bool is_explained(const struct stitch *st, const struct event *event, enum tcp_state state)
{
	const struct life *life = st->life;
	int64_t since_ns = event->t_ns - sample_gap(event);

	if (life_is_in(st->life, state))
		return true;
	for (size_t i = life->count; i-- > 1 && life->states[i].t_ns >= since_ns;) {
		if (life->states[i - 1].state == state)
			return true;
	}
	return false;
}

static void note_timer(struct stitch *st, const struct sample *sample)
{
	struct life_state *last = life_last(st->life);

	if (!last || last->state != sample->state || sample->timer == DIAG_TIMER_NONE)
		return;
	if (last->timer != sample->timer)
		last->expires_ms = sample->expires_ms;
	last->timer = sample->timer;
}

static void add_time_wait_sample(struct stitch *st, const struct event *event)
{
	struct life_state *last = life_last(st->life);
	int64_t fin_ns, since_ns = last ? last->t_ns : 0;

	if (last && last->state == STATE_TIME_WAIT)
		return; /* FIN_WAIT2 cannot follow it */
	if (last && last->state == STATE_CLOSE && is_explained(st, event, event->sample.state))
		return;
	if (st->time_wait && st->time_wait_t_ns > since_ns)
		since_ns = st->time_wait_t_ns;
	if (!st->time_wait) {
		st->time_wait = true;
		st->time_wait_t_ns = event->t_ns;
	}
	st->substate_unknown = false;
	since_ns = event->t_ns - gap_since(event, since_ns);
	fin_ns = fin_time(&st->fins, since_ns, event->t_ns);
	if (event->sample.state == STATE_TIME_WAIT && fin_ns != NEVER)
		since_ns = fin_ns;
	stitch_append(st, event->sample.state, OBJECT_TIME_WAIT, event->t_ns - since_ns);
}

/*
 * A request sock's SYN_RECV: of a life that begins, or begins anew. In the midst of
 * one that trace follows it is late news of what has become a socket since.
 */
static bool request_is_news(struct stitch *st, const struct event *event)
{
	struct life_state *last = life_last(st->life);

	if (!st->traced || !last)
		return true;
	if (last->state != STATE_CLOSE && last->state != STATE_TIME_WAIT)
		return false;
	return !is_explained(st, event, STATE_SYN_RECV);
}

static bool full_is_news(const struct stitch *st, const struct event *event, enum tcp_state state)
{
	if (!st->life->count && state == STATE_CLOSE)
		return false; /* a life begins with the first state entered */
	return !st->traced || (st->trace_lost && !is_explained(st, event, state));
}

void stitch_sample(struct stitch *st)
{
	const struct event *event = st->seen[st->at];
	struct sample sample = event->sample;
	struct life_state *last = life_last(st->life);
	int64_t gap_ns = last ? gap_since(event, last->t_ns) : sample_gap(event);

	if (sample.state == STATE_NEW_SYN_RECV)
		sample.state = STATE_SYN_RECV;
	if (sample.state == STATE_GONE || sample.object == OBJECT_NONE) {
		if (!alive_after(st))
			stitch_end(st, gap_ns);
		return;
	}
	if (sample.object == OBJECT_TIME_WAIT)
		add_time_wait_sample(st, event);
	else if (sample.object == OBJECT_REQUEST ? request_is_news(st, event)
	                                         : full_is_news(st, event, sample.state))
		stitch_append(st, sample.state, sample.object, gap_ns);
	note_timer(st, &sample);
}
