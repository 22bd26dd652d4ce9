// SPDX-License-Identifier: GPL-2.0-or-later
/* table: what must leap to the eye, and the whole of it for canned records. */
#include "golden.h"

#include "../../harness/report/report.h"
#include "../../harness/report/text.h"

/* The words that a probe of today puts into its record. */
static struct record *described(struct record *rec)
{
	const struct record_claim known = {
		.id = "wave1.lost",
		.article = "D",
		.text = "First FIN lost after close(): FIN_WAIT1, retransmitted tcp_orphan_retries "
			"times, then CLOSED; and what else the article has to say of it, at "
			"length.",
	};

	if (strcmp(rec->probe, "self.connect") != 0)
		rec->title = "The title of a probe";
	assert_int_equal(record_add_claim(rec, &known), 0);
	return rec;
}

static char *print(const struct record *const *records, size_t count, unsigned int width,
                   bool colour)
{
	struct report_style style = {.width = width, .colour = colour};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(table_print(records, count, &style, out), 0);
	fclose(out);
	return text;
}

static void canned_table(void **state)
{
	static const char *const names[] = {"handshake.jsonl", "four-waves.jsonl", "lost-fin.jsonl",
	                                    "polled.jsonl", "self-connect.jsonl"};
	struct record *records[5];
	char *text;

	(void)state;
	locale_utf8();
	for (size_t i = 0; i < 5; i++)
		records[i] = described(canned_record(names[i]));
	text = print((const struct record *const *)records, 5, 100, false);
	golden_expect("all.table", text);
	free(text);
	for (size_t i = 0; i < 5; i++)
		record_free(records[i]);
}

static struct record *one_finding(enum verdict verdict, enum model model)
{
	struct record *rec = record_new();
	struct finding finding = {
		.claim = "c",
		.name = "n",
		.verdict = verdict,
		.model = model,
		.predicts = {.kind = VALUE_COUNT, .lo = 6, .hi = 6},
		.measured = {.kind = VALUE_COUNT, .lo = 7, .hi = 7},
	};

	assert_int_equal(record_add_finding(rec, &finding), 0);
	rec->finished = true;
	rec->outcome = model != MODEL_FAILS ? OUTCOME_OK : OUTCOME_MODEL_FAILED;
	return rec;
}

static void expect_words(struct record *rec, const char *wanted, const char *unwanted)
{
	char *text = print((const struct record *const *)&rec, 1, 100, false);

	if (!strstr(text, wanted))
		fail_msg("no \"%s\" in:\n%s", wanted, text);
	if (unwanted && strstr(text, unwanted))
		fail_msg("\"%s\" in:\n%s", unwanted, text);
	free(text);
	record_free(rec);
}

static void a_failed_model_is_unmistakable(void **state)
{
	(void)state;
	expect_words(one_finding(VERDICT_CONFIRMED, MODEL_FAILS),
	             "MODEL FAILED  predicted 6  measured 7", NULL);
	expect_words(one_finding(VERDICT_REFUTED, MODEL_HOLDS), "REFUTED", "MODEL FAILED");
	expect_words(one_finding(VERDICT_INCONCLUSIVE, MODEL_UNJUDGED), "inconclusive",
	             "MODEL FAILED  predicted");
}

static void a_record_cut_off_is_not_ok(void **state)
{
	struct record *rec = one_finding(VERDICT_CONFIRMED, MODEL_HOLDS);

	(void)state;
	rec->finished = false;
	expect_words(rec, "the record ends before the result", "as predicted");
}

static void refuted_is_red(void **state)
{
	struct record *rec = one_finding(VERDICT_REFUTED, MODEL_HOLDS);
	char *text = print((const struct record *const *)&rec, 1, 100, true);

	(void)state;
	assert_non_null(strstr(text, "\033[1;31mREFUTED\033[0m"));
	free(text);
	record_free(rec);
}

static void lines_keep_to_the_width(void **state)
{
	static const unsigned int widths[] = {72, 80, 100, 140};
	struct record *rec = canned_record("lost-fin.jsonl");

	(void)state;
	locale_utf8();
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		char *text = print((const struct record *const *)&rec, 1, widths[i], false);
		char *rest = text, *line, *total = strstr(text, "1 probe:");

		assert_non_null(total);
		*total = '\0'; /* the totals are one line however long */
		while ((line = strsep(&rest, "\n")))
			assert_true(text_columns(line) <= widths[i]);
		free(text);
	}
	record_free(rec);
}

static void text_folds_between_words(void **state)
{
	static const struct {
		const char *text;
		unsigned int width;
		const char *lines[4];
	} cases[] = {
		{"one two three", 8, {"one two", "three"}},
		{"one two three", 7, {"one two", "three"}},
		{"abcdefgh ij", 4, {"abcd", "efgh", "ij"}},
		{"one two", 0, {"one two"}},
		{"  ", 5, {NULL}},
		{"\u4e09\u6b21\u63e1\u624b", 5, {"\u4e09\u6b21", "\u63e1\u624b"}},
		{"\u4e09", 1, {"\u4e09"}},
	};

	(void)state;
	locale_utf8();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *rest = cases[i].text;
		char line[64];
		size_t n = 0;

		while (text_fold(&rest, cases[i].width, line, sizeof(line))) {
			assert_true(n < 4 && cases[i].lines[n]);
			assert_string_equal(line, cases[i].lines[n++]);
		}
		assert_true(n == 4 || !cases[i].lines[n]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canned_table),
		cmocka_unit_test(a_failed_model_is_unmistakable),
		cmocka_unit_test(a_record_cut_off_is_not_ok),
		cmocka_unit_test(refuted_is_red),
		cmocka_unit_test(lines_keep_to_the_width),
		cmocka_unit_test(text_folds_between_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
