// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_timer: what is sent again, and what ends by a timer, does so when that timer was due.
 *
 * Theory of operation. The end's happenings are walked with the timers in mind: since when
 * each one runs, and for how long. Of the retransmission timer sock_diag tells how long
 * (icsk_rto, doubled already when a reading follows the last timeout); where no reading
 * follows, it is doubled here. The first resend may be a tail loss probe instead
 * (tcp_schedule_loss_probe()). A request sock counts its own time-outs from 1 s on
 * (reqsk_timer_handler()). How late a timer may fire is the timer wheel's rule (judge/model).
 *
 * A segment sent again just after something came in needs no timer: fast retransmit, or an
 * answer to a SYN that came once more.
 */
#include <netinet/in.h>
#include <string.h>

#include "../judge/model.h"
#include "examine_edge.h"

/* include/net/tcp.h */
#define TIMEOUT_INIT_NS NS_PER_S
#define RTO_MIN_US 200000

struct timers {
	const struct exam *exam;
	const struct end *end;
	int64_t armed_lo_ns, armed_hi_ns; /* the retransmission timer runs since */
	int64_t rto_ns, rtt_ns; /* 0: not known */
	int64_t rto_next_ns; /* after a time-out that the tap has not shown yet; 0: none */
	int64_t traced_ns; /* trace saw a segment sent again then; NEVER: not since the last */
	int64_t answered_ns; /* that SYN+ACK left; NEVER: none, or the timer fired since */
	struct span before; /* when the request's timer was due before that set it anew */
	int64_t heard_ns; /* the last segment that came in */
	int64_t keepalive_ns; /* SO_KEEPALIVE was set; NEVER: it was not */
	int64_t probe_ns; /* the last keepalive probe; NEVER: none */
	int64_t time_wait_ns; /* its timer was set; NEVER: none */
	int64_t reached_ns; /* the last segment that would set it anew */
	unsigned int timeouts; /* since something was acknowledged */
	unsigned int fresh; /* new data that left while other data was outstanding */
	unsigned int retransmits, loss_probes, either, keepalives; /* what the timers sent */
	bool armed; /* it runs */
	bool request; /* a request sock: it counts its own time-outs */
	bool asked; /* a SYN came once more, and its SYN+ACK has not left yet */
	bool may_probe; /* the next resend may be a tail loss probe */
	bool disturbed; /* something came in that acknowledges nothing new: SACK, RACK, F-RTO */
	bool clamped; /* TCP_USER_TIMEOUT cuts the timer short */
	bool keepalive_own; /* TCP_KEEPIDLE and its like: not the sysctls' times */
	bool window_closed; /* the peer's window is 0 */
};

static int64_t sysctl_or(const struct timers *t, const char *name, int64_t otherwise)
{
	return model_sysctl_or(t->exam->story->rec, t->end->host, name, otherwise);
}

static int64_t rto_max_ns(const struct timers *t)
{
	return model_rto_max_ns(t->exam->story->rec, t->end->host);
}

static struct span timer_span(const struct timers *t, int64_t delay_ns)
{
	return model_timer(t->exam->story->rec, delay_ns);
}

static void timers_arm(struct timers *t, int64_t lo_ns, int64_t hi_ns)
{
	if (!t->armed)
		t->armed_lo_ns = lo_ns;
	t->armed_hi_ns = hi_ns;
	t->armed = true;
}

/* tcp_schedule_loss_probe(): twice the RTT, and the least RTO more for one segment alone. */
static int64_t loss_probe_ns(const struct timers *t)
{
	int64_t min_ns = sysctl_or(t, "net.ipv4.tcp_rto_min_us", RTO_MIN_US) * 1000;
	int64_t ns = 2 * t->rtt_ns + min_ns;

	return ns < t->rto_ns ? ns : t->rto_ns;
}

/* Since when and for how long: when a timer of @delay_ns is due. */
static struct span timers_due(const struct timers *t, int64_t delay_ns)
{
	struct span due = timer_span(t, delay_ns);

	due.lo_ns += t->armed_lo_ns - EXAMINE_SKEW_NS;
	due.hi_ns += t->armed_hi_ns + EXAMINE_SKEW_NS;
	if (t->clamped)
		due.lo_ns = t->armed_lo_ns;
	return due;
}

