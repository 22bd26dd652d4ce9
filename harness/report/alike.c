// SPDX-License-Identifier: GPL-2.0-or-later
/* alike: when two measured values are the same. */
#include <string.h>

#include "../base/wheel.h"
#include "alike.h"

#define HZ_UNKNOWN 100 /* the slowest there is */
#define RTO_MIN_NS (200 * NS_PER_MS)

struct diff_rule diff_rule_for(const struct record *a, const struct record *b, int64_t slack_ns)
{
	return (struct diff_rule){
		.hz = {a->run.hz > 0 ? a->run.hz : HZ_UNKNOWN,
	               b->run.hz > 0 ? b->run.hz : HZ_UNKNOWN},
		.slack_ns = slack_ns,
	};
}

static int64_t wheel_rounding_ns(int hz, int64_t ns)
{
	int64_t tick_ns = NS_PER_S / hz;

	return wheel_granularity(hz, ns / tick_ns + 1) * tick_ns;
}

/*
 * Which wheel rounds more is not a matter of the slower HZ alone: 6.4 s are 1600 ticks and
 * rounded to 64 (256 ms) at HZ 250, but 6400 and rounded to 512 (512 ms) at HZ 1000. Besides, a
 * time-out is a whole number of ticks, and RTOs double from a first one of 200 ms or more.
 */
int64_t diff_tolerance_ns(const struct diff_rule *rule, int64_t ns)
{
	int hz = rule->hz[0] < rule->hz[1] ? rule->hz[0] : rule->hz[1];
	int64_t a = wheel_rounding_ns(rule->hz[0], ns), b = wheel_rounding_ns(rule->hz[1], ns);

	return (a > b ? a : b) + (1 + ns / RTO_MIN_NS) * (NS_PER_S / hz) + rule->slack_ns;
}

bool times_alike(const struct diff_rule *rule, int64_t a_ns, int64_t b_ns)
{
	int64_t less = a_ns < b_ns ? a_ns : b_ns, more = a_ns < b_ns ? b_ns : a_ns;

	if (less == more)
		return true;
	/* "no bound" is not a time */
	if (less == INT64_MIN || more == INT64_MAX)
		return false;
	return more - less <= diff_tolerance_ns(rule, less > 0 ? less : 0);
}

bool values_alike(const struct diff_rule *rule, const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_COUNT:
		return a->lo == b->lo && a->hi == b->hi;
	case VALUE_TIME:
		return times_alike(rule, a->lo, b->lo) && times_alike(rule, a->hi, b->hi);
	case VALUE_TEXT:
		return !strcmp(a->text, b->text);
	case VALUE_NONE:
	case VALUE_KIND_COUNT:
		break;
	}
	return true;
}

unsigned int findings_unlike(const struct diff_rule *rule, const struct finding *a,
                             const struct finding *b)
{
	unsigned int fields = 0;

	if (!values_alike(rule, &a->says, &b->says))
		fields |= 1U << FIELD_SAYS;
	if (!values_alike(rule, &a->measured, &b->measured))
		fields |= 1U << FIELD_MEASURED;
	if (!values_alike(rule, &a->predicts, &b->predicts))
		fields |= 1U << FIELD_PREDICTED;
	if (a->model != b->model)
		fields |= 1U << FIELD_MODEL;
	if (a->verdict != b->verdict)
		fields |= 1U << FIELD_VERDICT;
	return fields;
}

#define KERNELS_DOING (1U << FIELD_MEASURED | 1U << FIELD_MODEL | 1U << FIELD_VERDICT)

static bool is_open(const struct diff_rule *rule, const struct finding *a, const struct finding *b)
{
	return a->model == MODEL_HOLDS && b->model == MODEL_HOLDS &&
	       b->predicts.lo < b->predicts.hi && values_alike(rule, &a->predicts, &b->predicts);
}

bool findings_answer_alike(const struct diff_rule *rule, const struct finding *a,
                           const struct finding *b)
{
	unsigned int unlike = findings_unlike(rule, a, b) & KERNELS_DOING;

	return !unlike || (unlike == 1U << FIELD_MEASURED && is_open(rule, a, b));
}
