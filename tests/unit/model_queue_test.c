// SPDX-License-Identifier: GPL-2.0-or-later
/* A listener's queues, against counts made by hand from the kernel's conditions. */
#include "wheel.h"

#include <stdlib.h>

#include "../../harness/judge/model/queue.h"

static void listen_is_cut_to_somaxconn(void **state)
{
	static const int64_t rows[][2] = {{0, 0}, {4, 4}, {8, 8}, {9, 8}, {4096, 8}, {-1, 8}};
	struct record *rec = record_at(1000);
	int64_t most;

	(void)state;
	assert_false(model_backlog(rec, SIDE_SERVER, 4, &most));
	sysctl_is(rec, SIDE_SERVER, "net.core.somaxconn", 8);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(model_backlog(rec, SIDE_SERVER, rows[i][0], &most));
		assert_int_equal(most, rows[i][1]);
	}
	assert_int_equal(model_accept_queue(8), 9);
	record_free(rec);
}

/* What the loop of tcp_conn_request() would keep, SYN by SYN. */
static int64_t kept_one_by_one(const struct half_open *rules)
{
	int64_t qlen = 0, left;

	for (;; qlen++) {
		if (rules->more ? qlen > rules->most : qlen >= rules->most)
			return qlen;
		left = rules->max_syn_backlog - qlen;
		if (rules->quarter && left < rules->max_syn_backlog >> 2)
			return qlen;
	}
}

static void half_open_ones_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		for (int64_t most = 0; most < 70; most++)
			for (int64_t max = 0; max < 70; max++) {
				const struct half_open rules = {.most = most,
				                                .more = i & 1,
				                                .quarter = i & 2,
				                                .max_syn_backlog = max};

				assert_int_equal(model_half_open(&rules), kept_one_by_one(&rules));
			}
}

static void half_of_a_full_queue_is_pruned(void **state)
{
	(void)state;
	assert_int_equal(model_half_open_kept(17, 16, 5, 2), 17);
	assert_int_equal(model_half_open_kept(17, 16, 5, 3), 8);
	assert_int_equal(model_half_open_kept(17, 16, 5, 6), 0);
	assert_int_equal(model_half_open_kept(17, 16, 1, 1), 17);
	assert_int_equal(model_half_open_kept(17, 16, 1, 2), 0);
	assert_int_equal(model_half_open_kept(8, 16, 5, 3), 8);
	assert_int_equal(model_half_open_kept(5, 4, 5, 3), 4); /* max(8, backlog) */
}

static void powers_of_two(void **state)
{
	(void)state;
	assert_int_equal(model_power_above(0), 1);
	assert_int_equal(model_power_above(4), 8);
	assert_int_equal(model_power_above(5), 8);
}

static void a_processors_queue_takes_one_more(void **state)
{
	(void)state;
	assert_int_equal(model_netdev_queue(7, 8), 7);
	assert_int_equal(model_netdev_queue(8, 8), 8);
	assert_int_equal(model_netdev_queue(9, 8), 9);
	assert_int_equal(model_netdev_queue(10, 8), 9);
	assert_int_equal(model_netdev_queue(10, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listen_is_cut_to_somaxconn),
		cmocka_unit_test(half_open_ones_are_counted),
		cmocka_unit_test(half_of_a_full_queue_is_pruned),
		cmocka_unit_test(powers_of_two),
		cmocka_unit_test(a_processors_queue_takes_one_more),
	};

	return cmocka_run_group_tests_name("model_queue", tests, NULL, NULL);
}
