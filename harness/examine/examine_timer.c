// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_timer: what is sent again, and what ends by a timer, does so when that timer was due.
 *
 * Theory of operation. The end's happenings are walked with the timers in mind: since when
 * each one runs, and for how long. How long is the model's to say (judge/model), and how late
 * a timer may fire, by the timer wheel's rule. Each timer has its file: what is
 * retransmitted is in examine_timer_resend.c, keepalive and window probes are in
 * examine_timer_probe.c, time-wait socks here.
 */
#include <string.h>

#include "examine_timer.h"

int64_t timers_sysctl_or(const struct timers *t, const char *name, int64_t otherwise)
{
	return model_sysctl_or(t->exam->story->rec, t->end->host, name, otherwise);
}

struct span timers_due(const struct timers *t, const struct span *set, struct span after)
{
	return (struct span){
		.lo_ns = set->lo_ns + after.lo_ns - EXAMINE_SKEW_NS -
	                 model_tick_hides_ns(t->exam->story->rec),
		.hi_ns = set->hi_ns + after.hi_ns + EXAMINE_SKEW_NS,
	};
}

/* What began early is cut less, and may be rounded more. */
struct span timers_due_within(const struct timers *t, const struct span *set, int64_t delay_ns,
                              const struct span *since)
{
	const struct record *rec = t->exam->story->rec;
	int64_t bound_ns = t->own.user_timeout_ms * NS_PER_MS;
	struct span after = model_timer(rec, delay_ns), most, least;

	if (bound_ns) {
		most = model_timer_within(rec, delay_ns, bound_ns - (set->lo_ns - since->hi_ns));
		least = model_timer_within(rec, delay_ns, bound_ns - (set->hi_ns - since->lo_ns));
		after = (struct span){.lo_ns = least.lo_ns - NS_PER_MS, .hi_ns = most.hi_ns};
	}
	return timers_due(t, set, after);
}

void complain_due(struct exam *exam, const struct timers *t, int64_t t_ns, const struct span *set,
                  const struct span *due, const char *what)
{
	/* nothing fires early but by a late tick; and what set it may have reached the tap late */
	bool early = t_ns < due->lo_ns;
	const struct ground ground = {
		.t_ns = t_ns,
		.from_ns = set->lo_ns - exam->slack_ns,
		.to_ns = early ? set->hi_ns + exam->slack_ns : t_ns,
		.early = early,
		.excess_ns = early ? due->lo_ns - t_ns : t_ns - due->hi_ns,
		.rests_on = RESTS(OBSERVER_TAP) | RESTS(OBSERVER_DIAG),
	};
	char where[WHERE_SIZE];

	complain(exam, &ground, "%s %s at %.3f s: its timer was due at %.3f..%.3f s",
	         end_name(t->end, where), what, (double)t_ns / NS_PER_S,
	         (double)due->lo_ns / NS_PER_S, (double)due->hi_ns / NS_PER_S);
}

const struct stay *stay_at(const struct end *end, int64_t t_ns)
{
	const struct stay *last = NULL;

	for (size_t i = 0; i < end->stay_count && end->stays[i].from_ns < t_ns; i++)
		if (end->stays[i].state != STATE_CLOSE)
			last = &end->stays[i];
	return last;
}

/* ---- a time-wait sock */

static void time_wait_arrival(struct timers *t, const struct happening *h)
{
	uint16_t flags = h->flight->packet->flags;

	if ((flags & TCP_FLAG_ACK) && !(flags & TCP_FLAG_RST))
		t->reached_ns = h->t_ns; /* tcp_timewait_state_process() */
}

/* FIN_WAIT2 is under a timer from when nobody owns it: __tcp_close(). */
static void orphan_since(const struct end *end, struct span *set)
{
	if (end->closed_ns == INT64_MAX)
		return;
	if (set->lo_ns < end->closed_ns - EXAMINE_SKEW_NS)
		set->lo_ns = end->closed_ns - EXAMINE_SKEW_NS;
	if (set->hi_ns < end->closed_last_ns)
		set->hi_ns = end->closed_last_ns;
}

