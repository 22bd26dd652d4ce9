// SPDX-License-Identifier: GPL-2.0-or-later
/* chunk: how many, where they end, and what is no such list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/session/chunk.h"

static void as_many_as_are_worth_it(void **state)
{
	(void)state;
	assert_int_equal(chunk_count(0), 1);
	assert_int_equal(chunk_count(59 * NS_PER_S), 1);
	assert_int_equal(chunk_count(60 * NS_PER_S), 2);
	assert_int_equal(chunk_count(150 * NS_PER_S), 5);
	/* from here on it is how often tasks begin: 10 of 60 s are 10 a minute */
	assert_int_equal(chunk_count(599 * NS_PER_S), 9);
	assert_int_equal(chunk_count(600 * NS_PER_S), 10);
	assert_int_equal(chunk_count(36000 * NS_PER_S), 77);
	assert_int_equal(chunk_count(INT64_MAX), CHUNKS_MOST);
}

static void no_count_breaks_a_rule(void **state)
{
	(void)state;
	for (int64_t s = 60; s < 5000000; s += s / 7) {
		int64_t count = (int64_t)chunk_count(s * NS_PER_S), each = s * NS_PER_S / count;

		assert_true(each >= CHUNK_LEAST_NS);
		assert_true(each / count >= CHUNK_APART_NS);
		if (count == CHUNKS_MOST)
			break;
		/* and one more would */
		count++;
		each = s * NS_PER_S / count;
		assert_true(each < CHUNK_LEAST_NS || each / count < CHUNK_APART_NS);
	}
}

/* Points of @costs, 0: it has its answer; into @chunks. Their ends are @ends. */
static struct chunk_cutter cut(const int64_t *costs, size_t points, size_t chunks, size_t *ends)
{
	struct chunk_cutter cutter = {.chunks = chunks, .ends = ends};

	for (size_t i = 0; i < points; i++)
		cutter.total_ns += (double)costs[i];
	for (size_t i = 0; i < points; i++)
		if (costs[i])
			chunk_add(&cutter, i + 1, costs[i]);
	chunk_end(&cutter, points);
	return cutter;
}

static void equal_points_make_equal_chunks(void **state)
{
	int64_t costs[12];
	size_t ends[12];
	struct chunk_cutter cutter;

	(void)state;
	for (size_t i = 0; i < 12; i++)
		costs[i] = 5;
	cutter = cut(costs, 12, 4, ends);
	assert_int_equal(cutter.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(ends[i], 3 * (i + 1));
	cutter = cut(costs, 12, 12, ends);
	assert_int_equal(cutter.count, 12);
	assert_true(chunks_are_whole(ends, 12, 12));
}

static void what_is_answered_costs_nothing(void **state)
{
	static const int64_t costs[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0};
	size_t ends[2];
	struct chunk_cutter cutter = cut(costs, 12, 2, ends);

	(void)state;
	assert_int_equal(cutter.count, 2);
	assert_int_equal(ends[0], 8);
	assert_int_equal(ends[1], 12); /* and none is left without a chunk */
}

static void a_long_point_is_a_chunk(void **state)
{
	static const int64_t costs[] = {1, 100, 1, 1, 1, 1};
	size_t ends[3];
	struct chunk_cutter cutter = cut(costs, 6, 3, ends);

	(void)state;
	assert_int_equal(cutter.count, 3);
	assert_int_equal(ends[0], 2);
	assert_int_equal(ends[1], 4); /* half of the rest, not one point */
	assert_int_equal(ends[2], 6);
}

static void nothing_to_ask_is_no_chunk(void **state)
{
	static const int64_t costs[] = {0, 0};
	struct chunk_cutter cutter = cut(costs, 2, 0, NULL);

	(void)state;
	assert_int_equal(cutter.count, 0);
}

/* Whatever points cost: each chunk has one to ask, and none is longer than its share and a point. */
static void every_point_is_in_one_chunk(void **state)
{
	enum { POINTS = 400 };
	int64_t costs[POINTS], most = 1;
	size_t ends[POINTS];
	uint32_t random = 1;

	(void)state;
	for (size_t chunks = 1; chunks <= 90; chunks++) {
		double total = 0;
		struct chunk_cutter cutter;

		for (size_t i = 0; i < POINTS; i++) {
			random = random * 1664525 + 1013904223;
			costs[i] = random >> 30 ? (random >> 16) % 1000 + 1 : 0;
			total += (double)costs[i];
			most = costs[i] > most ? costs[i] : most;
		}
		cutter = cut(costs, POINTS, chunks, ends);
		assert_true(chunks_are_whole(ends, cutter.count, POINTS));
		assert_in_range(cutter.count, chunks - chunks / 10, chunks);
		for (size_t i = 0, at = 0; i < cutter.count; i++) {
			double sum = 0;

			for (; at < ends[i]; at++)
				sum += (double)costs[at];
			assert_true(sum > 0);
			assert_true(sum <= total / (double)chunks + (double)most);
		}
	}
}

static void lists_of_ends(void **state)
{
	static const size_t good[] = {1, 5, 9}, twice[] = {1, 5, 5, 9}, back[] = {5, 1, 9},
			    none[] = {0, 9};

	(void)state;
	assert_true(chunks_are_whole(good, 3, 9));
	assert_true(chunks_are_whole(good, 0, 9));
	assert_false(chunks_are_whole(good, 3, 8));
	assert_false(chunks_are_whole(good, 3, 10));
	assert_false(chunks_are_whole(good, 2, 9));
	assert_false(chunks_are_whole(twice, 4, 9));
	assert_false(chunks_are_whole(back, 3, 9));
	assert_false(chunks_are_whole(none, 2, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_are_worth_it),
		cmocka_unit_test(no_count_breaks_a_rule),
		cmocka_unit_test(equal_points_make_equal_chunks),
		cmocka_unit_test(what_is_answered_costs_nothing),
		cmocka_unit_test(a_long_point_is_a_chunk),
		cmocka_unit_test(nothing_to_ask_is_no_chunk),
		cmocka_unit_test(every_point_is_in_one_chunk),
		cmocka_unit_test(lists_of_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
