// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_timer_probe: the two timers that send a number the peer has already, and wait for
 * what it says to that: SO_KEEPALIVE's and that of a closed window.
 *
 * tcp_keepalive_timer() fires after keepalive_time_when(), finds out how long ago the peer was
 * heard, and sets itself for what is left of that; it sends a probe when nothing is, and then
 * one after each keepalive_intvl_when(). While data is outstanding or waits it sends nothing.
 *
 * tcp_probe_timer() runs while data waits, nothing is outstanding and the window is closed:
 * from when the window closed, or from when the data came (tcp_check_probe_timer()), then from
 * each probe and from each answer (tcp_ack_probe()).
 */
#include <stdlib.h>
#include <string.h>

#include "examine_timer.h"

/* The value of "NAME VALUE"; 0.1.0 wrote SO_KEEPALIVE without one, and meant 1. */
static bool option_is(const struct event *event, const char *name, int64_t *value)
{
	const char *args = event->call.args;
	size_t length = strlen(name);

	if (strncmp(args, name, length) != 0 || (args[length] != ' ' && args[length]))
		return false;
	*value = args[length] ? strtoll(args + length, NULL, 10) : 1;
	return true;
}

static void keepalive_start(struct timers *t, int64_t t_ns, int64_t delay_ns)
{
	t->keepalive_set_ns = t_ns;
	t->keepalive_after = model_timer(t->exam->story->rec, delay_ns);
}

/* keepalive_time_when() and its like; false: they are not known. */
static bool keepalive_rules(const struct timers *t, struct keepalive *rules)
{
	return !t->options_unknown &&
	       model_keepalive_rules(t->exam->story->rec, t->end->host, &t->own, rules);
}

/*
 * SO_KEEPALIVE: tcp_set_keepalive(), which leaves a timer that runs as it is and does not
 * start one before the SYN, in CLOSE.
 */
static void keepalive_switch(struct timers *t, int64_t t_ns, bool on)
{
	struct keepalive rules;

	if (on && !t->keepalive && t->begun && keepalive_rules(t, &rules))
		keepalive_start(t, t_ns, rules.time_s * NS_PER_S);
	if (!on)
		t->keepalive_set_ns = NEVER;
	t->keepalive = on;
}

/* TCP_KEEPIDLE sets a timer that runs for what is left: tcp_sock_set_keepidle_locked(). */
static void keepalive_idle(struct timers *t, int64_t t_ns)
{
	int64_t left_ns = t->own.time_s * NS_PER_S;

	if (!t->keepalive || t->keepalive_set_ns == NEVER)
		return;
	if (t->alive_ns != NEVER)
		left_ns -= t_ns - t->alive_ns;
	keepalive_start(t, t_ns, left_ns > 0 ? left_ns : 0);
	t->keepalive_after.lo_ns -= model_tick_ns(t->exam->story->rec); /* it counts whole ones */
}

static void options_take(struct timers *t, const struct event *event)
{
	int64_t value;

	if (strcmp(event->call.name, "setsockopt") != 0 || event->call.err)
		return;
	if (option_is(event, "SO_KEEPALIVE", &value)) {
		keepalive_switch(t, event->t_ns, value != 0);
	} else if (option_is(event, "TCP_KEEPIDLE", &value)) {
		t->own.time_s = value;
		keepalive_idle(t, event->t_ns);
	} else if (option_is(event, "TCP_KEEPINTVL", &value)) {
		t->own.intvl_s = value;
	} else if (option_is(event, "TCP_KEEPCNT", &value)) {
		t->own.probes = value;
	} else if (option_is(event, "TCP_USER_TIMEOUT", &value)) {
		t->own.user_timeout_ms = value;
	} else if (option_is(event, "TCP_LINGER2", &value)) {
		t->linger2_s = value;
	} else if (option_is(event, "TCP_DEFER_ACCEPT", &value)) {
		t->defer_accept_s = value;
	}
}

/* The last acknowledgement is in: data that comes to wait now starts the timer. */
void probe_call(struct timers *t, const struct happening *h)
{
	options_take(t, h->event);
	if (t->window_closed && h->unsent && !t->unsent && !t->outstanding)
		t->window_set = (struct span){h->t_ns, h->t_ns + t->exam->slack_ns};
}

