/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wheel: what the model's tests share. A wheel of the kernel's own algorithm, in miniature,
 * and records made by hand.
 */
#ifndef FINWAIT_TESTS_UNIT_WHEEL_H
#define FINWAIT_TESTS_UNIT_WHEEL_H

#include "../../harness/base/slack.h"
#include "../../harness/judge/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const int all_hz[] = {100, 250, 300, 1000};
#define HZ_COUNT (sizeof(all_hz) / sizeof(all_hz[0]))

/* ---- kernel/time/timer.c, calc_wheel_index() and calc_index(), in miniature ---- */

#define LVL_CLK_SHIFT 3
#define LVL_SIZE 64UL
#define LVL_DEPTH 9

/* The jiffy at which a timer that is to expire at @expires does, on a wheel at @clk. */
static inline unsigned long wheel_bucket_expiry(unsigned long expires, unsigned long clk)
{
	unsigned long delta = expires - clk;
	int level = 0;

	/* LVL_START(level + 1), then LVL_SHIFT(level) */
	while (level < LVL_DEPTH - 1 && delta >= (LVL_SIZE - 1) << (level * LVL_CLK_SHIFT))
		level++;
	return ((expires >> (level * LVL_CLK_SHIFT)) + 1) << (level * LVL_CLK_SHIFT);
}

/* The least and the most ticks from now to the expiry, over every position of the wheel. */
static inline void wheel_extremes(unsigned long ticks, unsigned long *least, unsigned long *most)
{
	*least = ~0UL;
	*most = 0;
	for (unsigned long now = 1UL << 20; now < (1UL << 20) + (1UL << 15); now++)
		for (unsigned long behind = 0; behind < 2; behind++) {
			unsigned long after = wheel_bucket_expiry(now + ticks, now - behind) - now;

			*least = after < *least ? after : *least;
			*most = after > *most ? after : *most;
		}
}

static inline unsigned long ms_to_ticks(int hz, int64_t ms) /* msecs_to_jiffies() rounds up */
{
	return (unsigned long)((ms * hz + 999) / 1000);
}

static inline int64_t ticks_to_ns(int hz, unsigned long ticks)
{
	return (int64_t)ticks * NS_PER_S / hz;
}

/* The latest end of a timer of @ms, the machine's own lateness included. */
static inline int64_t wheel_latest_ns(int hz, int64_t ms)
{
	unsigned long least, most;

	wheel_extremes(ms_to_ticks(hz, ms), &least, &most);
	return ticks_to_ns(hz, most) + SLACK_MS * NS_PER_MS;
}

static inline struct record *record_at(int hz)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	rec->run.hz = hz;
	return rec;
}

static inline void sysctl_is(struct record *rec, enum side side, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	assert_int_equal(settings_put(&rec->sysctls[side], name, text), 0);
}

#endif
