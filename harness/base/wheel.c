// SPDX-License-Identifier: GPL-2.0-or-later
#include "wheel.h"

#include "clock.h"

/* LVL_CLK_SHIFT and LVL_SIZE */
#define LEVEL_SHIFT 3
#define LEVEL_SIZE 64

/* LVL_DEPTH */
static int wheel_levels(int hz)
{
	return hz > 100 ? 9 : 8;
}

/* LVL_START(level): what level @level - 1 no longer reaches. */
static int64_t level_start(int level)
{
	return (int64_t)(LEVEL_SIZE - 1) << ((level - 1) * LEVEL_SHIFT);
}

/* LVL_GRAN(level) */
static int64_t level_granularity(int level)
{
	return 1LL << (level * LEVEL_SHIFT);
}

int64_t wheel_ticks(int hz, int64_t ns)
{
	/* in two parts: a timer of years times HZ does not fit */
	return ns / NS_PER_S * hz + (ns % NS_PER_S * hz + NS_PER_S - 1) / NS_PER_S;
}

int64_t wheel_ticks_ns(int hz, int64_t ticks)
{
	return ticks / hz * NS_PER_S + ticks % hz * NS_PER_S / hz;
}

int64_t wheel_granularity(int hz, int64_t ticks)
{
	int level = 0;

	while (level + 1 < wheel_levels(hz) && ticks >= level_start(level + 1))
		level++;
	return level_granularity(level);
}

int64_t wheel_granularity_ns(int hz, int64_t delay_ns)
{
	return wheel_ticks_ns(hz, wheel_granularity(hz, wheel_ticks(hz, delay_ns)));
}

int64_t wheel_capped(int hz, int64_t ticks)
{
	int levels = wheel_levels(hz);
	int64_t cutoff = level_start(levels); /* WHEEL_TIMEOUT_CUTOFF */

	return ticks < cutoff ? ticks : cutoff - level_granularity(levels - 1);
}
