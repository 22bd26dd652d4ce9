// SPDX-License-Identifier: GPL-2.0-or-later
/* matrix: every finding on every kernel, what differs marked, what is missing explained. */
#include "golden.h"

#include "../../harness/report/report.h"
#include "../../harness/report/text.h"

#define SLACK_NS (10 * NS_PER_MS)
#define KERNELS 5

/* wave1.lost on four kernels, loss of each kind of answer, and one that cannot be run. */
struct lab {
	struct record *records[KERNELS][3];
	struct record *four[KERNELS][4]; /* the same and one more, for lab_add_fourth() */
	struct matrix_column columns[KERNELS];
};

static struct finding *finding_of(struct record *rec, const char *name)
{
	for (size_t i = 0; i < rec->finding_count; i++) {
		if (!strcmp(rec->findings[i].name, name))
			return &rec->findings[i];
	}
	fail_msg("no finding %s", name);
	return NULL;
}

static void lab_open(struct lab *lab)
{
	static const char *const names[KERNELS] = {"5.10", "6.1", "6.12", "7.2", "host"};
	static const char *const files[3] = {"four-waves.jsonl", "lost-fin.jsonl",
	                                     "self-connect.jsonl"};

	for (size_t i = 0; i < KERNELS; i++) {
		for (size_t j = 0; j < 3; j++) {
			lab->records[i][j] = canned_record(files[j]);
			if (strcmp(files[j], "self-connect.jsonl") != 0)
				lab->records[i][j]->title = "The title of a probe";
		}
		lab->columns[i] = (struct matrix_column){
			.name = names[i],
			.records = (const struct record *const *)lab->records[i],
			.count = 3,
		};
	}
}

/* The canned lost-fin has one failure of its own. */
static void lab_hold(struct lab *lab)
{
	for (size_t i = 0; i < KERNELS; i++)
		for (size_t j = 0; j < lab->records[i][1]->finding_count; j++)
			lab->records[i][1]->findings[j].model = MODEL_HOLDS;
}

static void lab_close(struct lab *lab)
{
	for (size_t i = 0; i < KERNELS; i++)
		for (size_t j = 0; j < 3; j++)
			record_free(lab->records[i][j]);
}

static char *lab_print_rows(const struct lab *lab, size_t count, unsigned int width, bool colour,
                            enum matrix_rows rows)
{
	struct report_style style = {.width = width, .colour = colour};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(matrix_print(lab->columns, count, SLACK_NS, rows, &style, out), 0);
	fclose(out);
	return text;
}

static char *lab_print(const struct lab *lab, size_t count, unsigned int width, bool colour)
{
	return lab_print_rows(lab, count, width, colour, MATRIX_ROWS_ALL);
}

static void set_count(struct finding *finding, int64_t count)
{
	finding->measured.lo = finding->measured.hi = count;
}

static void lab_disagree(struct lab *lab)
{
	struct finding *finding = finding_of(lab->records[2][1], "lifetime");
	struct record *skipped = lab->records[1][2], *crashed = lab->records[2][2];

	set_count(finding_of(lab->records[1][1], "fin_segments"), 5);
	finding_of(lab->records[1][1], "fin_segments")->verdict = VERDICT_QUALIFIED;
	finding_of(lab->records[2][1], "fin_segments")->model = MODEL_FAILS;
	/* within the wheel's rounding, and not */
	finding->measured.lo = finding->measured.hi = finding->measured.lo + 20 * NS_PER_MS;
	finding = finding_of(lab->records[4][1], "lifetime");
	finding->measured.lo = finding->measured.hi = finding->measured.lo + 900 * NS_PER_MS;
	finding = finding_of(lab->records[0][1], "fin_segments");
	lab->records[4][0]->findings[0].note = "the tap lost 3";
	lab->records[4][0]->findings[0].verdict = VERDICT_INCONCLUSIVE;
	skipped->finding_count = 0;
	skipped->outcome = OUTCOME_SKIPPED;
	skipped->reason = "this kernel has no such thing";
	crashed->finding_count = 0;
	crashed->outcome = OUTCOME_CRASHED;
	crashed->reason = "the guest's kernel panicked";
	record_free(lab->records[4][2]);
	lab->records[4][2] = NULL;
	lab->columns[3].why = "no such kernel has been fetched; finwait kernel fetch 7.2";
	assert_int_equal(settings_put(&lab->records[4][1]->params, "linger", "7"), 0);
}

