// SPDX-License-Identifier: GPL-2.0-or-later
/* What everybody stands on: texts that live together, text of any length, lists that grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../harness/base/arena.h"
#include "../../harness/base/array.h"
#include "../../harness/base/buffer.h"
#include "../../harness/base/map.h"
#include "../../harness/base/nearest.h"

static void test_arena_keeps_texts(void **state)
{
	struct arena arena = {0};
	static char large[100000];
	const char *texts[2000], *big;

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	for (int i = 0; i < 2000; i++) {
		char text[32];

		snprintf(text, sizeof(text), "text number %d", i);
		texts[i] = arena_text(&arena, text);
		if (i == 1000)
			big = arena_text(&arena, large);
	}
	for (int i = 0; i < 2000; i++) {
		char text[32];

		snprintf(text, sizeof(text), "text number %d", i);
		assert_string_equal(texts[i], text);
	}
	assert_string_equal(big, large);
	assert_string_equal(arena_text(&arena, ""), "");
	assert_string_equal(arena_text_n(&arena, "abcdef", 3), "abc");
	arena_clear(&arena);
	assert_null(arena.blocks);
}

static void test_arena_is_aligned(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (size_t size = 1; size < 100; size++)
		assert_int_equal((uintptr_t)arena_take(&arena, size) % _Alignof(max_align_t), 0);
	arena_clear(&arena);
}

static void test_buffer_is_of_any_length(void **state)
{
	struct buffer buffer = {0};

	(void)state;
	assert_string_equal(buffer_text(&buffer), "");
	for (int i = 0; i < 1000; i++)
		buffer_add(&buffer, "%s%d", i ? " " : "", i);
	assert_int_equal(buffer.used, 10 + 90 * 2 + 900 * 3 + 999);
	assert_int_equal(strlen(buffer_text(&buffer)), buffer.used);
	buffer_reset(&buffer);
	assert_string_equal(buffer_text(&buffer), "");
	buffer_put(&buffer, "ab\0c", 4);
	assert_int_equal(buffer.used, 4);
	buffer_free(&buffer);
}

static void test_array_grows(void **state)
{
	size_t space = 0, count = 0;
	int *items = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int *grown = array_reserve(items, &space, count + 1, sizeof(*items));

		assert_non_null(grown);
		items = grown;
		items[count++] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	assert_int_equal(space, 1024);
	free(items);
}

/* Against a plain array: what was put is found, what was dropped is not, whatever the order. */
static void test_map_finds_what_was_put(void **state)
{
	static int values[512];
	bool there[512] = {false};
	struct map map = {0};
	uint32_t random = 1;

	(void)state;
	assert_null(map_get(&map, 0));
	map_drop(&map, 0);
	for (int step = 0; step < 20000; step++) {
		random = random * 1664525 + 1013904223;
		/* keys as the kernel's addresses are: far apart in few bits */
		unsigned int i = random >> 23;
		uint64_t key = 0xffff888000000000ULL + i * 0x1000;

		if (random & 0x400000) {
			assert_int_equal(map_put(&map, key, &values[i]), 0);
			there[i] = true;
		} else {
			map_drop(&map, key);
			there[i] = false;
		}
		key = 0xffff888000000000ULL + (step % 512) * 0x1000;
		assert_ptr_equal(map_get(&map, key),
		                 there[step % 512] ? &values[step % 512] : NULL);
	}
	map_free(&map);
}

static void assert_nearest(const char *wanted, const char *words)
{
	static const char *const names[] = {
		"wave1.lost",   "wave2.lost",      "wave3.lost", "wave4.lost",
		"self.connect", "tcp_fin_timeout", "run",        "rm"};
	struct nearest nearest;
	char buf[400];

	nearest_start(&nearest, wanted);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		nearest_try(&nearest, names[i]);
	nearest_try(&nearest, names[0]); /* once more is once */
	assert_string_equal(nearest_words(&nearest, "none", buf, sizeof(buf)), words);
}

static void test_nearest_knows_mistakes(void **state)
{
	char longest[300];

	(void)state;
	assert_nearest("wave4.lsot", "; did you mean wave4.lost?"); /* swapped */
	assert_nearest("wave4lost", "; did you mean wave4.lost?"); /* left out */
	assert_nearest("wavee4.lost", "; did you mean wave4.lost?"); /* too many */
	assert_nearest("WAVE4.LOST", "; did you mean wave4.lost?");
	assert_nearest("wave7.lost", "; did you mean wave1.lost, wave2.lost or wave3.lost?");
	assert_nearest("rnu", "; did you mean run?");
	assert_nearest("rum", "; did you mean run or rm?");
	assert_nearest("fin_time", "; did you mean tcp_fin_timeout?"); /* a part */
	assert_nearest("slef.*", "; did you mean self.connect?");
	assert_nearest("wawe?.lost", "; did you mean wave1.lost, wave2.lost or wave3.lost?");
	assert_nearest("bogus", "none");
	assert_nearest("", "none");
	assert_nearest("*", "; did you mean wave1.lost, wave2.lost or wave3.lost?");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_nearest(longest, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_keeps_texts),
		cmocka_unit_test(test_arena_is_aligned),
		cmocka_unit_test(test_buffer_is_of_any_length),
		cmocka_unit_test(test_array_grows),
		cmocka_unit_test(test_map_finds_what_was_put),
		cmocka_unit_test(test_nearest_knows_mistakes),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