/* Whether a listener is at another port than the one that @packet came to. */
static bool listens_elsewhere(const struct exam *exam, const struct end *listener,
                              const struct packet *packet)
{
	struct endpoint at;

	for (size_t i = 0; i < listener->count; i++) {
		exam_look(exam);
		if (is_call(&listener->items[i], "bind"))
			return !endpoint_parse(listener->items[i].event->call.args, &at) &&
			       at.port && at.port != packet->dst.port;
	}
	return false;
}

/* inet_csk_clone_lock(): a child has what its listener was given before. */
static void options_inherit(struct timers *t, const struct happening *h)
{
	const struct exam *exam = t->exam;
	unsigned int listeners = 0, options = 0;

	for (size_t i = 0; i < exam->listener_count; i++) {
		const struct end *end = exam->listeners[i];
		unsigned int left = end->options;

		exam_look(exam);
		if (end->host != t->end->host || listens_elsewhere(exam, end, h->flight->packet))
			continue;
		listeners++;
		options += end->options;
		for (size_t j = 0; left && end->items[j].t_ns < h->t_ns; j++) {
			exam_look(exam);
			if (!is_call(&end->items[j], "setsockopt"))
				continue;
			options_take(t, end->items[j].event);
			left--;
		}
	}
	t->options_unknown = options && listeners > 1;
}

/*
 * The timer of an option that was set before: tcp_finish_connect() starts it, and
 * tcp_create_openreq_child(); what ends a simultaneous open does not.
 */
static void connection_begins(struct timers *t, const struct happening *h)
{
	struct keepalive rules;

	if (t->keepalives) /* it is there: every ACK completes a handshake before the first byte */
		return;
	if (t->passive)
		options_inherit(t, h);
	else if (!(h->effects & EFFECT_SYN))
		return;
	if (t->keepalive && keepalive_rules(t, &rules))
		keepalive_start(t, h->t_ns, rules.time_s * NS_PER_S);
}

/* tcp_sequence(): what has no number that is still awaited is answered, and no more. */
static bool is_stale_probe(const struct timers *t, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;

	return t->end->complete && segment_end(packet) == packet->seq &&
	       seq_before(packet->seq, h->rcv_nxt);
}

static void window_arrival(struct timers *t, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;

	t->window_closed = !(packet->flags & (TCP_FLAG_SYN | TCP_FLAG_RST)) && !packet->window;
	if (!t->window_closed || (h->effects & EFFECT_ACKS_NEW))
		t->window_backoff = 0; /* icsk_backoff */
	t->window_set = (struct span){h->t_ns, h->t_ns + t->exam->slack_ns};
}

void probe_arrival(struct timers *t, const struct happening *h)
{
	if (h->effects & EFFECT_ACKS_SYN)
		connection_begins(t, h);
	if (is_stale_probe(t, h))
		return;
	t->alive_ns = h->t_ns;
	t->keepalive_unanswered = 0;
	window_arrival(t, h);
}

bool window_is_probed(const struct timers *t)
{
	return t->window_closed && t->unsent && !t->outstanding;
}

bool window_probe_due(const struct timers *t, struct span *due)
{
	const struct record *rec = t->exam->story->rec;
	int64_t delay_ns =
		model_persist_timeout_ns(rec, t->end->host, t->rto_ns, t->window_backoff);

	if (!window_is_probed(t) || !t->rto_ns || t->rto_moves)
		return false;
	if (t->window_backoff) /* the first is not cut short, icsk_probes_tstamp */
		*due = timers_due_within(t, &t->window_set, delay_ns, &t->window_since);
	else
		*due = timers_due(t, &t->window_set, model_timer(rec, delay_ns));
	return true;
}

bool keepalive_due(const struct timers *t, struct span *due)
{
	const struct record *rec = t->exam->story->rec;
	const struct span set = {t->keepalive_set_ns, t->keepalive_set_ns};
	const struct span alive = {t->alive_ns, t->alive_ns};
	struct span idle, left;
	struct keepalive rules;

	if (t->keepalive_set_ns == NEVER || t->unsent || t->outstanding ||
	    !keepalive_rules(t, &rules))
		return false;
	*due = timers_due(t, &set, t->keepalive_after);
	if (t->alive_ns == NEVER || t->alive_ns <= t->keepalive_set_ns)
		return true;
	/* it ran off before and was set for what was left */
	idle = model_timer(rec, rules.time_s * NS_PER_S);
	left = timers_due(t, &alive, idle);
	left.lo_ns -= model_tick_ns(rec);
	left.hi_ns += idle.hi_ns - idle.lo_ns;
	if (due->lo_ns < left.lo_ns)
		due->lo_ns = left.lo_ns;
	if (due->hi_ns < left.hi_ns)
		due->hi_ns = left.hi_ns;
	return true;
}

