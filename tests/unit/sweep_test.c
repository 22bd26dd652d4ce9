// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep: which axes a finding varies with, what shares a line, what is printed first. */
#include <locale.h>

#include "../../harness/base/clock.h"
#include "../../harness/report/grid.h"
#include "../../harness/report/sweep/sweep.h"
#include "hostile.h"

static const char *const retries[] = {"0", "1", "2", "3"}, *const timeouts[] = {"30", "60"};
static const struct sweep_axis axes[] = {
	{"tcp_orphan_retries", false, retries, 4},
	{"late", true, timeouts, 2},
};
static const char *const kernels[] = {"6.1", "6.12"};

static struct sweep_table table_new(size_t phases)
{
	struct sweep_table table = {
		.axes = axes,
		.axis_count = 2,
		.kernels = kernels,
		.kernel_count = 2,
		.phases = phases,
		.whom = "Linux 6.1, 6.12, virtual time, quick, IPv4",
	};

	sweep_table_start(&table);
	assert_int_equal(table.combos, 8);
	return table;
}

static struct value number(int64_t n)
{
	return (struct value){.kind = VALUE_COUNT, .lo = n, .hi = n};
}

/* A point with the finding "fins", and "same", which is the same everywhere. */
static void point_add(struct sweep_table *table, struct sweep_place place, int64_t predicts,
                      int64_t measured)
{
	struct record *rec = record_new();
	struct finding fins = {
		.claim = "a.probe",
		.name = "fins",
		.unit = "count",
		.predicts = number(predicts),
		.measured = number(measured),
		.verdict = VERDICT_NONE,
		.model = predicts == measured ? MODEL_HOLDS : MODEL_FAILS,
	};
	struct finding same = {.claim = "a.probe",
	                       .name = "same",
	                       .unit = "count",
	                       .predicts = number(1),
	                       .measured = number(1),
	                       .verdict = VERDICT_CONFIRMED,
	                       .model = MODEL_HOLDS};

	assert_non_null(rec);
	rec->probe = "a.probe";
	rec->finished = true;
	rec->outcome = fins.model == MODEL_HOLDS ? OUTCOME_OK : OUTCOME_MODEL_FAILED;
	assert_int_equal(record_add_finding(rec, &fins), 0);
	assert_int_equal(record_add_finding(rec, &same), 0);
	assert_int_equal(sweep_table_add(table, &place, rec), 0);
	record_free(rec);
}

typedef int (*print_fn)(const struct sweep_table *table, FILE *out);

static int print_text(const struct sweep_table *table, FILE *out)
{
	return sweep_print(table, &(struct report_style){.width = 80}, out);
}

static int print_lines(const struct sweep_table *table, FILE *out)
{
	return sweep_print_json(table, true, out);
}

static int print_array(const struct sweep_table *table, FILE *out)
{
	return sweep_print_json(table, false, out);
}

static int print_markdown(const struct sweep_table *table, FILE *out)
{
	struct grid grid = grid_open("sweep");
	int err = sweep_put(&grid, table);

	if (!err)
		err = grid_print(&grid, GRID_MARKDOWN, out);
	grid_free(&grid);
	return err;
}

static char *printed(const struct sweep_table *table, print_fn print)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(print(table, out), 0);
	fclose(out);
	return text;
}

/* The table of all points; fins are 2 below two retries, else as many, whatever late is. */
static struct sweep_table retries_table(bool backwards)
{
	struct sweep_table table = table_new(1);

	for (size_t i = 0; i < table.slots; i++) {
		size_t slot = backwards ? table.slots - 1 - i : i, combo = slot / 2;
		int64_t fins = combo / 2 < 2 ? 2 : (int64_t)(combo / 2);

		point_add(&table, (struct sweep_place){.combo = combo, .kernel = slot % 2}, fins,
		          fins);
	}
	return table;
}

static void a_block_has_what_it_varies_with(void **state)
{
	struct sweep_table table = retries_table(false);
	char *text = printed(&table, print_text);

	(void)state;
	assert_string_equal(
		text,
		"Linux 6.1, 6.12, virtual time, quick, IPv4   16 points\n"
		"  tcp_orphan_retries  0, 1, 2, 3\n"
		"  late  30, 60\n"
		"\n"
		"a.probe  fins\n"
		"  the same for every late and kernel\n"
		"  tcp_orphan_retries predicted             measured              verdict\n"
		"  0..2               2                     2                     as predicted\n"
		"  3                  3                     3                     as predicted\n"
		"\n"
		"1 finding is the same at every point\n"
		"1 finding varies (times within 10 ms of each other are told as one)\n"
		"every finding that was judged is as predicted\n");
	free(text);
	sweep_table_free(&table);
}

