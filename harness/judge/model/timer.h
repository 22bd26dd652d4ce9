/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timer: when one timer of the kernel fires, as a span of time. */
#ifndef FINWAIT_JUDGE_MODEL_TIMER_H
#define FINWAIT_JUDGE_MODEL_TIMER_H

#include "../../record/record.h"

struct span {
	int64_t lo_ns, hi_ns;
	/*
	 * One timer of known length: how much of the span is the wheel's rounding, all of which
	 * occurs, by the moment at which the timer is armed. 0: it is not known how the span is
	 * filled. A second timer is armed when the first one's bucket is over, not at any moment.
	 */
	int64_t grain_ns;
};

/* One after the other. */
static inline struct span span_add(struct span a, struct span b)
{
	return (struct span){
		.lo_ns = a.lo_ns + b.lo_ns,
		.hi_ns = a.hi_ns + b.hi_ns,
		.grain_ns = !a.hi_ns   ? b.grain_ns
	                    : !b.hi_ns ? a.grain_ns
	                               : 0,
	};
}

static inline struct value span_value(struct span span)
{
	return (struct value){.kind = VALUE_TIME, .lo = span.lo_ns, .hi = span.hi_ns};
}

/*
 * When a timer of @delay_ns fires that the kernel of @rec armed at 0: rounded up to whole
 * ticks, then by the wheel (base/wheel.h), then late by at most the record's slack. A record
 * without HZ is taken for the slowest there is, which rounds most.
 */
struct span model_timer(const struct record *rec, int64_t delay_ns);

/*
 * The same cut to the @left_ns of a bound, which count as a tick when they are less:
 * tcp_clamp_rto_to_user_timeout(), tcp_clamp_probe0_to_user_timeout().
 */
struct span model_timer_within(const struct record *rec, int64_t delay_ns, int64_t left_ns);

/* Whether @rec tells the ticks a second of a kernel's timers. */
bool model_hz_known(const struct record *rec);

/* A tick of its timers; the slowest there is where the record does not tell. */
int64_t model_tick_ns(const struct record *rec);

/*
 * By how much a timer may seem early. It runs from jiffies, which one processor moves on in its
 * tick (tick_do_update_jiffies64()); while that tick is late they are behind, for all others too,
 * and what is set then fires as much too early. A late tick is told from the second on that is
 * due (step/late.c), and by LATE_FLOOR_NS: what is less hides, up to the record's slack. In
 * virtual time none is late.
 */
int64_t model_tick_hides_ns(const struct record *rec);

/* The sysctl @name of @host; false: the record has none, or what no kernel's int can be. */
bool model_sysctl(const struct record *rec, enum side host, const char *name, int64_t *value);

/* The sysctl @name of @host, or @otherwise where the record has none. */
int64_t model_sysctl_or(const struct record *rec, enum side host, const char *name,
                        int64_t otherwise);

/*
 * Whether the kernel is of that release or a later one: for what nothing but its effect shows.
 * A name that is no release counts as the latest.
 */
bool model_kernel_since(const struct record *rec, int major, int minor);

/* The longest that a timer may be backed off to: tcp_rto_max_ms where the kernel has it. */
int64_t model_rto_max_ns(const struct record *rec, enum side host);

#endif