/* TCP_TIMEWAIT_LEN, or what an orphan stays in FIN_WAIT2 for. */
static bool time_wait_due(const struct timers *t, int64_t t_ns, struct span *set, struct span *due)
{
	const struct record *rec = t->exam->story->rec;
	const struct stay *stay = stay_at(t->end, t_ns);
	struct span after;
	int64_t syn_ns;

	if (!stay)
		return false;
	*set = (struct span){stay->from_ns, stay->to_ns};
	if (stay->state == STATE_FIN_WAIT2) {
		if (!t->rto.known ||
		    !model_finwait2_between(rec, t->end->host, t->linger2_s, &t->rto.rto, &after))
			return false;
		orphan_since(t->end, set);
	} else if (stay->state == STATE_TIME_WAIT) {
		after = model_timewait(rec, t->end->host);
		if (t->time_wait_ns != NEVER)
			*set = (struct span){t->time_wait_ns, t->time_wait_ns};
		if (t->reached_ns > set->lo_ns)
			*set = (struct span){t->reached_ns, t->reached_ns};
		syn_ns = next_syn_restarts_ns(t->exam, t->end, set->lo_ns, t_ns);
		if (syn_ns != NEVER)
			*set = (struct span){syn_ns, syn_ns};
	} else {
		return false; /* nobody told of the sock: that is examine_state's to say */
	}
	*due = timers_due(t, set, after);
	return true;
}

static void examine_time_wait(struct exam *exam, const struct timers *t, const struct happening *h)
{
	struct span set, due;

	if (is_event(h, EVENT_MINI_SOCKET) && h->event->mini.object == OBJECT_TIME_WAIT &&
	    h->event->mini.change == MINI_EXPIRED && time_wait_due(t, h->t_ns, &set, &due) &&
	    !is_within(h->t_ns, &due))
		complain_due(exam, t, h->t_ns, &set, &due, "ends its time-wait sock");
}

/* ---- all of them */

static void timers_mini(struct exam *exam, struct timers *t, const struct happening *h)
{
	if (h->event->mini.object == OBJECT_REQUEST)
		request_mini(exam, t, h->event);
	else if (h->event->mini.change == MINI_CREATED)
		t->time_wait_ns = h->t_ns;
}

/* tcp_retransmit_timer() and tcp_probe_timer(): both are tcp_write_timer(). */
static void write_timer_gives_up(struct exam *exam, struct timers *t, int64_t t_ns)
{
	struct span due;

	if (write_timer_due(t, &due) && !is_within(t_ns, &due) && !resend_reverts(t, t_ns))
		complain_due(exam, t, t_ns, &t->armed, &due, "gives up");
	if (window_probe_due(t, &due) && !is_within(t_ns, &due))
		complain_due(exam, t, t_ns, &t->window_set, &due, "gives up a closed window");
	t->window_ends += window_is_probed(t);
}

/* What a transition says that a timer did. */
static void timers_transition(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct event *event = h->event;

	if (event->transition.to == STATE_TIME_WAIT)
		t->time_wait_ns = h->t_ns;
	if (event->transition.from == STATE_LISTEN)
		request_over(t, h->t_ns);
	if (event->transition.to != STATE_CLOSE || !exam)
		return;
	if (!strcmp(event->transition.cause, "timer tcp_write_timer"))
		write_timer_gives_up(exam, t, h->t_ns);
	if (!strcmp(event->transition.cause, "timer tcp_keepalive_timer") &&
	    (event->transition.from != STATE_FIN_WAIT2 || t->end->closed_ns > h->t_ns))
		keepalive_gives_up(exam, t, h->t_ns);
}

static void timers_event(struct exam *exam, struct timers *t, const struct happening *h)
{
	if (is_event(h, EVENT_SAMPLE))
		resend_sample(t, h->event);
	else if (is_event(h, EVENT_RETRANSMIT))
		t->traced_ns = h->t_ns;
	else if (is_event(h, EVENT_MINI_SOCKET))
		timers_mini(exam, t, h);
	else if (is_event(h, EVENT_TRANSITION))
		timers_transition(exam, t, h);
}