static void the_order_of_points_does_not_matter(void **state)
{
	static const print_fn prints[] = {print_text, print_lines, print_array, print_markdown,
	                                  sweep_print_csv};
	struct sweep_table forth = retries_table(false), back = retries_table(true);

	(void)state;
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		char *a = printed(&forth, prints[i]), *b = printed(&back, prints[i]);

		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	sweep_table_free(&forth);
	sweep_table_free(&back);
}

/* Wrong on 6.12 where late is 60 and retries 1; nobody answered at retries 3. */
static void what_is_wrong_comes_first(void **state)
{
	struct sweep_table table = table_new(1);
	char *text, *first, *second;

	(void)state;
	for (size_t combo = 0; combo < 6; combo++)
		for (size_t kernel = 0; kernel < 2; kernel++)
			point_add(&table, (struct sweep_place){.combo = combo, .kernel = kernel}, 4,
			          combo == 3 && kernel == 1 ? 5 : 4);
	text = printed(&table, print_text);
	first = strstr(text, "a.probe  fins");
	assert_non_null(first);
	assert_non_null(strstr(first,
	                       "  1            60     6.12   4                 5                 "
	                       "MODEL FAILED\n\na.probe  fins"));
	second = strstr(first + 1, "a.probe  fins");
	assert_non_null(second);
	assert_non_null(strstr(second, "not answered"));
	assert_non_null(strstr(second, "MODEL FAILED 1 time\n"));
	free(text);
	sweep_table_free(&table);
}

static void phases_are_a_range(void **state)
{
	struct sweep_table table = table_new(3);
	char *text;

	(void)state;
	for (size_t combo = 0; combo < 8; combo++)
		for (size_t slot = 0; slot < 6; slot++) {
			int64_t fins = (int64_t)(combo / 4 + slot % 3);

			point_add(&table,
			          (struct sweep_place){
					  .combo = combo, .kernel = slot / 3, .phase = slot % 3},
			          fins, fins);
		}
	text = printed(&table, print_text);
	assert_non_null(strstr(text, "3 timer phases"));
	assert_non_null(strstr(text, "0..1               0..2"));
	assert_non_null(strstr(text, "2..3               1..3"));
	free(text);
	sweep_table_free(&table);
}

static void what_came_to_nothing_is_told_with_its_reason(void **state)
{
	struct sweep_table table = table_new(1);
	struct record *rec = record_new();
	char *text;

	(void)state;
	rec->probe = "a.probe";
	rec->finished = true;
	rec->outcome = OUTCOME_CRASHED;
	rec->reason = "QEMU was killed";
	for (size_t combo = 0; combo < 3; combo++)
		assert_int_equal(
			sweep_table_add(&table, &(struct sweep_place){.combo = combo}, rec), 0);
	text = printed(&table, print_text);
	assert_non_null(strstr(text, "at 3 points: QEMU was killed\n"));
	free(text);
	text = printed(&table, print_markdown);
	assert_non_null(strstr(text,
	                       "|  |  | 6.1 | a.probe |  |  |  |  | CRASHED at 3 points: QEMU was"
	                       " killed |\n"));
	free(text);
	record_free(rec);
	sweep_table_free(&table);
}

static void json_has_a_line_a_point_and_finding(void **state)
{
	struct sweep_table table = retries_table(false);
	char *text = printed(&table, print_lines);
	size_t lines = 0;

	(void)state;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 32);
	assert_memory_equal(text,
	                    "{\"kernel\":\"6.1\",\"probe\":\"a.probe\",\"phase\":0,\"sets\":{"
	                    "\"tcp_orphan_retries\":0},\"params\":{\"late\":30},\"finding\":{"
	                    "\"claim\":\"a.probe\",\"name\":\"fins\"",
	                    130);
	free(text);
	sweep_table_free(&table);
}

/* The same objects, and one array of them; of nothing an empty one. */
static void json_is_an_array_of_those_lines(void **state)
{
	struct sweep_table table = retries_table(false), none = table_new(1);
	char *lines = printed(&table, print_lines), *array = printed(&table, print_array);
	char *nothing = printed(&none, print_array), *no_lines = printed(&none, print_lines);
	const char *at = array, *line = lines;

	(void)state;
	for (size_t i = 0; i < 32; i++) {
		size_t length = strcspn(line, "\n");

		assert_memory_equal(at, i ? ",\n" : "[\n", 2);
		assert_memory_equal(at + 2, line, length);
		at += 2 + length;
		line += length + 1;
	}
	assert_string_equal(at, "\n]\n");
	assert_string_equal(line, "");
	assert_string_equal(nothing, "[]\n");
	assert_string_equal(no_lines, "");
	free(lines);
	free(array);
	free(nothing);
	free(no_lines);
	sweep_table_free(&table);
	sweep_table_free(&none);
}

