// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_timer_resend: the retransmission timer. A request sock's is in examine_timer_request.c.
 *
 * sock_diag tells how long it runs (icsk_rto, doubled already when a reading follows the last
 * timeout); where no reading follows, it is doubled here. The first resend may be a tail loss
 * probe instead (tcp_schedule_loss_probe()).
 *
 * A segment sent again just after something came in needs no timer: fast retransmit, or an
 * answer to a SYN that came once more.
 */
#include "examine_timer.h"

/* include/net/tcp.h */
#define TIMEOUT_INIT_NS NS_PER_S
#define TIMEOUT_MIN_TICKS 2

static int64_t rto_max_ns(const struct timers *t)
{
	return model_rto_max_ns(t->exam->story->rec, t->end->host);
}

static void timers_arm(struct timers *t, int64_t lo_ns, int64_t hi_ns)
{
	if (!t->is_armed)
		t->armed.lo_ns = lo_ns;
	t->armed.hi_ns = hi_ns;
	t->is_armed = true;
	t->backed_off = false;
}

/* A timer of the retransmission timer's that runs since it was armed. */
static struct span resend_due(const struct timers *t, int64_t delay_ns)
{
	if (t->backed_off && t->is_since)
		return timers_due_within(t, &t->armed, delay_ns, &t->since);
	return timers_due(t, &t->armed, model_timer(t->exam->story->rec, delay_ns));
}

bool write_timer_due(const struct timers *t, struct span *due)
{
	const struct record *rec = t->exam->story->rec;
	int64_t delay_ns = t->hurried ? TIMEOUT_MIN_TICKS * model_tick_ns(rec) : t->rto_ns;

	if (t->request)
		return request_due(t, due);
	if (!t->is_armed || !delay_ns)
		return false;
	*due = resend_due(t, delay_ns);
	/* set anew for what is left, less a part of a tick: tcp_ld_RTO_revert() */
	if (icmp_came(t->exam, t->end, t->armed.lo_ns, due->hi_ns))
		due->lo_ns -= model_tick_ns(t->exam->story->rec);
	return true;
}

/* When the tail loss probe is due: after the time for one segment, or for several. */
static bool loss_probe_due(const struct timers *t, struct span *due)
{
	const struct record *rec = t->exam->story->rec;
	const struct sample sample = {.rto_us = (uint32_t)(t->rto_ns / 1000),
	                              .rtt_us = (uint32_t)(t->rtt_ns / 1000)};
	struct loss loss = {.at_send = &sample, .segments = 1};
	struct span one, several;

	if (!t->may_probe || !t->is_armed || !model_loss_probe(rec, t->end->host, &loss, &one))
		return false;
	*due = timers_due(t, &t->armed, one);
	loss.segments = 2;
	if (t->several && model_loss_probe(rec, t->end->host, &loss, &several))
		due->lo_ns = timers_due(t, &t->armed, several).lo_ns;
	return true;
}