static bool write_timer_due(const struct timers *t, struct span *due)
{
	int64_t delay_ns =
		t->request ? model_synack_timeout_ns(t->exam->story->rec, t->end->host, t->timeouts)
			   : t->rto_ns;

	if (!t->armed || !delay_ns)
		return false;
	*due = timers_due(t, delay_ns);
	return true;
}

static bool is_within(int64_t t_ns, const struct span *due)
{
	return t_ns >= due->lo_ns && t_ns <= due->hi_ns;
}

static void complain_due(struct exam *exam, const struct timers *t, int64_t t_ns,
                         const struct span *due, const char *what)
{
	/* nothing fires early; but what set it may have reached the tap late */
	bool early = t_ns < due->lo_ns;
	const struct ground ground = {
		.t_ns = t_ns,
		.from_ns = t->armed_lo_ns - exam->slack_ns,
		.to_ns = early ? t->armed_hi_ns + exam->slack_ns : t_ns,
		.excess_ns = early ? due->lo_ns - t_ns : t_ns - due->hi_ns,
		.rests_on = RESTS(OBSERVER_TAP) | RESTS(OBSERVER_DIAG),
	};
	char where[WHERE_SIZE];

	complain(exam, &ground, "%s %s at %.3f s: its timer was due at %.3f..%.3f s",
	         end_name(t->end, where), what, (double)t_ns / NS_PER_S,
	         (double)due->lo_ns / NS_PER_S, (double)due->hi_ns / NS_PER_S);
}

/* When the kernel sent it: trace saw that, or else it was when the tap saw the segment. */
static int64_t resend_ns(struct timers *t, const struct happening *h)
{
	int64_t t_ns = t->traced_ns;

	t->traced_ns = NEVER;
	return t_ns != NEVER && h->t_ns - t_ns <= t->exam->slack_ns ? t_ns : h->t_ns;
}

/* When the end entered the state that it is in at @t_ns, TIME_WAIT or FIN_WAIT2. */
static const struct stay *stay_at(const struct end *end, int64_t t_ns)
{
	const struct stay *last = NULL;

	for (size_t i = 0; i < end->stay_count && end->stays[i].from_ns < t_ns; i++)
		if (end->stays[i].state != STATE_CLOSE)
			last = &end->stays[i];
	return last;
}

/* How long the timer runs after this time-out, where no reading tells. */
static int64_t rto_after_ns(const struct timers *t, int64_t t_ns)
{
	const struct stay *stay = stay_at(t->end, t_ns);
	const struct loss loss = {.established = stay && stay->state == STATE_ESTABLISHED};
	const struct record *rec = t->exam->story->rec;
	bool backs_off = stay && stay->state == STATE_SYN_SENT
	                         ? model_syn_backs_off(rec, t->end->host, t->timeouts)
	                         : model_backs_off(rec, t->end->host, &loss, t->timeouts);

	if (backs_off)
		return t->rto_ns * 2 < rto_max_ns(t) ? t->rto_ns * 2 : rto_max_ns(t);
	return t->rto_ns;
}

/*
 * A request sock answers each SYN once and sets its timer anew (tcp_check_req()), with the
 * time-outs it has counted so far. Where SYN and time-out coincide two SYN+ACKs leave: the
 * one too many is the timer's, and was due before the SYN set it anew.
 */
static void request_resend(struct exam *exam, struct timers *t, int64_t t_ns)
{
	struct span due;
	bool known = write_timer_due(t, &due), fits;

	if (t->asked && t_ns - t->heard_ns <= t->exam->slack_ns) {
		t->asked = false;
		t->answered_ns = known ? t_ns : NEVER;
		t->before = due;
		return;
	}
	if (!known)
		return;
	fits = is_within(t_ns, &due);
	if (t->answered_ns != NEVER && t_ns - t->answered_ns <= t->exam->slack_ns)
		fits |= is_within(t_ns, &t->before);
	if (exam && !fits)
		complain_due(exam, t, t_ns, &due, "sends again");
	t->answered_ns = NEVER;
	t->timeouts++;
}