static void timers_segment(struct exam *exam, struct timers *t, const struct happening *h)
{
	if (!t->begun)
		t->passive = h->arrives;
	t->begun = true;
	if (h->arrives) {
		time_wait_arrival(t, h);
		resend_arrival(t, h);
		probe_arrival(t, h);
	} else if (h->probe) {
		probe_departure(exam, t, h);
	} else {
		resend_departure(exam, t, h);
	}
	t->outstanding = h->outstanding;
	t->unsent = h->unsent;
}

/* @exam: complain there; NULL: only bring the timers up to date. */
static void timers_step(struct exam *exam, struct timers *t, const struct happening *h)
{
	if (h->flight) {
		timers_segment(exam, t, h);
	} else if (is_event(h, EVENT_CALL)) {
		probe_call(t, h);
		t->unsent = h->unsent;
	} else {
		timers_event(exam, t, h);
	}
}

static struct timers timers_new(const struct exam *exam, const struct end *end)
{
	return (struct timers){
		.exam = exam,
		.end = end,
		.rto = {.rec = exam->story->rec, .host = end->host},
		.heard_ns = INT64_MIN / 2,
		.keepalive_set_ns = NEVER,
		.alive_ns = NEVER,
		.traced_ns = NEVER,
		.answered_ns = NEVER,
		.time_wait_ns = NEVER,
		.reached_ns = NEVER,
	};
}

void examine_timers(struct exam *exam, struct end *end)
{
	struct timers timers = timers_new(exam, end);

	if (!end->is_tcp || !model_hz_known(exam->story->rec))
		return;
	for (size_t i = 0; i < end->count; i++) {
		timers_step(exam, &timers, &end->items[i]);
		examine_time_wait(exam, &timers, &end->items[i]);
	}
	if (timers.request)
		request_silence(&timers, exam->story->end_ns);
	end->silent_lo = timers.silent_lo;
	end->silent_hi = timers.silent_hi;
	end->timeouts = timers.retransmits;
	end->loss_probes = timers.loss_probes;
	end->either = timers.either;
	end->maybe = timers.maybe;
	end->fresh = timers.fresh;
	end->keepalives = timers.keepalives;
	end->window_probes = timers.window_probes;
	end->window_ends = timers.window_ends;
}

static bool spans_meet(const struct span *due, int64_t from_ns, int64_t to_ns)
{
	return due->lo_ns <= to_ns && from_ns <= due->hi_ns;
}

bool timer_may_fire(const struct exam *exam, const struct end *end, enum stimulus by,
                    int64_t from_ns, int64_t to_ns)
{
	struct timers timers = timers_new(exam, end);
	struct span due, set;

	if (end->traced) /* its own event tells when; examine_timers() holds that against the rules */
		return true;
	for (size_t i = 0; i < end->count && end->items[i].t_ns < to_ns; i++) {
		exam_look(exam);
		timers_step(NULL, &timers, &end->items[i]);
	}
	if (by == BY_WRITE_TIMER && window_is_probed(&timers) && timers.rto_moves)
		return true; /* its RTO was not read again: nobody knows when */
	if (by == BY_WRITE_TIMER && window_probe_due(&timers, &due) &&
	    spans_meet(&due, from_ns, to_ns))
		return true;
	if (by == BY_WRITE_TIMER || by == BY_REQUEST_TIMER)
		return timers.request == (by == BY_REQUEST_TIMER) &&
		       write_timer_due(&timers, &due) && spans_meet(&due, from_ns, to_ns);
	if (by == BY_KEEPALIVE_TIMER)
		return keepalive_due(&timers, &due) && spans_meet(&due, from_ns, to_ns);
	return time_wait_due(&timers, to_ns, &set, &due) && spans_meet(&due, from_ns, to_ns);
}