/* When the kernel sent it: trace saw that, or else it was when the tap saw the segment. */
static int64_t resend_ns(struct timers *t, const struct happening *h)
{
	int64_t t_ns = t->traced_ns;

	t->traced_ns = NEVER;
	return t_ns != NEVER && h->t_ns - t_ns <= t->exam->slack_ns ? t_ns : h->t_ns;
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

/* retrans_stamp: the first segment that was sent again, but by a loss probe. */
static void since_begins(struct timers *t, int64_t t_ns, const struct happening *h)
{
	if (!t->is_since)
		t->since.lo_ns = t_ns;
	if (!t->is_since || t->since_moves)
		t->since.hi_ns = h->t_ns;
	t->is_since = true;
	t->since_moves = false;
}

/* tcp_retransmit_timer() */
static void timed_out(struct timers *t, const struct happening *h)
{
	t->timeouts++;
	t->rto_ns = t->rto_next_ns ? t->rto_next_ns : rto_after_ns(t, h->t_ns);
	t->rto_next_ns = 0;
}

/* The same with some doublings taken back; one that had come to its maximum goes back by less. */
static struct span reverted_due(const struct timers *t, unsigned int reverts)
{
	struct span due = resend_due(t, t->rto_ns >> reverts);

	/* set anew for what is left, less a part of a tick */
	due.lo_ns -= model_tick_ns(t->exam->story->rec);
	if (t->rto_ns >= rto_max_ns(t))
		due.hi_ns = resend_due(t, t->rto_ns).hi_ns;
	return due;
}

unsigned int resend_reverts(const struct timers *t, int64_t t_ns)
{
	int64_t since_ns = t->armed.lo_ns > t->read_ns ? t->armed.lo_ns : t->read_ns;
	unsigned int most;

	if (!t->backed_off || t->request)
		return 0;
	most = icmp_reverts(t->exam, t->end, t->again_seq, since_ns - EXAMINE_SKEW_NS, t_ns);
	for (unsigned int reverts = 1; reverts <= most && reverts <= t->timeouts; reverts++) {
		struct span due = reverted_due(t, reverts);

		if (is_within(t_ns, &due))
			return reverts;
	}
	return 0;
}

/* What may have sent a segment again. */
struct resend {
	struct span due; /* of the retransmission timer */
	bool known; /* that */
	bool answer; /* to something that just came in */
	bool fits; /* in time for the retransmission timer */
	bool probes; /* in time for a loss probe */
	bool unclear; /* in time for neither, and which of them it was nobody knows */
	unsigned int reverts; /* of the RTO */
};

static struct resend resend_look(const struct timers *t, int64_t t_ns)
{
	/* a SYN that is hurried comes as soon as an answer would, and is none */
	struct resend resend = {
		.answer =
			!t->hurried && (t_ns - t->heard_ns <= t->exam->slack_ns ||
	                                icmp_came(t->exam, t->end, t_ns - t->exam->slack_ns, t_ns)),
	};
	struct span probe, next;

	resend.known = write_timer_due(t, &resend.due);
	if (!resend.known)
		return resend;
	resend.fits = is_within(t_ns, &resend.due);
	if (t->rto_next_ns) {
		next = resend_due(t, t->rto_next_ns);
		resend.fits |= is_within(t_ns, &next);
	}
	if (!resend.fits)
		resend.reverts = resend_reverts(t, t_ns);
	resend.fits |= resend.reverts != 0;
	if (loss_probe_due(t, &probe)) {
		resend.probes = is_within(t_ns, &probe);
		resend.unclear = !resend.answer && !resend.fits && !resend.probes;
	}
	return resend;
}

static void resend_count(struct timers *t, const struct resend *resend)
{
	if (resend->answer)
		t->maybe += resend->fits || resend->probes;
	else if (resend->unclear || (resend->probes && resend->fits))
		t->either++;
	else if (resend->probes)
		t->loss_probes++;
	else
		t->retransmits++;
}

/* Whether it was a time-out. */
static bool socket_resend(struct exam *exam, struct timers *t, const struct happening *h,
                          int64_t t_ns)
{
	struct resend resend = resend_look(t, t_ns);

	if (exam && resend.known && !resend.answer && !t->disturbed && !resend.probes &&
	    !resend.fits)
		complain_due(exam, t, t_ns, &t->armed, &resend.due, "sends again");
	if (exam)
		resend_count(t, &resend);
	if (!resend.probes)
		since_begins(t, t_ns, h);
	if (resend.unclear) {
		t->since_moves = true;
		t->rto_next_ns = rto_after_ns(t, h->t_ns); /* if it was a time-out */
	}
	if (resend.probes || resend.answer || resend.unclear)
		return false;
	t->rto_ns >>= resend.reverts;
	timed_out(t, h);
	return true;
}

static void timers_resend(struct exam *exam, struct timers *t, const struct happening *h)
{
	int64_t t_ns = resend_ns(t, h);
	bool backed_off = false;

	if (t->request)
		request_resend(exam, t, t_ns);
	else
		backed_off = socket_resend(exam, t, h, t_ns);
	t->may_probe = false;
	t->hurried = false;
	t->is_armed = false;
	t->again_seq = h->flight->packet->seq;
	timers_arm(t, t_ns, h->t_ns);
	t->backed_off = backed_off;
}

/* tcp_connect() sets retrans_stamp for the SYN. */
static void syn_departure(struct timers *t, const struct happening *h)
{
	if (!t->rto_ns)
		t->rto_ns = TIMEOUT_INIT_NS;
	t->since = (struct span){h->t_ns, h->t_ns};
	t->is_since = true;
	t->syn_sent = !(h->flight->packet->flags & TCP_FLAG_ACK);
	/* a request sock may have gone, and this is another's */
	t->timeouts = 0;
	t->is_armed = t->acked = false;
	t->answered_ns = NEVER;
}

void resend_departure(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	int64_t early_retrans = timers_sysctl_or(t, "net.ipv4.tcp_early_retrans", 0);
	bool syn = packet->flags & TCP_FLAG_SYN;

	t->several = h->several;
	if (segment_end(packet) != packet->seq && !(packet->flags & TCP_FLAG_RST))
		rto_track_sent(&t->rto, h->t_ns, h->again);
	if (h->again) {
		timers_resend(exam, t, h);
		return;
	}
	if (segment_end(packet) == packet->seq || (packet->flags & TCP_FLAG_RST))
		return;
	if (t->fast_open) /* tcp_rearm_rto() */
		return;
	if (syn)
		syn_departure(t, h);
	else
		request_over(t, h->t_ns);
	t->asked = false; /* its first SYN+ACK */
	t->fresh += t->is_armed; /* a loss probe may be of new data, tcp_send_loss_probe() */
	t->may_probe = !syn && t->end->sack && (early_retrans == 3 || early_retrans == 4);
	timers_arm(t, h->t_ns, h->t_ns);
}

/*
 * What acknowledges no SYN of ours is reset, and the SYN goes again very soon, unless it has
 * been sent again already: tcp_rcv_synsent_state_process() with TCP_TIMEOUT_MIN.
 */
static bool syn_is_hurried(const struct timers *t, const struct happening *h)
{
	return t->syn_sent && !t->timeouts && h->outstanding &&
	       (h->flight->packet->flags & TCP_FLAG_ACK);
}

void resend_arrival(struct timers *t, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;

	t->heard_ns = h->t_ns;
	t->syn_sent &= !(h->effects & (EFFECT_SYN | EFFECT_ACKS_SYN));
	t->asked |= (packet->flags & TCP_FLAG_SYN) != 0;
	if (!(h->effects & EFFECT_ACKS_NEW)) {
		if (syn_is_hurried(t, h)) {
			t->hurried = true;
			t->is_armed = false;
			timers_arm(t, h->t_ns, h->t_ns);
		}
		t->disturbed |= h->outstanding && (packet->flags & TCP_FLAG_ACK) && !packet->len &&
		                !(packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN));
		return;
	}
	rto_track_acked(&t->rto, h->t_ns, !h->outstanding);
	if (t->fast_open)
		request_over(t, h->t_ns);
	t->fast_open = false;
	if (t->request) { /* whether that makes a socket of it is seen by what follows */
		t->acked = true;
		return;
	}
	t->rto_moves = true;
	t->timeouts = 0;
	t->hurried = false;
	t->rto_next_ns = 0;
	t->disturbed = false;
	t->is_armed = false;
	t->is_since &= h->outstanding;
	t->since_moves = true; /* where all is in order again: tcp_try_to_open() */
	if (h->outstanding)
		timers_arm(t, h->t_ns, h->t_ns + t->exam->slack_ns);
}