static void the_whole_of_it(void **state)
{
	struct lab lab;
	char *text;

	(void)state;
	locale_utf8();
	lab_open(&lab);
	lab_disagree(&lab);
	text = lab_print(&lab, KERNELS, 120, false);
	golden_expect("kernels.matrix", text);
	free(text);
	text = lab_print(&lab, 3, 100, false);
	golden_expect("kernels-narrow.matrix", text);
	free(text);
	lab_close(&lab);
}

static void lines_keep_to_the_width(void **state)
{
	static const unsigned int widths[] = {60, 72, 80, 100, 110, 120, 140, 200};
	struct lab lab;

	(void)state;
	locale_utf8();
	lab_open(&lab);
	lab_disagree(&lab);
	finding_of(lab.records[0][1], "fin_segments")->name = "fin_segments_of_a_name_with_no_end";
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		for (size_t count = 1; count <= KERNELS; count++) {
			char *text = lab_print(&lab, count, widths[i], false);
			char *rest = text, *line;

			while ((line = strsep(&rest, "\n")))
				if (text_columns(line) > widths[i])
					fail_msg("wider than %u: %s", widths[i], line);
			free(text);
		}
	}
	lab_close(&lab);
}

/* Whatever the width: names in one piece, beside a blank; the article's figure; the verdict. */
static void nothing_gives_way_to_the_width(void **state)
{
	static const char *const long_name = "fin_segments_in_FIN_WAIT1 (the server)";
	struct lab lab;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	for (size_t i = 0; i < KERNELS; i++)
		finding_of(lab.records[i][1], "fin_segments")->name = long_name;
	for (unsigned int width = 60; width <= 200; width += 10)
		for (size_t count = 1; count <= KERNELS; count++) {
			char *text = lab_print(&lab, count, width, false);
			const char *row = strstr(text, long_name);

			assert_non_null(row);
			assert_non_null(strchr(" \n", row[strlen(long_name)]));
			assert_non_null(strstr(row, "REFUTED"));
			if (!strstr(row, "says 3: REFUTED") && !strstr(text, "  says "))
				fail_msg("%u columns do not say it:\n%s", width, text);
			free(text);
		}
	lab_close(&lab);
}

/* Five kernels in 60 columns: alike ones are told together. */
static void without_room_a_row_is_words(void **state)
{
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	set_count(finding_of(lab.records[3][1], "fin_segments"), 5);
	text = lab_print(&lab, KERNELS, 60, false);
	assert_non_null(strstr(text, "\n  fin_segments\n    says 3: REFUTED\n"
	                             "    5.10, 6.1, 6.12, host: 4; 7.2: *5\n"));
	free(text);
	lab_close(&lab);
}

/* All kernels' fourth probe, of which no more is known than of the third. */
static void lab_add_fourth(struct lab *lab, struct record *fourth)
{
	for (size_t i = 0; i < KERNELS; i++) {
		lab->four[i][3] = fourth;
		for (size_t j = 0; j < 3; j++)
			lab->four[i][j] = lab->records[i][j];
		lab->columns[i].records = (const struct record *const *)lab->four[i];
		lab->columns[i].count = 4;
	}
}

/* What kernels agree on is counted, and so is, of many probes, what is as said and predicted. */
static void rows_without_news_are_counted(void **state)
{
	struct record *fourth = canned_record("polled.jsonl");
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	set_count(finding_of(lab.records[3][1], "fin_segments"), 5);
	text = lab_print_rows(&lab, KERNELS, 120, false, MATRIX_ROWS_DIFFERING);
	assert_non_null(strstr(text, "\n  fin_segments "));
	assert_null(strstr(text, "time_wait"));
	assert_null(strstr(text, "close.four-waves"));
	assert_non_null(strstr(text, "7 of 8 rows are not here: kernels agree on them"));
	free(text);
	/* of three probes all rows, of four those with news */
	text = lab_print_rows(&lab, KERNELS, 120, false, MATRIX_ROWS_USUAL);
	assert_non_null(strstr(text, "lifetime"));
	assert_null(strstr(text, "not here"));
	free(text);
	fourth->probe = "a.fourth";
	lab_add_fourth(&lab, fourth);
	text = lab_print_rows(&lab, KERNELS, 120, false, MATRIX_ROWS_USUAL);
	assert_non_null(strstr(text, "\n  fin_segments "));
	assert_non_null(strstr(text, "\n  time_wait ")); /* REFUTED */
	assert_null(strstr(text, "lifetime"));
	assert_non_null(strstr(text, "rows are not here: the same on all kernels, as predicted"));
	free(text);
	record_free(fourth);
	lab_close(&lab);
}

