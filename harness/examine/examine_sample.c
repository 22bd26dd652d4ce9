// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_sample: what sock_diag read, against what trace and the tap saw.
 *
 * A reading is of some instant between the reading before it and its own stamp. What it
 * says must have been so at some time in between.
 */
#include "../judge/model.h"
#include "examine_edge.h"

struct reading {
	const struct end *end;
	size_t at; /* of end->items */
	const struct sample *sample;
	int64_t from_ns, to_ns; /* made in between */
};

static enum tcp_state reading_state(const struct sample *sample)
{
	if (sample->state == STATE_NEW_SYN_RECV)
		return STATE_SYN_RECV;
	return sample->object == OBJECT_NONE || sample->state == STATE_GONE ? STATE_CLOSE
	                                                                    : sample->state;
}

static const char *check_object(const struct reading *reading)
{
	enum tcp_state state = reading_state(reading->sample);

	switch (reading->sample->object) {
	case OBJECT_NONE:
		return state == STATE_CLOSE ? NULL : "a state, and no socket";
	case OBJECT_REQUEST:
		return state == STATE_SYN_RECV ? NULL : "a request sock in another state";
	case OBJECT_TIME_WAIT:
		return state == STATE_FIN_WAIT2 || state == STATE_TIME_WAIT
		               ? NULL
		               : "a time-wait sock in another state";
	case OBJECT_FULL:
		return state == STATE_TIME_WAIT ? "TIME_WAIT, and no time-wait sock" : NULL;
	case OBJECT_COUNT:
		break;
	}
	return NULL;
}

/*
 * Its walk, which trace saw, was in that state at some time of the reading. A socket leaves
 * the hash before its tracepoint (tcp_set_state(), inet_twsk_kill()): trace may tell of an end
 * a little later.
 */
static const char *check_state(const struct exam *exam, const struct reading *reading)
{
	const struct end *end = reading->end;
	enum tcp_state state = reading_state(reading->sample);
	int64_t to_ns = reading->to_ns + EXAMINE_SKEW_NS;

	if (state == STATE_CLOSE)
		to_ns = reading->to_ns + exam->slack_ns;
	for (size_t i = 0; i < end->stay_count; i++) {
		bool left = i + 1 < end->stay_count &&
		            end->stays[i + 1].to_ns < reading->from_ns - EXAMINE_SKEW_NS;

		if (end->stays[i].state == state && !left && end->stays[i].from_ns <= to_ns)
			return NULL;
	}
	return "trace has it in another state then";
}

/* Trace told of its states, but not of its end: it lost that, or the record ends there. */
static bool end_untold(const struct reading *reading)
{
	const struct end *end = reading->end;

	return reading_state(reading->sample) == STATE_CLOSE && end->stay_count &&
	       end->stays[end->stay_count - 1].state != STATE_CLOSE;
}

/*
 * A segment came in that has to move it from the last state that trace told of to this one: trace
 * alone did not see it take the step.
 */
static bool step_untold(const struct exam *exam, const struct reading *reading)
{
	const struct end *end = reading->end;
	const struct stay *last = end->stay_count ? &end->stays[end->stay_count - 1] : NULL;
	const struct edge *edge = NULL;

	if (!last || last->from_ns > reading->to_ns)
		return false;
	while ((edge = edge_next(last->state, edge)))
		if (edge->must && edge->to == reading_state(reading->sample) &&
		    stimulus_seen(exam, end, edge->by, last->from_ns, reading->to_ns))
			return true;
	return false;
}

/* Who closes a socket leaves it an orphan; one that nobody accepted yet is one too. */
static const char *check_owner(const struct reading *reading)
{
	const struct end *end = reading->end;
	bool closed = end->closed_ns <= reading->to_ns;
	bool owned = end->owned_ns < reading->from_ns;
	bool sure = end->closed_last_ns < reading->from_ns;

	if (reading->sample->object != OBJECT_FULL || end->listener)
		return NULL;
	if (reading->sample->orphan && owned && !closed)
		return "an orphan, and nobody closed it";
	return !reading->sample->orphan && sure ? "it has an owner, and was closed" : NULL;
}

