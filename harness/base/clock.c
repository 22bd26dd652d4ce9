// SPDX-License-Identifier: GPL-2.0-or-later
#include "clock.h"

#include <time.h>

enum { OFFSET_READINGS = 256 };

/* Of one process, which is single-threaded; a fork inherits a good value. */
static struct {
	int64_t real_minus_mono_ns;
	int64_t taken_ns; /* CLOCK_MONOTONIC; 0: never */
} offset;

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return 0; /* EINVAL and EFAULT, neither of which these callers can cause */
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t clock_mono_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t clock_tick_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_COARSE);
}

/*
 * The true difference lies within half the width of a reading, whatever
 * interrupted it, so that the narrowest of many is the best.
 */
static void offset_measure(void)
{
	int64_t narrowest_ns = INT64_MAX;

	for (int i = 0; i < OFFSET_READINGS; i++) {
		int64_t before_ns = clock_ns(CLOCK_MONOTONIC);
		int64_t real_ns = clock_ns(CLOCK_REALTIME);
		int64_t after_ns = clock_ns(CLOCK_MONOTONIC);
		int64_t width_ns = after_ns - before_ns;

		if (width_ns >= narrowest_ns)
			continue;
		narrowest_ns = width_ns;
		offset.real_minus_mono_ns = real_ns - (before_ns + width_ns / 2);
	}
	offset.taken_ns = clock_mono_ns();
}

int64_t clock_real_to_mono_ns(int64_t real_ns)
{
	if (offset.taken_ns == 0 || clock_mono_ns() - offset.taken_ns > NS_PER_S)
		offset_measure();
	return real_ns - offset.real_minus_mono_ns;
}

int clock_hz(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_nsec <= 0)
		return 100; /* the kernel's smallest */
	return (int)((NS_PER_S + tick.tv_nsec / 2) / tick.tv_nsec);
}