static size_t marks_count(const char *text, char mark)
{
	size_t count = 0;
	const char *end = strstr(text, "\n*: differs");

	assert_non_null(end);
	for (; text < end; text++)
		count += *text == mark;
	return count;
}

/* Nobody disagrees: no mark, and none but the colourless table without colour. */
static void agreement_has_no_marks(void **state)
{
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	text = lab_print(&lab, KERNELS, 120, false);
	assert_int_equal(marks_count(text, '*'), 0);
	assert_int_equal(marks_count(text, '!'), 0);
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "FAILED"));
	assert_non_null(strstr(text, "0 differ between kernels"));
	free(text);
	lab_close(&lab);
}

static void what_differs_is_marked_without_colour(void **state)
{
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	set_count(finding_of(lab.records[3][1], "fin_segments"), 5);
	text = lab_print(&lab, KERNELS, 120, false);
	assert_int_equal(marks_count(text, '*'), 1);
	assert_non_null(strstr(text, " *5 "));
	assert_non_null(strstr(text, "1 differs between kernels"));
	free(text);
	text = lab_print(&lab, KERNELS, 120, true);
	assert_non_null(strstr(text, "\033[33m*"));
	free(text);
	lab_close(&lab);
}

/* The article's figure follows a default, the verdict what was measured. */
static void what_the_article_comes_to_on_each_kernel(void **state)
{
	struct lab lab;
	struct finding *finding;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	text = lab_print(&lab, KERNELS, 120, false);
	assert_null(strstr(text, "(below)"));
	assert_null(strstr(text, ": confirmed"));
	assert_non_null(strstr(text, "the verdict differs on 0 claims\n"));
	free(text);
	/* two findings of one claim, and one of another */
	finding_of(lab.records[2][1], "fin_segments")->verdict = VERDICT_CONFIRMED;
	finding_of(lab.records[2][1], "lifetime")->verdict = VERDICT_QUALIFIED;
	finding = finding_of(lab.records[4][0], "segments");
	finding->verdict = VERDICT_REFUTED;
	finding->says.lo = finding->says.hi = 3;
	finding = finding_of(lab.records[3][0], "segments");
	finding->says.lo = finding->says.hi = 5;
	finding->verdict = VERDICT_INCONCLUSIVE;
	for (unsigned int width = 80; width <= 140; width += 20) {
		text = lab_print(&lab, KERNELS, width, false);
		assert_non_null(
			strstr(text, "\n    5.10, 6.1, 7.2, host: REFUTED; 6.12: confirmed\n"));
		assert_non_null(strstr(text, "\n    5.10, 6.1, 6.12: says 4, confirmed; "
		                             "host: says 3, REFUTED\n"));
		free(text);
	}
	text = lab_print(&lab, KERNELS, 120, false);
	assert_non_null(strstr(text, "\n  segments         (below) "));
	assert_non_null(strstr(text, "\n  fin_segments     3 "));
	assert_non_null(strstr(text, "the verdict differs on 2 claims\n"));
	free(text);
	lab_close(&lab);
}

/* The probes of the first kernel, run three times; wave1.lost not always the same. */
static void phases_of_first(struct lab *lab, struct phases *phases)
{
	struct record *again = canned_record("lost-fin.jsonl");
	struct record *const runs[3] = {lab->records[0][0], again, lab->records[0][2]};
	struct finding *finding = finding_of(again, "lifetime");

	*phases = (struct phases){0};
	assert_int_equal(phases_add(phases, lab->records[0], 3), 0);
	finding->measured.lo = finding->measured.hi = finding->measured.lo + 20 * NS_PER_MS;
	assert_int_equal(phases_add(phases, runs, 3), 0);
	finding = finding_of(again, "fin_segments");
	finding->measured = (struct value){.kind = VALUE_TEXT, .text = "eleven"};
	finding->model = MODEL_FAILS;
	assert_int_equal(phases_add(phases, runs, 3), 0);
	record_free(again);
	lab->columns[0].phases = phases;
}

