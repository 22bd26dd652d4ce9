// SPDX-License-Identifier: GPL-2.0-or-later
/* grid: tables in other people's formats, and that no cell is more than a cell. */
#include "hostile.h"

#include <jansson.h>

#include "../../harness/report/finding_rows.h"
#include "../../harness/report/markdown.h"
#include "../../harness/report/report.h"

static char *print(const struct grid *grid, enum grid_format format)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(grid_print(grid, format, out), 0);
	fclose(out);
	return text;
}

static struct grid small_grid(void)
{
	static const struct grid_column columns[] = {
		{"kernel", GRID_CONTEXT}, {"name", 0}, {"seconds", GRID_NUMBER | GRID_PROGRAMS}};
	struct grid grid = grid_open("finwait show_case");

	grid_columns(&grid, columns, 3);
	grid_put(&grid, "Linux %d.%d", 6, 12);
	grid_put(&grid, "fin_segments, _both_");
	grid_put(&grid, "%.1f", 2.5);
	grid_put(&grid, "Linux 6.12");
	grid_put(&grid, "a|b \"c\"");
	grid_put(&grid, "%s", "");
	return grid;
}

static void expect(const struct grid *grid, enum grid_format format, const char *expected)
{
	char *text = print(grid, format);

	assert_string_equal(text, expected);
	free(text);
}

static void each_format_in_its_own_way(void **state)
{
	struct grid grid = small_grid();

	(void)state;
	expect(&grid, GRID_MARKDOWN,
	       "**finwait show_case**: kernel Linux 6.12\n\n"
	       "| name |\n| --- |\n| fin_segments, \\_both\\_ |\n| a\\|b \"c\" |\n");
	expect(&grid, GRID_CSV,
	       "kernel,name,seconds\r\n"
	       "Linux 6.12,\"fin_segments, _both_\",2.5\r\n"
	       "Linux 6.12,\"a|b \"\"c\"\"\",\r\n");
	expect(&grid, GRID_JSONL,
	       "{\"kernel\":\"Linux 6.12\",\"name\":\"fin_segments, _both_\",\"seconds\":2.5}\n"
	       "{\"kernel\":\"Linux 6.12\",\"name\":\"a|b \\\"c\\\"\",\"seconds\":null}\n");
	expect(&grid, GRID_JSON,
	       "[\n"
	       "{\"kernel\":\"Linux 6.12\",\"name\":\"fin_segments, _both_\",\"seconds\":2.5},\n"
	       "{\"kernel\":\"Linux 6.12\",\"name\":\"a|b \\\"c\\\"\",\"seconds\":null}\n]\n");
	grid_free(&grid);
}

static void what_is_not_the_same_in_all_rows_is_a_column(void **state)
{
	struct grid grid = small_grid();

	(void)state;
	grid.cells[3] = "Linux 7.2";
	expect(&grid, GRID_MARKDOWN,
	       "**finwait show_case**\n\n"
	       "| kernel | name |\n| --- | --- |\n"
	       "| Linux 6.12 | fin_segments, \\_both\\_ |\n| Linux 7.2 | a\\|b \"c\" |\n");
	grid_free(&grid);
}

static void no_rows(void **state)
{
	struct grid grid = grid_open("finwait list");

	(void)state;
	grid_column(&grid, "probe", 0);
	expect(&grid, GRID_MARKDOWN, "**finwait list**\n\nNothing.\n");
	expect(&grid, GRID_CSV, "probe\r\n");
	expect(&grid, GRID_JSON, "[\n]\n");
	expect(&grid, GRID_JSONL, "");
	grid_free(&grid);
}

/* A spreadsheet would run it. */
static void a_cell_is_no_formula(void **state)
{
	static const char *const cells[] = {"=1+1", "+1", "@SUM(1)", "-1+2", "-x", "-"};
	struct grid grid = grid_open("x");

	(void)state;
	grid_column(&grid, "cell", 0);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		grid_put(&grid, "%s", cells[i]);
	expect(&grid, GRID_CSV,
	       "cell\r\n\"'=1+1\"\r\n\"'+1\"\r\n\"'@SUM(1)\"\r\n-1+2\r\n\"'-x\"\r\n-\r\n");
	grid_free(&grid);
}

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void expect_printable(const char *text)
{
	for (const char *at = text; *at; at++)
		if (((unsigned char)*at < ' ' && *at != '\n' && *at != '\r') || *at == 0x7f)
			fail_msg("byte 0x%02x at %zd", (unsigned char)*at, at - text);
	assert_null(strstr(text, "\xe2\x80\xae"));
}

