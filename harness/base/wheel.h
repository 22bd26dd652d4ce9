/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wheel: how the kernel's timer wheel rounds a timer (kernel/time/timer.c).
 *
 * The wheel has levels of 64 buckets. A bucket of level n spans 8^n ticks, and a timer
 * goes into the lowest level that reaches as far as it wants: level 0 below 63 ticks,
 * 1 below 504, 2 below 4032, ... It fires when its bucket's span has passed, so up to
 * 8^n ticks late and never early, unless it wants more than the wheel can hold.
 */
#ifndef FINWAIT_BASE_WHEEL_H
#define FINWAIT_BASE_WHEEL_H

#include <stdint.h>

/* Nanoseconds in ticks of 1/@hz, rounded up as msecs_to_jiffies() does; and back. */
int64_t wheel_ticks(int hz, int64_t ns);
int64_t wheel_ticks_ns(int hz, int64_t ticks);

/* How many ticks a bucket spans that a timer of @ticks goes into: LVL_GRAN() of its level. */
int64_t wheel_granularity(int hz, int64_t ticks);

/* The same for a timer of @delay_ns, in nanoseconds. */
int64_t wheel_granularity_ns(int hz, int64_t delay_ns);

/*
 * What becomes of a timer of @ticks: calc_wheel_index() cuts one that lies beyond the
 * last level to WHEEL_TIMEOUT_MAX (48 days at 250 Hz), so that it fires early.
 */
int64_t wheel_capped(int hz, int64_t ticks);

#endif