static void socket_resend(struct exam *exam, struct timers *t, const struct happening *h,
                          int64_t t_ns)
{
	bool answer = t_ns - t->heard_ns <= t->exam->slack_ns ||
	              icmp_came(t->exam, t->end->host, t_ns - t->exam->slack_ns, t_ns);
	struct span due, probe, next;
	bool known = write_timer_due(t, &due), probes = false, fits;

	if (known && t->may_probe && t->rtt_ns) {
		probe = timers_due(t, loss_probe_ns(t));
		probes = is_within(t_ns, &probe);
	}
	fits = known && is_within(t_ns, &due);
	if (known && t->rto_next_ns) {
		next = timers_due(t, t->rto_next_ns);
		fits |= is_within(t_ns, &next);
	}
	if (exam && known && !answer && !t->disturbed && !probes && !fits)
		complain_due(exam, t, t_ns, &due, "sends again");
	if (exam && !answer)
		*(!probes ? &t->retransmits : fits ? &t->either : &t->loss_probes) += 1;
	if (!probes && !answer) { /* tcp_retransmit_timer() */
		t->timeouts++;
		t->rto_ns = t->rto_next_ns ? t->rto_next_ns : rto_after_ns(t, h->t_ns);
		t->rto_next_ns = 0;
	}
}

static void timers_resend(struct exam *exam, struct timers *t, const struct happening *h)
{
	int64_t t_ns = resend_ns(t, h);

	if (t->request)
		request_resend(exam, t, t_ns);
	else
		socket_resend(exam, t, h, t_ns);
	t->may_probe = false;
	t->armed = false;
	timers_arm(t, t_ns, h->t_ns);
}

/* What starts the retransmission timer, or starts it again. */
static void timers_departure(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	int64_t early_retrans = sysctl_or(t, "net.ipv4.tcp_early_retrans", 0);
	bool syn = packet->flags & TCP_FLAG_SYN;

	if (h->again) {
		timers_resend(exam, t, h);
		return;
	}
	if (segment_end(packet) == packet->seq || (packet->flags & TCP_FLAG_RST))
		return;
	if (syn && !t->rto_ns)
		t->rto_ns = TIMEOUT_INIT_NS;
	t->asked = false; /* its first SYN+ACK */
	t->fresh += t->armed; /* a loss probe may be of new data, tcp_send_loss_probe() */
	t->may_probe = !syn && t->end->sack && (early_retrans == 3 || early_retrans == 4);
	timers_arm(t, h->t_ns, h->t_ns);
}

static void timers_arrival(struct timers *t, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;

	t->heard_ns = h->t_ns;
	t->asked |= (packet->flags & TCP_FLAG_SYN) != 0;
	if ((packet->flags & TCP_FLAG_ACK) && !(packet->flags & TCP_FLAG_RST))
		t->reached_ns = h->t_ns; /* tcp_timewait_state_process() */
	t->probe_ns = NEVER;
	t->window_closed = !(packet->flags & (TCP_FLAG_SYN | TCP_FLAG_RST)) && !packet->window;
	if (!(h->effects & EFFECT_ACKS_NEW)) {
		t->disturbed |= h->outstanding && (packet->flags & TCP_FLAG_ACK) && !packet->len &&
		                !(packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN));
		return;
	}
	t->timeouts = 0;
	t->rto_next_ns = 0;
	t->disturbed = false;
	t->armed = false;
	if (h->outstanding)
		timers_arm(t, h->t_ns, h->t_ns + t->exam->slack_ns);
}

/* A time-out that the tap has not shown yet; in its midst the timer is off, the RTO doubled. */
static bool timed_out_unseen(const struct timers *t, const struct sample *sample)
{
	if (sample->timer == DIAG_TIMER_ON)
		return sample->retransmits > t->timeouts;
	return sample->timer == DIAG_TIMER_NONE && t->rto_ns && sample->rto_us * 1000LL > t->rto_ns;
}

