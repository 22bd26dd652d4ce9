// SPDX-License-Identifier: GPL-2.0-or-later
/* Which orphan is one too many, against what tcp_check_oom() and its callers compare. */
#include "wheel.h"

#include "../../harness/judge/model/orphans.h"

static bool is_reset(const struct record *rec, int64_t counted, bool soft_error, int64_t idle_s)
{
	const struct orphans orphans = {
		.counted = counted,
		.most = 8,
		.soft_error = soft_error,
		.idle_ns = idle_s * NS_PER_S,
	};

	return model_orphan_is_reset(rec, SIDE_CLIENT, &orphans);
}

static void what_was_counted_is_doubled(void **state)
{
	/* the most that are not yet too many, by how often they are doubled */
	static const int64_t most[] = {8, 4, 2};
	struct record *rec = record_at(1000);

	(void)state;
	for (int shift = 0; shift < 3; shift++)
		for (int soft = shift == 2; soft <= (shift > 0); soft++) {
			int64_t idle_s = shift - soft ? 241 : 240;

			assert_false(is_reset(rec, most[shift], soft, idle_s));
			assert_true(is_reset(rec, most[shift] + 1, soft, idle_s));
		}
	record_free(rec);
}

static void idle_is_longer_than_twice_the_greatest_rto(void **state)
{
	struct record *rec = record_at(1000);

	(void)state;
	assert_false(is_reset(rec, 5, false, 240));
	assert_true(is_reset(rec, 5, false, 241));
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_rto_max_ms", 10000);
	assert_false(is_reset(rec, 5, false, 20));
	assert_true(is_reset(rec, 5, false, 21));
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_counted_is_doubled),
		cmocka_unit_test(idle_is_longer_than_twice_the_greatest_rto),
	};

	return cmocka_run_group_tests_name("model_orphans", tests, NULL, NULL);
}
