// SPDX-License-Identifier: GPL-2.0-or-later
/* digest: one line a claim, nothing that went wrong left out, no line too long. */
#include "golden.h"

#include "../../harness/report/report.h"
#include "../../harness/report/text.h"

static char *print_as(struct record *const *records, size_t count, struct report_style style)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(digest_print((const struct record *const *)records, count, &style, out),
	                 0);
	fclose(out);
	return text;
}

static char *print(struct record *const *records, size_t count, unsigned int width)
{
	return print_as(records, count, (struct report_style){.width = width});
}

static void add_claim(struct record *rec, const char *id, const char *in_case, enum verdict verdict,
                      int64_t measured)
{
	const struct record_claim claim = {.id = id, .article = "A D", .text = "As many as said."};
	const struct finding finding = {
		.claim = id,
		.in_case = in_case,
		.name = "segments",
		.says = {.kind = VALUE_COUNT, .lo = 4, .hi = 4},
		.measured = {.kind = VALUE_COUNT, .lo = measured, .hi = measured},
		.verdict = verdict,
		.model = MODEL_HOLDS,
	};

	if (!record_claim_find(rec, id))
		assert_int_equal(record_add_claim(rec, &claim), 0);
	assert_int_equal(record_add_finding(rec, &finding), 0);
}

static struct record *judged(const char *probe, enum outcome outcome, const char *reason)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	rec->probe = record_text(rec, "%s", probe);
	rec->reason = record_text(rec, "%s", reason);
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "6.12.1");
	snprintf(rec->run.clock, sizeof(rec->run.clock), "real");
	rec->finished = true;
	rec->outcome = outcome;
	return rec;
}

#define RECORDS 7

static void records_make(struct record *records[RECORDS])
{
	records[0] = judged("one.right", OUTCOME_OK, "");
	add_claim(records[0], "one.right", "", VERDICT_CONFIRMED, 4);
	records[1] = judged("grid.a", OUTCOME_OK, "");
	add_claim(records[1], "grid", "", VERDICT_REFUTED, 6);
	records[2] = judged("grid.b", OUTCOME_OK, "");
	add_claim(records[2], "grid", "", VERDICT_REFUTED, 7);
	records[3] = judged("two.sided", OUTCOME_OK, "");
	records[3]->again = "the machine was 41 ms late";
	add_claim(records[3], "two.sided", "no data is on its way", VERDICT_QUALIFIED, 4);
	add_claim(records[3], "two.sided", "data is on its way", VERDICT_QUALIFIED, 5);
	records[4] = judged("not.as-predicted", OUTCOME_MODEL_FAILED, "segments: differs");
	add_claim(records[4], "not.as-predicted", "", VERDICT_CONFIRMED, 4);
	records[4]->findings[0].model = MODEL_FAILS;
	records[5] = judged("skipped.one", OUTCOME_SKIPPED, "needs a kernel of tomorrow");
	records[6] = judged("skipped.two", OUTCOME_SKIPPED, "needs a kernel of tomorrow");
}

static void all_sorts(void **state)
{
	struct record *records[RECORDS];
	char *text;

	(void)state;
	locale_utf8();
	records_make(records);
	text = print(records, RECORDS, 80);
	golden_expect("all.digest", text);
	free(text);
	for (size_t i = 0; i < RECORDS; i++)
		record_free(records[i]);
}

static void what_was_cut_off_is_named(void **state)
{
	struct record *rec = judged("torn.off", OUTCOME_OK, "");
	char *text;

	(void)state;
	rec->finished = false;
	text = print(&rec, 1, 80);
	assert_non_null(strstr(text, "CRASHED  torn.off"));
	free(text);
	record_free(rec);
}

static void a_line_a_claim_however_long(void **state)
{
	static const unsigned int widths[] = {60, 80, 120, 200};
	struct record *rec = judged("long", OUTCOME_OK, "");

	(void)state;
	for (int i = 0; i < 40; i++)
		add_claim(rec, "long", record_text(rec, "the %d. case", i), VERDICT_REFUTED, 5 + i);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		char *text = print(&rec, 1, widths[i]);
		char *line = strstr(text, "  long");

		assert_non_null(line);
		line[strcspn(line, "\n")] = '\0';
		assert_true(text_columns(line) <= widths[i]);
		assert_string_equal(line + strlen(line) - 4, " ...");
		free(text);
	}
	record_free(rec);
}

/* Folded where somebody has a width, whole where none has. */
static void counts_are_one_line_in_a_pipe(void **state)
{
	static const char whole[] =
		"\n1 probe: 1 as predicted; 4 findings: 1 confirmed, 1 REFUTED, "
		"1 qualified, 1 model only\n";
	static const enum verdict verdicts[] = {VERDICT_CONFIRMED, VERDICT_REFUTED,
	                                        VERDICT_QUALIFIED, VERDICT_NONE};
	struct record *rec = judged("a", OUTCOME_OK, "");
	char *folded, *piped;

	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		add_claim(rec, record_text(rec, "claim%zu", i), "", verdicts[i], 6);
	folded = print(&rec, 1, 60);
	piped = print_as(&rec, 1, (struct report_style){.width = 60, .piped = true});
	assert_null(strstr(folded, whole));
	assert_non_null(strstr(folded, "\n  1 qualified, 1 model only\n"));
	assert_non_null(strstr(piped, whole));
	free(folded);
	free(piped);
	record_free(rec);
}

/* One kernel's figures are not told of another. */
static void a_screen_for_each_kernel(void **state)
{
	struct record *records[2] = {judged("a", OUTCOME_OK, ""), judged("a", OUTCOME_OK, "")};
	char *text;

	(void)state;
	snprintf(records[1]->run.kernel, sizeof(records[1]->run.kernel), "5.10.1");
	add_claim(records[0], "one", "", VERDICT_REFUTED, 6);
	add_claim(records[1], "one", "", VERDICT_REFUTED, 7);
	text = print(records, 2, 80);
	assert_non_null(strstr(text, "Linux 6.12.1, "));
	assert_non_null(strstr(text, "segments 6 (says 4)"));
	assert_non_null(strstr(text, "Linux 5.10.1, "));
	assert_non_null(strstr(text, "segments 7 (says 4)"));
	assert_null(strstr(text, "2 rows"));
	free(text);
	record_free(records[0]);
	record_free(records[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_sorts),
		cmocka_unit_test(what_was_cut_off_is_named),
		cmocka_unit_test(a_line_a_claim_however_long),
		cmocka_unit_test(counts_are_one_line_in_a_pipe),
		cmocka_unit_test(a_screen_for_each_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