static void timers_sample(struct timers *t, const struct event *event)
{
	const struct sample *sample = &event->sample;
	int64_t rto_ns = sample->rto_us * 1000LL;

	t->request =
		sample->object == OBJECT_REQUEST || (t->request && sample->object == OBJECT_NONE);
	if (sample->object != OBJECT_FULL || !rto_ns)
		return;
	if (t->armed && timed_out_unseen(t, sample)) {
		t->rto_next_ns = rto_ns; /* its segment is not on the tap yet */
		return;
	}
	/* the reading may have been made just before the time-out that this follows */
	if (t->armed && event->t_ns - t->armed_hi_ns < EXAMINE_SKEW_NS && rto_ns < t->rto_ns)
		return;
	t->rto_ns = rto_ns;
	t->rto_next_ns = 0;
	t->rtt_ns = sample->rtt_us * 1000LL;
}

static void timers_call(struct timers *t, const struct event *event)
{
	if (strcmp(event->call.name, "setsockopt") != 0 || event->call.err)
		return;
	t->clamped |= !strncmp(event->call.args, "TCP_USER_TIMEOUT", 16);
	t->keepalive_own |= !strncmp(event->call.args, "TCP_KEEP", 8);
	if (!strncmp(event->call.args, "SO_KEEPALIVE", 12))
		t->keepalive_ns = event->t_ns;
}

/* keepalive_time_when() after the last that was heard, then keepalive_intvl_when(). */
static bool keepalive_due(const struct timers *t, struct span *due)
{
	int64_t s = sysctl_or(t, "net.ipv4.tcp_keepalive_time", 0), since_ns = t->keepalive_ns;
	struct span again;

	if (t->keepalive_ns == NEVER || t->keepalive_own || t->window_closed)
		return false;
	if (t->probe_ns != NEVER) {
		s = sysctl_or(t, "net.ipv4.tcp_keepalive_intvl", 0);
		since_ns = t->probe_ns;
	}
	*due = timer_span(t, s * NS_PER_S);
	if (t->heard_ns > since_ns) { /* it ran off before, and was set for what was left */
		since_ns = t->heard_ns;
		again = *due;
		due->hi_ns += again.hi_ns - again.lo_ns;
	}
	due->lo_ns += since_ns - EXAMINE_SKEW_NS;
	due->hi_ns += since_ns + EXAMINE_SKEW_NS;
	return s > 0;
}

static void timers_probe(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct ground ground = {.t_ns = h->t_ns, .rests_on = RESTS(OBSERVER_TAP)};
	char text[SEGMENT_SIZE];
	struct span due;

	if (exam && t->keepalive_ns == NEVER && !t->window_closed)
		complain(exam, &ground, "%s: a probe, without SO_KEEPALIVE or a closed window",
		         segment_text(t->end, h, text));
	else if (exam && keepalive_due(t, &due) && !is_within(h->t_ns, &due))
		complain_due(exam, t, h->t_ns, &due, "sends a keepalive probe");
	t->keepalives += !t->window_closed;
	t->probe_ns = h->t_ns;
}

static void timers_mini(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct event *event = h->event;
	struct span due;

	if (event->mini.object == OBJECT_REQUEST) {
		t->request = event->mini.change != MINI_ACCEPTED;
		if (exam && event->mini.change == MINI_EXPIRED && write_timer_due(t, &due) &&
		    !is_within(h->t_ns, &due))
			complain_due(exam, t, h->t_ns, &due, "gives up a request");
		return;
	}
	if (event->mini.change == MINI_CREATED)
		t->time_wait_ns = h->t_ns;
}

/* What a transition says that a timer did. */
static void timers_transition(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct event *event = h->event;
	struct span due;

	if (event->transition.to == STATE_TIME_WAIT)
		t->time_wait_ns = h->t_ns;
	if (event->transition.to != STATE_CLOSE || !exam)
		return;
	if (!strcmp(event->transition.cause, "timer tcp_write_timer") && write_timer_due(t, &due) &&
	    !is_within(h->t_ns, &due))
		complain_due(exam, t, h->t_ns, &due, "gives up");
	if (!strcmp(event->transition.cause, "timer tcp_keepalive_timer") &&
	    event->transition.from != STATE_FIN_WAIT2 && keepalive_due(t, &due) &&
	    !is_within(h->t_ns, &due))
		complain_due(exam, t, h->t_ns, &due, "gives up by keepalive");
}