/* Whether at some time of the reading something was outstanding, or nothing was. */
static bool was_outstanding(const struct exam *exam, const struct reading *reading,
                            bool outstanding)
{
	const struct end *end = reading->end;
	size_t i = reading->at;

	while (i + 1 < end->count && end->items[i + 1].t_ns <= reading->to_ns + EXAMINE_SKEW_NS)
		i++;
	for (;; i--) {
		const struct happening *h = &end->items[i];

		if (h->flight && h->outstanding == outstanding)
			return true;
		if (h->flight && h->t_ns < reading->from_ns - exam->slack_ns)
			return false;
		if (!i)
			return !outstanding;
	}
}

/* tcp_write_err() empties the queue, then changes the state: so may a reading have it. */
static bool ends_soon(const struct exam *exam, const struct reading *reading)
{
	const struct end *end = reading->end;

	for (size_t i = 0; i < end->stay_count; i++)
		if (end->stays[i].state == STATE_CLOSE && end->stays[i].to_ns > reading->from_ns &&
		    end->stays[i].from_ns <= reading->to_ns + exam->slack_ns)
			return true;
	return false;
}

/* tcp_abort() of an orphan, before bac76cf89816, empties the queue and leaves the rest. */
static bool was_emptied(const struct exam *exam, const struct reading *reading)
{
	return reading->end->closed_ns <= reading->to_ns &&
	       stimulus_seen(exam, reading->end, BY_DESTROY, 0, reading->to_ns);
}

static const char *check_unacked(const struct exam *exam, const struct reading *reading)
{
	const struct sample *sample = reading->sample;

	if (sample->object != OBJECT_FULL || reading->end->listener)
		return NULL;
	if (was_outstanding(exam, reading, sample->unacked != 0) ||
	    (!sample->unacked && (ends_soon(exam, reading) || was_emptied(exam, reading) ||
	                          is_fast_open_child(reading->end, sample))))
		return NULL;
	return sample->unacked ? "it waits for an ACK, and all was acknowledged"
	                       : "it waits for no ACK, and something was sent";
}

/* icsk_retransmits: what was sent again, but for a tail loss probe. */
static const char *check_retransmits(const struct exam *exam, const struct reading *reading)
{
	const struct sample *sample = reading->sample;
	const struct end *end = reading->end;
	unsigned int most = 0, before = 0;
	size_t i = reading->at;
	bool quiet = true;

	if (sample->object != OBJECT_FULL || sample->timer != DIAG_TIMER_ON)
		return NULL;
	while (i + 1 < end->count && end->items[i + 1].t_ns <= reading->to_ns + exam->slack_ns)
		i++;
	for (;; i--) {
		const struct happening *h = &end->items[i];

		if (h->flight && h->resends > most)
			most = h->resends;
		if (h->flight && h->t_ns < reading->from_ns) {
			before = h->resends;
			break;
		}
		quiet &= !h->flight || !h->arrives;
		if (!i)
			break;
	}
	if (most > UINT8_MAX) { /* icsk_retransmits has eight bits: it has begun anew */
		uint8_t beyond = (uint8_t)(sample->retransmits + 1 - before);

		return quiet && beyond > most + 1 - before
		               ? "it counts other retransmissions than left"
		               : NULL;
	}
	if (sample->retransmits > most)
		return "it counts more retransmissions than left";
	return sample->retransmits + 1 < before && quiet
	               ? "it counts fewer retransmissions than left"
	               : NULL;
}

