// SPDX-License-Identifier: GPL-2.0-or-later
/* text, sheet: folding to columns. */
#include "golden.h"

#include "../../harness/report/sheet.h"

static void folds_to(const char *text, unsigned int width, const char *wanted)
{
	struct report_style style = {.width = width};
	char *got = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&got, &size);
	struct sheet sheet;

	assert_non_null(out);
	sheet = sheet_open(out, &style, 80, 4);
	sheet_text(&sheet, 0, ATTR_PLAIN, text);
	fclose(out);
	assert_string_equal(got, wanted);
	free(got);
}

static void words_are_kept_whole(void **state)
{
	(void)state;
	folds_to("", 10, "");
	folds_to("one two three", 10, "one two\nthree\n");
	folds_to("one two three", 0, "one two three\n");
	/* A figure and its unit are one word, a figure and a noun are not. */
	folds_to("resend timer 13.1 s", 17, "resend timer\n13.1 s\n");
	folds_to("it took 3 states", 10, "it took 3\nstates\n");
	/* No blank in reach: a name breaks at a mark of its own, what has none wherever it must. */
	folds_to("net.ipv4.tcp_orphan_retries", 20, "net.ipv4.\ntcp_orphan_retries\n");
	folds_to("net.ipv4.tcp_orphan_retries", 16, "net.ipv4.tcp_\norphan_retries\n");
	folds_to("connect(10.0.0.2:8080)", 17, "connect(\n10.0.0.2:8080)\n");
	folds_to("orphan.zero-means-eight", 12, "orphan.zero-\nmeans-eight\n");
	folds_to("abcdefghijkl", 8, "abcdefgh\nijkl\n");
}

/* What is not the last cell is padded, a tight one without a blank; no blanks at the end. */
static void cells_stand_side_by_side(void **state)
{
	const struct report_style style = {.width = 40};
	const struct sheet_cell cells[] = {
		{.text = "name", .columns = 6},
		{.text = "*", .columns = 1, .tight = true},
		{.text = "a b c d", .columns = 3},
		{.text = "end", .columns = 3},
	};
	char *got = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&got, &size);
	struct sheet sheet;

	(void)state;
	assert_non_null(out);
	sheet = sheet_open(out, &style, 80, 4);
	sheet_row(&sheet, 2, cells, 4);
	fclose(out);
	assert_string_equal(got, "  name   *a b end\n          c d\n");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_kept_whole),
		cmocka_unit_test(cells_stand_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
