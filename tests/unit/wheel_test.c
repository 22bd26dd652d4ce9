// SPDX-License-Identifier: GPL-2.0-or-later
/* One timer, against the kernel's own algorithm. */
#include "wheel.h"

#include <stdlib.h>

#include "../../harness/base/wheel.h"

static void test_wheel(void **state)
{
	/* around every level's start at every HZ, and what TCP uses */
	static const int64_t delays_ms[] = {
		1,     4,     62,    63,     64,     200,    201,   204,   249,   252,
		253,   500,   503,   504,    1000,   1676,   2000,  2012,  2016,  3000,
		4031,  4032,  6720,  7000,   8000,   16124,  16128, 16000, 32000, 32256,
		40320, 60000, 64000, 107520, 120000, 129024, 130000};

	(void)state;
	for (size_t h = 0; h < HZ_COUNT; h++)
		for (size_t i = 0; i < sizeof(delays_ms) / sizeof(delays_ms[0]); i++) {
			int hz = all_hz[h];
			unsigned long least, most, ticks = ms_to_ticks(hz, delays_ms[i]);
			struct record *rec = record_at(hz);
			struct span span = model_timer(rec, delays_ms[i] * NS_PER_MS);

			record_free(rec);
			wheel_extremes(ticks, &least, &most);
			/* Armed at the very end of a tick, that tick does not count. */
			assert_int_equal(least, ticks + 1);
			assert_int_equal(span.lo_ns, ticks_to_ns(hz, least - 1));
			assert_int_equal(span.hi_ns, ticks_to_ns(hz, most) + SLACK_MS * NS_PER_MS);
		}
}

static void test_timer_never_early(void **state)
{
	(void)state;
	for (size_t h = 0; h < HZ_COUNT; h++) {
		struct record *rec = record_at(all_hz[h]);

		for (int64_t ns = 1; ns < 200 * NS_PER_S; ns = ns * 3 + 7) {
			struct span span = model_timer(rec, ns);

			/* a tick of 1/300 s is cut to whole nanoseconds */
			assert_true(span.lo_ns + 1 >= ns);
			assert_true(span.hi_ns > span.lo_ns);
		}
		record_free(rec);
	}
}

static void test_slack(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {{"0", 0},   {"25", 25}, {"10000", 10000}, {"10001", 10},
	            {"-1", 10}, {"", 10},   {"5ms", 10},      {"x", 10}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(setenv("FINWAIT_SLACK_MS", rows[i].text, 1), 0);
		assert_int_equal(slack_ms(), rows[i].ms);
	}
	assert_int_equal(unsetenv("FINWAIT_SLACK_MS"), 0);
	assert_int_equal(slack_ms(), SLACK_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wheel),
		cmocka_unit_test(test_timer_never_early),
		cmocka_unit_test(test_slack),
	};

	return cmocka_run_group_tests_name("wheel", tests, NULL, NULL);
}