/* A row a finding, whatever is in it. */
static void a_hostile_record_is_rows(void **state)
{
	struct record *rec = hostile_record();
	struct grid grid = grid_open("finwait run");
	json_t *array;
	char *text;

	(void)state;
	finding_rows(&grid, (const struct record *const *)&rec, 1, NULL);
	text = print(&grid, GRID_MARKDOWN);
	expect_printable(text);
	assert_int_equal(lines_of(text), 4 + VERDICT_COUNT);
	for (const char *at = text; (at = strpbrk(at, "<&`[")); at++)
		assert_int_equal(at[-1], '\\');
	assert_non_null(
		strstr(text, "\\</title\\>\\</script\\>\\<b x=\"'\\>\\&amp;--\\>\\]\\]\\>??"));
	free(text);
	text = print(&grid, GRID_CSV);
	expect_printable(text);
	assert_int_equal(lines_of(text), 1 + VERDICT_COUNT);
	free(text);
	text = print(&grid, GRID_JSON);
	expect_printable(text);
	array = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(array), VERDICT_COUNT);
	json_decref(array);
	free(text);
	grid_free(&grid);
	record_free(rec);
}

/* With phases a row tells what its finding came to over all of them. */
static void phases_are_more_columns(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl"),
		      *other = canned_record("lost-fin.jsonl");
	struct record *runs[] = {rec, other};
	const struct finding words = {
		.claim = "wave1.lost",
		.name = "states",
		.measured = {.kind = VALUE_TEXT, .text = "FIN_WAIT1 CLOSE"},
	};
	struct grid grid = grid_open("finwait run");
	struct phases phases = {0};
	char *text;

	(void)state;
	for (size_t i = 0; i < other->finding_count; i++)
		if (other->findings[i].measured.kind == VALUE_COUNT) {
			other->findings[i].measured.lo++;
			other->findings[i].measured.hi++;
		}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(record_add_finding(runs[i], &words), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(phases_add(&phases, &runs[i], 1), 0);
	finding_rows(&grid, (const struct record *const *)&rec, 1, &phases);
	text = print(&grid, GRID_JSONL);
	assert_non_null(strstr(text, "\"measured\":\"4\""));
	assert_non_null(strstr(text, "\"phases\":2,\"over_phases\":\"4..5\",\"phases_failed\":"));
	assert_non_null(strstr(text, "\"phases\":2,\"over_phases\":\"FIN_WAIT1 CLOSE\""));
	free(text);
	grid_free(&grid);
	phases_free(&phases);
	record_free(rec);
	record_free(other);
}

static char *block(const char *text)
{
	char *printed = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&printed, &size);

	markdown_block(out, text);
	fclose(out);
	return printed;
}

static void a_block_ends_where_it_ends(void **state)
{
	char *text = block("plain\n");

	(void)state;
	assert_string_equal(text, "```text\nplain\n```\n");
	free(text);
	text = block("````\n# out of it? `````\n");
	assert_string_equal(text, "``````text\n````\n# out of it? `````\n``````\n");
	free(text);
}

static void a_ladder_is_a_heading_and_a_block(void **state)
{
	static const char heading[] = "### wave1.lost: \\`\\`\\`?\\# \\<b\\>\n\n````text\n";
	const struct report_style style = {.colour = true, .width = 100};
	struct record *rec = canned_record("lost-fin.jsonl");
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	rec->title = "```\n# <b>";
	assert_int_equal(ladder_markdown(rec, &style, out), 0);
	fclose(out);
	assert_memory_equal(text, heading, strlen(heading));
	assert_string_equal(text + strlen(text) - 6, "\n````\n");
	assert_null(strchr(text, '\033'));
	free(text);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_in_its_own_way),
		cmocka_unit_test(what_is_not_the_same_in_all_rows_is_a_column),
		cmocka_unit_test(no_rows),
		cmocka_unit_test(a_cell_is_no_formula),
		cmocka_unit_test(a_hostile_record_is_rows),
		cmocka_unit_test(phases_are_more_columns),
		cmocka_unit_test(a_block_ends_where_it_ends),
		cmocka_unit_test(a_ladder_is_a_heading_and_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
