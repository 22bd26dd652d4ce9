// SPDX-License-Identifier: GPL-2.0-or-later
/* What sock_diag read. */
#include "mutations_parts.h"

static bool is_sample(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_SAMPLE && event->sock[0] != 'l' &&
	       event->sample.object != OBJECT_NONE;
}

static bool is_full(const struct record *rec, const struct event *event)
{
	return is_sample(rec, event) && event->sample.object == OBJECT_FULL;
}

#define SAMPLE(name, fits, statement)                                                              \
	static void name##_set(struct record *rec, struct event *event)                            \
	{                                                                                          \
		struct sample *sample = &event->sample;                                            \
		(void)rec;                                                                         \
		(void)sample;                                                                      \
		statement;                                                                         \
	}                                                                                          \
	static bool name(struct record *rec, uint64_t seed)                                        \
	{                                                                                          \
		return change(rec, seed, fits, name##_set);                                        \
	}

static bool is_not_close_wait(const struct record *rec, const struct event *event)
{
	return is_full(rec, event) && event->sample.state != STATE_CLOSE_WAIT;
}

static bool has_timer(const struct record *rec, const struct event *event)
{
	return is_full(rec, event) && event->sample.timer == DIAG_TIMER_ON;
}

SAMPLE(sample_close_wait, is_not_close_wait, sample->state = STATE_CLOSE_WAIT)
SAMPLE(sample_gone, is_sample, *sample = (struct sample){.gap_ns = sample->gap_ns})
SAMPLE(sample_unacked, is_full, sample->unacked = !sample->unacked)
SAMPLE(sample_retransmits, has_timer, sample->retransmits += 2)
SAMPLE(sample_cookie, is_sample, sample->cookie += 1)
SAMPLE(sample_orphan, is_full, sample->orphan = !sample->orphan)
SAMPLE(sample_expires, has_timer, sample->expires_ms *= 10)
SAMPLE(sample_rto, has_timer, sample->rto_us /= 2)
SAMPLE(sample_timer, is_sample,
       sample->timer = sample->timer == DIAG_TIMER_TIMEWAIT ? DIAG_TIMER_NONE : DIAG_TIMER_TIMEWAIT)
SAMPLE(sample_object, is_sample,
       sample->object = sample->object == OBJECT_FULL ? OBJECT_REQUEST : OBJECT_FULL)
SAMPLE(sample_later, is_sample, event->t_ns += NS_PER_S)

static bool sample_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_sample, drop);
}

const struct mutation sample_mutations[] = {
	{"sample_close_wait", sample_close_wait, NULL},
	{"sample_gone", sample_gone, NULL},
	{"sample_unacked", sample_unacked, NULL},
	{"sample_retransmits", sample_retransmits, NULL},
	{"sample_cookie", sample_cookie, NULL},
	{"sample_orphan", sample_orphan, NULL},
	{"sample_expires", sample_expires, NULL},
	{"sample_rto", sample_rto, NULL},
	{"sample_timer", sample_timer, NULL},
	{"sample_object", sample_object, NULL},
	{"sample_later", sample_later, NULL},
	{"sample_drop", sample_drop,
         "sock_diag is read now and then: a reading that is missing is one not made"},
	{NULL, NULL, NULL},
};
