// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_timer_request: the timer of a request sock, reqsk_timer_handler().
 *
 * It counts its own time-outs from 1 s on, and goes on when the third ACK has come in and left
 * the request as it is: because the accept queue is full, or because TCP_DEFER_ACCEPT waits
 * for data. In the second case it is silent up to the last time-out of the deferral
 * (syn_ack_recalc()).
 */
#include "examine_timer.h"

/* Up to which time-out nothing is sent. */
static unsigned int silent_until(const struct timers *t)
{
	int64_t deferred = model_defer_accept_timeouts(t->defer_accept_s);

	return t->acked && deferred ? (unsigned int)deferred - 1 : 0;
}

static struct span request_timer(const struct timers *t, unsigned int timeouts)
{
	const struct record *rec = t->exam->story->rec;

	return model_timer(rec, model_synack_timeout_ns(rec, t->end->host, timeouts));
}

bool request_due(const struct timers *t, struct span *due)
{
	unsigned int timeouts = t->timeouts, silent = silent_until(t);
	struct span after;

	if (!t->is_armed || (t->acked && t->options_unknown))
		return false;
	for (after = request_timer(t, timeouts); timeouts < silent; timeouts++)
		after = span_add(after, request_timer(t, timeouts + 1));
	*due = timers_due(t, &t->armed, after);
	return true;
}

void request_silence(struct timers *t, int64_t t_ns)
{
	unsigned int silent = silent_until(t);
	struct span after = {0}, due;

	for (; t->is_armed && t->timeouts < silent; t->timeouts++) {
		after = span_add(after, request_timer(t, t->timeouts));
		due = timers_due(t, &t->armed, after);
		if (due.lo_ns > t_ns)
			return;
		t->silent_lo += due.hi_ns < t_ns;
		t->silent_hi++;
	}
}

/*
 * It answers each SYN once and sets its timer anew (tcp_check_req()), with the time-outs it
 * has counted so far. Where SYN and time-out coincide two SYN+ACKs leave: the one too many is
 * the timer's, and was due before the SYN set it anew.
 */
void request_resend(struct exam *exam, struct timers *t, int64_t t_ns)
{
	struct span due;
	bool known = request_due(t, &due), fits;

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
		complain_due(exam, t, t_ns, &t->armed, &due, "sends again");
	t->answered_ns = NEVER;
	request_silence(t, t_ns);
	t->timeouts++;
}

void request_gone(struct timers *t, int64_t t_ns)
{
	request_silence(t, t_ns);
	t->acked = false;
}

void request_over(struct timers *t, int64_t t_ns)
{
	if (!t->request)
		return;
	request_gone(t, t_ns);
	t->request = t->is_armed = t->is_since = false;
	t->timeouts = 0;
}

void request_mini(struct exam *exam, struct timers *t, const struct event *event)
{
	struct span due;

	if (event->mini.change == MINI_ACCEPTED) {
		request_over(t, event->t_ns);
		return;
	}
	t->request = true;
	if (exam && event->mini.change == MINI_EXPIRED && request_due(t, &due) &&
	    !is_within(event->t_ns, &due))
		complain_due(exam, t, event->t_ns, &t->armed, &due, "gives up a request");
	if (event->mini.change == MINI_GONE || event->mini.change == MINI_EXPIRED)
		request_gone(t, event->t_ns);
}