/* A timer is set for its time-out, and cannot have more to go than that. */
static const char *check_timer(const struct exam *exam, const struct reading *reading)
{
	const struct sample *sample = reading->sample;
	int64_t tick_ms = exam->story->rec->run.hz ? 1000 / exam->story->rec->run.hz : 1000;
	int64_t most_ms = sample->rto_us / 1000;

	if (is_fast_open_child(reading->end, sample))
		most_ms = model_synack_timeout_ns(exam->story->rec, reading->end->host,
		                                  sample->retransmits) /
		          NS_PER_MS;
	if (sample->timer == DIAG_TIMER_NONE)
		return sample->expires_ms ? "no timer, and one that expires" : NULL;
	if (sample->object == OBJECT_FULL && sample->timer == DIAG_TIMER_ON &&
	    sample->expires_ms > most_ms + 2 * tick_ms)
		return "its timer has longer to go than the RTO";
	return (sample->object == OBJECT_TIME_WAIT) != (sample->timer == DIAG_TIMER_TIMEWAIT)
	               ? "the timer of another kind of socket"
	               : NULL;
}

static void reading_complain(struct exam *exam, const struct reading *reading, const char *why,
                             enum observer other)
{
	const struct ground ground = {
		.t_ns = reading->to_ns,
		.rests_on = RESTS(OBSERVER_DIAG) | RESTS(other),
		.hole = why && other == OBSERVER_TRACE &&
	                (end_untold(reading) || step_untold(exam, reading)),
	};
	char where[WHERE_SIZE];

	if (why)
		complain(exam, &ground, "%s read as %s at %.3f s: %s",
		         end_name(reading->end, where), state_name(reading->sample->state),
		         (double)reading->to_ns / NS_PER_S, why);
}

static void examine_reading(struct exam *exam, const struct reading *reading)
{
	reading_complain(exam, reading, check_object(reading), OBSERVER_DIAG);
	if (examine_has(exam, OBSERVER_TRACE))
		reading_complain(exam, reading, check_state(exam, reading), OBSERVER_TRACE);
	reading_complain(exam, reading, check_owner(reading), OBSERVER_STEPS);
	reading_complain(exam, reading, check_timer(exam, reading), OBSERVER_DIAG);
	if (!reading->end->complete)
		return;
	reading_complain(exam, reading, check_unacked(exam, reading), OBSERVER_TAP);
	reading_complain(exam, reading, check_retransmits(exam, reading), OBSERVER_TAP);
}

/* The first SYN+ACK of another request sock left between the two readings. */
static bool another_answered(const struct end *end, size_t before, size_t at)
{
	for (size_t i = before; i < at; i++) {
		const struct happening *h = &end->items[i];

		if (is_segment(h, false) && !h->again && (h->flight->packet->flags & TCP_FLAG_SYN))
			return true;
	}
	return false;
}

/*
 * One kernel object, or the chain that takes its place, has one cookie; but a SYN that comes
 * again when the request sock has gone makes another one.
 */
static const char *check_cookie(const struct end *end, size_t at, size_t before_at)
{
	const struct sample *sample = &end->items[at].event->sample;
	const struct sample *before = before_at < at ? &end->items[before_at].event->sample : NULL;

	if ((sample->object == OBJECT_NONE) != !sample->cookie)
		return "a cookie without a socket, or a socket without a cookie";
	if (!before || before->object == OBJECT_NONE || sample->object == OBJECT_NONE)
		return NULL;
	if (sample->cookie == before->cookie)
		return NULL;
	if (sample->object == OBJECT_REQUEST && before->object == OBJECT_REQUEST &&
	    another_answered(end, before_at, at))
		return NULL;
	return "its cookie is another socket's";
}

void examine_samples(struct exam *exam, const struct end *end)
{
	size_t before = SIZE_MAX;

	if (!end->is_tcp)
		return;
	for (size_t i = 0; i < end->count; i++) {
		const struct event *event = end->items[i].event;
		struct reading reading = {.end = end, .at = i};

		if (!is_event(&end->items[i], EVENT_SAMPLE))
			continue;
		reading.sample = &event->sample;
		reading.to_ns = event->t_ns;
		reading.from_ns = event->sample.gap_ns < 0 ? INT64_MIN / 2
		                                           : event->t_ns - event->sample.gap_ns;
		examine_reading(exam, &reading);
		reading_complain(exam, &reading, check_cookie(end, i, before), OBSERVER_DIAG);
		before = i;
	}
}
