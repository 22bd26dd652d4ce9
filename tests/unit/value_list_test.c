// SPDX-License-Identifier: GPL-2.0-or-later
/* value_list: what a user writes behind --set NAME=, and what is no list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../harness/session/value_list.h"

static void expect(const char *text, const char *values)
{
	struct value_list list;
	struct fault f;
	char all[200] = "";

	assert_int_equal(value_list_parse(text, &list, &f), 0);
	for (size_t i = 0; i < list.count; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? " " : "",
		         list.items[i]);
	assert_string_equal(all, values);
	value_list_free(&list);
}

static void refuse(const char *text, const char *words)
{
	struct value_list list;
	struct fault f;

	assert_int_equal(value_list_parse(text, &list, &f), -EINVAL);
	if (!strstr(f.what, words))
		fail_msg("'%s': %s", text, f.what);
	value_list_free(&list);
}

static void lists_and_ranges(void **state)
{
	(void)state;
	expect("7", "7");
	expect("0..3", "0 1 2 3");
	expect("-2..1", "-2 -1 0 1");
	expect("5..5", "5");
	expect("1,30,59..61,120", "1 30 59 60 61 120");
	expect("0..100/40", "0 40 80");
	expect("reno,cubic", "reno cubic");
	expect("4096 16384 65536,1", "4096 16384 65536 1");
	expect("9223372036854775806..9223372036854775807",
	       "9223372036854775806 9223372036854775807");
}

static void each_value_once(void **state)
{
	(void)state;
	expect("1..3,2,5,3..6", "1 2 3 5 4 6");
	expect("a,b,a", "a b");
	expect("1,01", "1 01"); /* as they are typed */
}

static void what_is_no_list(void **state)
{
	(void)state;
	refuse("", "empty value");
	refuse("1,,2", "empty value");
	refuse("1,", "empty value");
	refuse("3..1", "ends before it begins");
	refuse("1..", "no range of whole numbers");
	refuse("..5", "no range of whole numbers");
	refuse("1..x", "no range of whole numbers");
	refuse("1 ..3", "no range of whole numbers");
	refuse("1.. 3", "no range of whole numbers");
	refuse("1...3", "no range of whole numbers");
	refuse("1..9/0", "makes no steps");
	refuse("1..9/-1", "makes no steps");
	refuse("1..9/", "no range of whole numbers");
	refuse("1..99999999999999999999", "no range of whole numbers");
	refuse("0..9223372036854775807", "more than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_ranges),
		cmocka_unit_test(each_value_once),
		cmocka_unit_test(what_is_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