/* The peer was silent for so long that TCP_USER_TIMEOUT ends it; near that it may be either. */
static bool is_over(const struct timers *t, const struct keepalive *rules, int64_t silent_ns)
{
	if (!rules->user_timeout_ms)
		return t->keepalive_unanswered >= rules->probes;
	return t->keepalive_unanswered && silent_ns >= rules->user_timeout_ms * NS_PER_MS;
}

/* tcp_keepalive_timer(): whether it has to give up at @t_ns, and whether it may. */
static void keepalive_ends(const struct timers *t, const struct keepalive *rules, int64_t t_ns,
                           bool *must, bool *may)
{
	int64_t silent_ns = t->alive_ns == NEVER ? INT64_MAX / 2 : t_ns - t->alive_ns;
	int64_t grain_ns = model_tick_ns(t->exam->story->rec) + t->exam->slack_ns;

	*must = is_over(t, rules, silent_ns - grain_ns);
	*may = is_over(t, rules, silent_ns + grain_ns);
}

static void complain_count(struct exam *exam, const struct timers *t, int64_t t_ns,
                           const char *what)
{
	const struct ground ground = {.t_ns = t_ns, .rests_on = RESTS(OBSERVER_TAP)};
	char where[WHERE_SIZE];

	complain(exam, &ground, "%s %s at %.3f s, after %u keepalive probes",
	         end_name(t->end, where), what, (double)t_ns / NS_PER_S, t->keepalive_unanswered);
}

void keepalive_gives_up(struct exam *exam, const struct timers *t, int64_t t_ns)
{
	const struct span set = {t->keepalive_set_ns, t->keepalive_set_ns};
	struct keepalive rules;
	struct span due;
	bool must, may;

	if (!keepalive_due(t, &due) || !keepalive_rules(t, &rules))
		return;
	keepalive_ends(t, &rules, t_ns, &must, &may);
	if (!is_within(t_ns, &due))
		complain_due(exam, t, t_ns, &set, &due, "gives up by keepalive");
	else if (!may)
		complain_count(exam, t, t_ns, "gives up too soon");
}

static void keepalive_departure(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct span set = {t->keepalive_set_ns, t->keepalive_set_ns};
	struct keepalive rules;
	struct span due;
	bool must, may, known = keepalive_due(t, &due) && keepalive_rules(t, &rules);

	if (exam && known) {
		keepalive_ends(t, &rules, h->t_ns, &must, &may);
		if (!is_within(h->t_ns, &due))
			complain_due(exam, t, h->t_ns, &set, &due, "sends a keepalive probe");
		else if (must)
			complain_count(exam, t, h->t_ns, "does not give up");
	}
	t->keepalives++;
	t->keepalive_unanswered++;
	if (known)
		keepalive_start(t, h->t_ns, rules.intvl_s * NS_PER_S);
}

static void window_departure(struct exam *exam, struct timers *t, const struct happening *h)
{
	struct span due;

	if (exam && window_probe_due(t, &due) && !is_within(h->t_ns, &due))
		complain_due(exam, t, h->t_ns, &t->window_set, &due, "sends a window probe");
	if (!t->window_backoff)
		t->window_since = (struct span){h->t_ns, h->t_ns};
	t->window_probes++;
	t->window_backoff++;
	t->window_set = (struct span){h->t_ns, h->t_ns};
}

void probe_departure(struct exam *exam, struct timers *t, const struct happening *h)
{
	const struct ground ground = {.t_ns = h->t_ns, .rests_on = RESTS(OBSERVER_TAP)};
	char text[SEGMENT_SIZE];

	if (window_is_probed(t)) {
		window_departure(exam, t, h);
		return;
	}
	if (exam && !t->keepalive && !t->options_unknown)
		complain(exam, &ground, "%s: a probe, without SO_KEEPALIVE or a closed window",
		         segment_text(t->end, h, text));
	keepalive_departure(exam, t, h);
}
