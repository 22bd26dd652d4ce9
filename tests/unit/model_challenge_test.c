// SPDX-License-Identifier: GPL-2.0-or-later
/* What an unexpected SYN comes to, and how many challenge ACKs, against the kernel's conditions. */
#include "wheel.h"

#include "../../harness/judge/model/oow.h"
#include "../../harness/judge/model/synack.h"

/* include/net/tcp.h */
static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* tcp_in_window() for a SYN. */
static bool in_window(uint32_t seq, uint32_t s_win, uint32_t e_win)
{
	uint32_t end_seq = seq + 1;

	return seq == s_win || (before(s_win, end_seq) && before(seq, e_win)) ||
	       (seq == e_win && seq == end_seq);
}

static void a_second_syn_is_held_against_the_window(void **state)
{
	static const uint32_t isns[] = {0, 1, 1000, 0x7fffffff, 0xffff0000, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof(isns) / sizeof(isns[0]); i++)
		for (int32_t ahead = -70000; ahead <= 70000; ahead++) {
			uint32_t isn = isns[i], seq = isn + (uint32_t)ahead;
			bool in = in_window(seq, isn + 1, isn + 1 + 65160);

			assert_int_equal(model_syn_again(isn, 65160, seq), !ahead ? SYN_REPEATED
			                                                   : in   ? SYN_RESETS
			                                                          : SYN_CHALLENGED);
		}
}

static void a_limit_is_drawn_by_the_second(void **state)
{
	static const int64_t rows[][3] = {
		/* limit, and of 20: from half of it to twice what may be drawn */
		{1, 1, 2}, {2, 1, 4}, {4, 2, 10}, {5, 3, 14}, {39, 20, 20}, {INT32_MAX, 20, 20},
	};
	struct value sent;

	(void)state;
	assert_false(model_challenges(0, 20, &sent));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(model_challenges(rows[i][0], 20, &sent));
		assert_int_equal(sent.lo, rows[i][1]);
		assert_int_equal(sent.hi, rows[i][2]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_syn_is_held_against_the_window),
		cmocka_unit_test(a_limit_is_drawn_by_the_second),
	};

	return cmocka_run_group_tests_name("model_challenge", tests, NULL, NULL);
}