/* Every finding once; what it does not vary with is said, and what one value has stands above. */
static void markdown_has_a_row_for_values_that_came_to_the_same(void **state)
{
	struct sweep_table table = retries_table(false);
	char *text = printed(&table, print_markdown);

	(void)state;
	assert_string_equal(
		text, "**sweep**: asked Linux 6.1, 6.12, virtual time, quick, IPv4, points 16\n\n"
		      "| tcp_orphan_retries | late | kernel | probe | claim | finding | predicted "
		      "| measured | "
		      "verdict |\n"
		      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
		      "| 0..2 | every | every | a.probe | a.probe | fins | 2 | 2 | as predicted |\n"
		      "| 3 | every | every | a.probe | a.probe | fins | 3 | 3 | as predicted |\n"
		      "| every | every | every | a.probe | a.probe | same | 1 | 1 | confirmed |\n");
	free(text);
	sweep_table_free(&table);
}

static void csv_has_numbers_beside_words(void **state)
{
	struct sweep_table table = retries_table(false);
	char *text = printed(&table, sweep_print_csv);

	(void)state;
	assert_non_null(strstr(text, "kernel,phase,\"tcp_orphan_retries\",\"late\",probe,claim,"));
	assert_non_null(strstr(text, "\r\n\"6.1\",0,\"3\",\"60\",\"a.probe\",\"a.probe\",\"\","
	                             "\"fins\",\"count\",\"-\",,,\"3\",3,3,\"3\",3,3,none,true"
	                             "\r\n"));
	free(text);
	sweep_table_free(&table);
}

static void nothing_reaches_a_terminal_as_it_was(void **state)
{
	static const print_fn prints[] = {print_text, sweep_print_csv, print_markdown};
	struct sweep_table table = table_new(1);
	struct record *rec = hostile_record();

	(void)state;
	rec->outcome = OUTCOME_ERROR;
	assert_int_equal(sweep_table_add(&table, &(struct sweep_place){0}, rec), 0);
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		char *text = printed(&table, prints[i]);

		assert_non_null(strstr(text, "/title")); /* it is no page */
		if (prints[i] == print_markdown)
			markdown_expect_escaped(text);
		for (const char *at = text; *at; at++)
			if (((unsigned char)*at < ' ' && *at != '\n' && *at != '\r') ||
			    *at == 0x7f || (unsigned char)*at == 0xff)
				fail_msg("byte 0x%02x at %zd", (unsigned char)*at, at - text);
		free(text);
	}
	record_free(rec);
	sweep_table_free(&table);
}

/* Lifetimes of a second a retry, @more_ns longer with the other value of late. */
static char *lifetimes_printed(int64_t more_ns)
{
	struct sweep_table table = table_new(1);
	char *text;

	for (size_t combo = 0; combo < 8; combo++)
		for (size_t kernel = 0; kernel < 2; kernel++) {
			struct record *rec = record_new();
			int64_t ns = (int64_t)(combo / 2 + 1) * NS_PER_S +
			             (int64_t)(combo % 2) * more_ns;
			struct finding finding = {
				.claim = "a.probe",
				.name = "life",
				.unit = "s",
				.measured = {.kind = VALUE_TIME, .lo = ns, .hi = ns},
				.verdict = VERDICT_NONE,
				.model = MODEL_HOLDS,
			};

			rec->probe = "a.probe";
			rec->finished = true;
			assert_int_equal(record_add_finding(rec, &finding), 0);
			assert_int_equal(sweep_table_add(&table,
			                                 &(struct sweep_place){.combo = combo,
			                                                       .kernel = kernel},
			                                 rec),
			                 0);
			record_free(rec);
		}
	text = printed(&table, print_text);
	sweep_table_free(&table);
	return text;
}

static void times_that_are_nearly_the_same_are_told_as_one(void **state)
{
	char *text = lifetimes_printed(10 * NS_PER_MS);

	(void)state;
	assert_non_null(strstr(text, "the same for every late and kernel"));
	free(text);
	text = lifetimes_printed(10 * NS_PER_MS + 1);
	assert_non_null(strstr(text, "the same for every kernel"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_has_what_it_varies_with),
		cmocka_unit_test(the_order_of_points_does_not_matter),
		cmocka_unit_test(what_is_wrong_comes_first),
		cmocka_unit_test(phases_are_a_range),
		cmocka_unit_test(times_that_are_nearly_the_same_are_told_as_one),
		cmocka_unit_test(what_came_to_nothing_is_told_with_its_reason),
		cmocka_unit_test(json_has_a_line_a_point_and_finding),
		cmocka_unit_test(json_is_an_array_of_those_lines),
		cmocka_unit_test(markdown_has_a_row_for_values_that_came_to_the_same),
		cmocka_unit_test(csv_has_numbers_beside_words),
		cmocka_unit_test(nothing_reaches_a_terminal_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