/*
 * A time-out that the tap has not shown yet; in its midst the timer is off, the RTO doubled. A
 * reading that meets it is of two instants: inet_sk_diag_fill() takes the timer as it finds it,
 * and tcp_get_info() the RTO when the time-out has let go of the socket's lock. But for a time-out
 * and an ACK, which is seen, no RTO grows.
 */
static bool timed_out_unseen(const struct timers *t, const struct sample *sample)
{
	bool doubled = t->rto_ns && sample->rto_us * 1000LL > t->rto_ns;

	if (sample->timer == DIAG_TIMER_ON)
		return sample->retransmits > t->timeouts || (doubled && !t->rto_moves);
	/* SO_KEEPALIVE's timer runs beside it, and is told of where it does not: sk->sk_timer */
	return (sample->timer == DIAG_TIMER_NONE || sample->timer == DIAG_TIMER_KEEPALIVE) &&
	       doubled;
}

void resend_sample(struct timers *t, const struct event *event)
{
	const struct sample *sample = &event->sample;
	int64_t rto_ns = sample->rto_us * 1000LL;

	t->fast_open = is_fast_open_child(t->end, sample);
	if (sample->object == OBJECT_REQUEST || t->fast_open)
		t->request = true;
	else if (sample->object == OBJECT_NONE)
		request_gone(t, event->t_ns);
	else
		request_over(t, event->t_ns);
	if (sample->object != OBJECT_FULL || !rto_ns)
		return;
	rto_track_read(&t->rto, sample);
	if (t->is_armed && timed_out_unseen(t, sample)) {
		t->rto_next_ns = rto_ns; /* its segment is not on the tap yet */
		return;
	}
	/* the reading may have been made just before the time-out that this follows */
	if (t->backed_off && event->t_ns - t->armed.hi_ns < EXAMINE_SKEW_NS && rto_ns < t->rto_ns)
		return;
	t->rto_ns = rto_ns;
	t->read_ns = event->t_ns;
	t->rto_moves = false;
	t->rto_next_ns = 0;
	t->rtt_ns = sample->rtt_us * 1000LL;
}