/* @exam: complain there; NULL: only bring the timers up to date. */
static void timers_step(struct exam *exam, struct timers *t, const struct happening *h)
{
	if (is_segment(h, true))
		timers_arrival(t, h);
	else if (is_segment(h, false) && h->probe)
		timers_probe(exam, t, h);
	else if (is_segment(h, false))
		timers_departure(exam, t, h);
	else if (is_event(h, EVENT_SAMPLE))
		timers_sample(t, h->event);
	else if (is_event(h, EVENT_CALL))
		timers_call(t, h->event);
	else if (is_event(h, EVENT_RETRANSMIT))
		t->traced_ns = h->t_ns;
	else if (is_event(h, EVENT_MINI_SOCKET))
		timers_mini(exam, t, h);
	else if (is_event(h, EVENT_TRANSITION))
		timers_transition(exam, t, h);
}

static struct timers timers_new(const struct exam *exam, const struct end *end)
{
	return (struct timers){
		.exam = exam,
		.end = end,
		.heard_ns = INT64_MIN / 2,
		.keepalive_ns = NEVER,
		.probe_ns = NEVER,
		.traced_ns = NEVER,
		.answered_ns = NEVER,
		.time_wait_ns = NEVER,
		.reached_ns = NEVER,
	};
}

/* TCP_TIMEWAIT_LEN, or what an orphan stays in FIN_WAIT2 for. */
static bool time_wait_due(const struct timers *t, int64_t t_ns, struct span *due)
{
	const struct record *rec = t->exam->story->rec;
	const struct stay *stay = stay_at(t->end, t_ns);
	int64_t since_ns;

	if (!stay)
		return false;
	since_ns = stay->from_ns;
	if (stay->state == STATE_FIN_WAIT2) {
		if (!t->rto_ns || !model_finwait2(rec, t->end->host, t->rto_ns / 1000, due))
			return false;
	} else {
		*due = model_timewait(rec, t->end->host);
		if (t->time_wait_ns != NEVER)
			since_ns = t->time_wait_ns;
		if (t->reached_ns > since_ns)
			since_ns = t->reached_ns;
	}
	due->lo_ns += since_ns - EXAMINE_SKEW_NS;
	due->hi_ns += (since_ns == stay->from_ns ? stay->to_ns : since_ns) + EXAMINE_SKEW_NS;
	return true;
}

static void examine_time_wait(struct exam *exam, const struct timers *t, const struct happening *h)
{
	struct span due;

	if (is_event(h, EVENT_MINI_SOCKET) && h->event->mini.object == OBJECT_TIME_WAIT &&
	    h->event->mini.change == MINI_EXPIRED && time_wait_due(t, h->t_ns, &due) &&
	    !is_within(h->t_ns, &due))
		complain_due(exam, t, h->t_ns, &due, "ends its time-wait sock");
}

void examine_timers(struct exam *exam, struct end *end)
{
	struct timers timers = timers_new(exam, end);

	if (!end->is_tcp || !exam->story->rec->run.hz)
		return;
	for (size_t i = 0; i < end->count; i++) {
		timers_step(exam, &timers, &end->items[i]);
		examine_time_wait(exam, &timers, &end->items[i]);
	}
	end->timeouts = timers.retransmits;
	end->loss_probes = timers.loss_probes;
	end->either = timers.either;
	end->fresh = timers.fresh;
	end->keepalives = timers.keepalives;
}

bool timer_may_fire(const struct exam *exam, const struct end *end, enum stimulus by,
                    int64_t from_ns, int64_t to_ns)
{
	struct timers timers = timers_new(exam, end);
	struct span due;
	bool known = false;

	if (end->traced) /* its own event tells when; examine_timers() holds that against the rules */
		return true;
	for (size_t i = 0; i < end->count && end->items[i].t_ns < to_ns; i++)
		timers_step(NULL, &timers, &end->items[i]);
	if (by == BY_WRITE_TIMER || by == BY_REQUEST_TIMER)
		known = timers.request == (by == BY_REQUEST_TIMER) &&
		        write_timer_due(&timers, &due);
	else if (by == BY_KEEPALIVE_TIMER)
		known = keepalive_due(&timers, &due);
	else
		known = time_wait_due(&timers, to_ns, &due);
	return known && due.lo_ns <= to_ns && from_ns <= due.hi_ns;
}
