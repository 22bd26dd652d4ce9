// SPDX-License-Identifier: GPL-2.0-or-later
#include "phase.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "wheel.h"

/*
 * Phases lie within one grain of the timer wheel's level that the longest timer of the probes
 * goes into: tcp_keepalive_time, 131 s at 250 Hz. The grains of shorter timers are an eighth
 * of that, an eighth of an eighth and so on, and phases must lie evenly in each of them too.
 * Multiples of this ratio do: taken modulo 1, and modulo 1 of 8, 64, 512 and 4096 times as
 * much, 3 to 33 of them leave no gap of twice the even one. The golden ratio's leave gaps of
 * five times that in the smaller grains.
 */
#define LONGEST_TIMER_NS (7200 * NS_PER_S)
#define PHASE_RATIO 0.27847406833077215

int64_t phase_delay_ns(int hz, unsigned int index)
{
	double turns = index * PHASE_RATIO;
	int64_t span_ns = wheel_granularity_ns(hz, LONGEST_TIMER_NS);

	return (int64_t)((turns - (double)(int64_t)turns) * (double)span_ns);
}

static int compare_ns(const void *a, const void *b)
{
	int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

	return (first > second) - (first < second);
}

int phase_gap(int hz, unsigned int count, int64_t grain_ns, int64_t *gap_ns)
{
	int64_t *at = calloc(count + 1, sizeof(*at)), widest = 0;

	if (!at)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		at[i] = phase_delay_ns(hz, i) % grain_ns;
	qsort(at, count, sizeof(*at), compare_ns);
	at[count] = at[0] + grain_ns; /* the next round's first */
	for (unsigned int i = 0; i < count; i++)
		widest = at[i + 1] - at[i] > widest ? at[i + 1] - at[i] : widest;
	free(at);
	*gap_ns = widest;
	return 0;
}
