// SPDX-License-Identifier: GPL-2.0-or-later
/* scale: numbers as pixels. Whole numbers throughout, so that each machine draws the same. */
#include "plot.h"

#define LOG_FROM 30 /* greatest to least: from here on by the logarithm */
#define ZERO_PIXELS 30 /* between what is not above 0 and the least that is */
#define TICKS 4
#define FRACTION_BITS 16

/* The binary logarithm of @value > 0, with FRACTION_BITS behind the point. */
static int64_t log2_fixed(int64_t value)
{
	unsigned int whole = 63U - (unsigned int)__builtin_clzll((unsigned long long)value);
	/* from 1 to 2, with 31 bits behind the point: squares have room */
	uint64_t rest =
		whole > 31 ? (uint64_t)value >> (whole - 31) : (uint64_t)value << (31 - whole);
	int64_t log = whole;

	for (int i = 0; i < FRACTION_BITS; i++) {
		rest = rest * rest >> 31;
		log <<= 1;
		if (rest >= 1ULL << 32) {
			rest >>= 1;
			log |= 1;
		}
	}
	return log;
}

struct scale scale_over(int64_t lo, int64_t least_positive, int64_t hi, int from, int to)
{
	struct scale scale = {.lo = lo, .hi = hi > lo ? hi : lo + 1, .from = from, .to = to};

	if (lo < 0 || least_positive <= 0 || hi / LOG_FROM < least_positive)
		return scale;
	scale.by_log = true;
	scale.zero = from;
	scale.lo = least_positive;
	if (!lo)
		scale.from += to > from ? ZERO_PIXELS : -ZERO_PIXELS;
	return scale;
}

int scale_at(const struct scale *scale, int64_t value)
{
	int64_t part, whole;

	if (scale->by_log && value <= 0)
		return scale->zero;
	value = value < scale->lo ? scale->lo : value > scale->hi ? scale->hi : value;
	if (scale->by_log) {
		part = log2_fixed(value) - log2_fixed(scale->lo);
		whole = log2_fixed(scale->hi) - log2_fixed(scale->lo);
	} else {
		part = value - scale->lo;
		whole = scale->hi - scale->lo;
	}
	for (; whole > INT64_MAX >> 16; whole >>= 1)
		part >>= 1;
	return scale->from + (int)((scale->to - scale->from) * part / whole);
}

/* 1, 2 or 5 times a power of ten, not below @least. */
static int64_t round_step(int64_t least)
{
	int64_t power = 1;

	while (power <= least / 10)
		power *= 10;
	return least <= power       ? power
	       : least <= 2 * power ? 2 * power
	       : least <= 5 * power ? 5 * power
	                            : 10 * power;
}

int64_t scale_tick_after(const struct scale *scale, int64_t value)
{
	int64_t step, tick;

	if (value >= scale->hi)
		return INT64_MAX;
	if (scale->by_log) {
		for (tick = 1; tick <= value || tick < scale->lo;) {
			if (tick > INT64_MAX / 10)
				return INT64_MAX;
			tick *= 10;
		}
	} else {
		step = round_step((scale->hi - scale->lo + TICKS - 1) / TICKS);
		tick = value < 0 ? -(-value / step) * step : (value / step + 1) * step;
		if (tick <= value)
			tick += step;
	}
	return tick <= scale->hi ? tick : INT64_MAX;
}
