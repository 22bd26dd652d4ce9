// SPDX-License-Identifier: GPL-2.0-or-later
/* json_out: what is written is what jansson writes, and what is no text is mended or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../../harness/record/json_out.h"

static void expect_line(struct json_out *out, const char *expected)
{
	char *line = json_out_line(out);

	assert_non_null(line);
	assert_string_equal(line, expected);
	free(line);
}

static void values_stand_as_they_were_put(void **state)
{
	struct json_out out = json_out_new();

	(void)state;
	json_put_int(&out, "least", INT64_MIN);
	json_put_int(&out, "most", INT64_MAX);
	json_put_int(&out, "none", 0);
	json_put_bool(&out, "yes", true);
	json_put_bool(&out, "no", false);
	json_put_null(&out, "null");
	json_put_text(&out, "text", NULL);
	json_open_list(&out, "list");
	json_open_object(&out, NULL);
	json_close_object(&out);
	json_put_int(&out, NULL, -1);
	json_open_list(&out, NULL);
	json_close_list(&out);
	json_put_textn(&out, NULL, "ab", 1);
	json_close_list(&out);
	json_put_int(&out, "a \"key\"", 1);
	expect_line(&out, "{\"least\":-9223372036854775808,\"most\":9223372036854775807,\"none\":0,"
	                  "\"yes\":true,\"no\":false,\"null\":null,\"text\":\"\","
	                  "\"list\":[{},-1,[],\"a\"],\"a \\\"key\\\"\":1}");
	out = json_out_new_list();
	json_put_text(&out, NULL, "{");
	json_put_text(&out, NULL, "[");
	expect_line(&out, "[\"{\",\"[\"]");
}

/* Every byte in front of every one that begins, goes on or ends a form of UTF-8. */
static const unsigned char bytes[] = {
	0x01, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1f, ' ',  '"',  '\\', '/',  'b',
	'n',  0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
	0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
};
#define BYTES (sizeof(bytes) / sizeof(bytes[0]))

/* Is @text what jansson takes for a text? Then it has to be written as jansson does. */
static bool compare_with_jansson(const char *text)
{
	struct json_out out = json_out_new_list();
	json_t *list = json_array(), *value = json_string(text), *read;
	char *line, *expected;

	json_put_text(&out, NULL, text);
	line = json_out_line(&out);
	assert_non_null(line);
	if (value) {
		json_array_append(list, value);
		expected = json_dumps(list, JSON_COMPACT);
		assert_string_equal(line, expected);
		free(expected);
	} else {
		read = json_loads(line, 0, NULL);
		if (!read)
			fail_msg("not JSON: %s", line);
		assert_non_null(strchr(json_string_value(json_array_get(read, 0)), '?'));
		json_decref(read);
	}
	free(line);
	out = json_out_new();
	json_put_exact(&out, "a", text);
	line = json_out_line(&out);
	assert_int_equal(line != NULL, value != NULL);
	free(line);
	json_decref(list);
	json_decref(value);
	return value != NULL;
}

static void texts_are_written_as_jansson_writes_them(void **state)
{
	size_t good = 0, bad = 0;

	(void)state;
	for (size_t i = 0; i < BYTES * BYTES * BYTES * BYTES; i++) {
		char text[5] = {(char)bytes[i % BYTES], (char)bytes[i / BYTES % BYTES],
		                (char)bytes[i / BYTES / BYTES % BYTES],
		                (char)bytes[i / BYTES / BYTES / BYTES]};

		/* each pair, and what may be a form of up to four bytes */
		if (i >= BYTES * BYTES && (unsigned char)text[0] < 0xc0)
			continue;
		if (compare_with_jansson(text))
			good++;
		else
			bad++;
	}
	assert_true(good > 1000);
	assert_true(bad > 1000);
}

static void each_byte_alone(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char text[2] = {(char)c};

		assert_int_equal(compare_with_jansson(text), c < 0x80);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stand_as_they_were_put),
		cmocka_unit_test(texts_are_written_as_jansson_writes_them),
		cmocka_unit_test(each_byte_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