static void a_cell_spans_the_phases(void **state)
{
	struct phases phases;
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	text = lab_print(&lab, 2, 120, false);
	assert_null(strstr(text, "phases"));
	free(text);
	phases_of_first(&lab, &phases);
	text = lab_print(&lab, 2, 120, false);
	assert_non_null(strstr(text, " 2.50..2.52 s  "));
	assert_non_null(strstr(text, " !4 [1] "));
	assert_non_null(strstr(text, "\n[1] in 1 of 3 timer phases: eleven\n"));
	assert_non_null(strstr(text,
	                       "\n    5.10: MODEL FAILED  predicted 4  measured 4  in 1 timer "
	                       "phase\n"));
	assert_non_null(strstr(text, "HZ 250, 3 timer phases: the model held on"));
	free(text);
	phases.probes[1].spreads[0].model_failed = 0;
	text = lab_print(&lab, 2, 120, false);
	assert_non_null(strstr(text, " ~4 [1] "));
	assert_non_null(strstr(text, "~: not the same in all timer phases;"));
	free(text);
	phases_free(&phases);
	lab_close(&lab);
}

/* Kept records: each probe of a column may have been run in its own number of phases. */
static void columns_need_not_have_the_same_phases(void **state)
{
	struct phases first, mixed = {0};
	struct spread spread;
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	phases_of_first(&lab, &first);
	spread = first.probes[1].spreads[0];
	spread.model_failed = 0;
	spread.differ = 2;
	for (size_t i = 0; i < 2; i++) {
		struct record *rec = lab.records[1][i ? 1 : 2];

		rec->phases = i ? 5 : 2;
		assert_int_equal(record_add_spread(rec, &spread), 0);
		assert_int_equal(phases_take(&mixed, rec), 0);
	}
	lab.columns[1].phases = &mixed;
	text = lab_print(&lab, 3, 120, false);
	assert_non_null(strstr(text, "\n[1] in 1 of 3 timer phases: eleven\n"));
	assert_non_null(strstr(text, "\n[2] in 2 of 5 timer phases: eleven\n"));
	/* four-waves was run once */
	assert_non_null(strstr(text, "HZ 250, 1 to 5 timer phases: the model held on"));
	assert_non_null(strstr(text, "HZ 250: the model held on"));
	free(text);
	phases_free(&first);
	phases_free(&mixed);
	lab_close(&lab);
}

static void a_failed_model_is_told_with_its_kernel(void **state)
{
	struct lab lab;
	struct finding *finding;
	char *text;

	(void)state;
	lab_open(&lab);
	lab_hold(&lab);
	finding = finding_of(lab.records[2][0], lab.records[2][0]->findings[0].name);
	finding->model = MODEL_FAILS;
	text = lab_print(&lab, KERNELS, 120, false);
	assert_non_null(strstr(text, "\n    6.12: MODEL FAILED  predicted"));
	free(text);
	/* in the same words on two kernels: one line */
	lab.records[4][0]->findings[0].model = MODEL_FAILS;
	text = lab_print(&lab, KERNELS, 120, false);
	assert_non_null(strstr(text, "\n    6.12, host: MODEL FAILED  predicted"));
	free(text);
	lab_close(&lab);
}

static void nothing_at_all_is_a_table_too(void **state)
{
	struct lab lab = {.columns = {{.name = "5.10", .why = "\033]0;no mirror"}}};
	char *text;

	(void)state;
	text = lab_print(&lab, 1, 100, false);
	assert_non_null(strstr(text, "not run: ?]0;no mirror"));
	assert_null(strchr(text, '\033'));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_of_it),
		cmocka_unit_test(lines_keep_to_the_width),
		cmocka_unit_test(nothing_gives_way_to_the_width),
		cmocka_unit_test(without_room_a_row_is_words),
		cmocka_unit_test(rows_without_news_are_counted),
		cmocka_unit_test(agreement_has_no_marks),
		cmocka_unit_test(what_differs_is_marked_without_colour),
		cmocka_unit_test(what_the_article_comes_to_on_each_kernel),
		cmocka_unit_test(a_cell_spans_the_phases),
		cmocka_unit_test(columns_need_not_have_the_same_phases),
		cmocka_unit_test(a_failed_model_is_told_with_its_kernel),
		cmocka_unit_test(nothing_at_all_is_a_table_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
