// SPDX-License-Identifier: GPL-2.0-or-later
#include "chance.h"

#include <stdlib.h>

/* The first count from @at on, in steps of @step, before which no more than @most lies. */
static int64_t tail_end(const double *weights, int64_t at, int64_t step, double most)
{
	double sum = 0;

	while ((sum += weights[at]) <= most)
		at += step;
	return at;
}

struct value chance_range(const double *weights, size_t size, double doubt)
{
	double total = 0;

	for (size_t i = 0; i < size; i++)
		total += weights[i];
	if (total <= 0)
		return (struct value){0};
	return (struct value){
		.kind = VALUE_COUNT,
		.lo = tail_end(weights, 0, 1, total * doubt / 2),
		.hi = tail_end(weights, (int64_t)size - 1, -1, total * doubt / 2),
	};
}

/*
 * From the likeliest count outwards by the ratio of neighbours, so that nothing overflows and
 * what is too small to be a number is too small to matter.
 */
struct value chance_binomial(int64_t trials, double chance, double doubt)
{
	const int64_t likeliest = (int64_t)((double)(trials + 1) * chance);
	const int64_t mode = likeliest > trials ? trials : likeliest;
	struct value range = {.kind = VALUE_COUNT};
	double *weights;

	if (chance <= 0 || chance >= 1) {
		range.lo = range.hi = chance <= 0 ? 0 : trials;
		return range;
	}
	weights = calloc((size_t)trials + 1, sizeof(*weights));
	if (!weights)
		return (struct value){0};
	weights[mode] = 1;
	for (int64_t k = mode; k < trials; k++)
		weights[k + 1] =
			weights[k] * (double)(trials - k) / (double)(k + 1) * chance / (1 - chance);
	for (int64_t k = mode; k > 0; k--)
		weights[k - 1] =
			weights[k] * (double)k / (double)(trials - k + 1) * (1 - chance) / chance;
	range = chance_range(weights, (size_t)trials + 1, doubt);
	free(weights);
	return range;
}
