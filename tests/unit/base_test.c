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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_keeps_texts),
		cmocka_unit_test(test_arena_is_aligned),
		cmocka_unit_test(test_buffer_is_of_any_length),
		cmocka_unit_test(test_array_grows),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
