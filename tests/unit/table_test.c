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

/* One finding of a claim that @article makes, with tcp_orphan_retries 0 in its words. */
static struct record *refuted_at_a_setting(const char *article)
{
	struct record *rec = one_finding(VERDICT_REFUTED, MODEL_HOLDS);
	const struct record_claim claim = {
		.id = "c", .article = article, .text = "As often as tcp_orphan_retries says."};

	assert_int_equal(record_add_claim(rec, &claim), 0);
	rec->findings[0].says = (struct value){.kind = VALUE_COUNT, .lo = 1, .hi = 1};
	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		assert_int_equal(settings_put(&rec->sysctls[side], "net.ipv4.tcp_retries2", "15"),
		                 0);
		assert_int_equal(
			settings_put(&rec->sysctls[side], "net.ipv4.tcp_orphan_retries", "0"), 0);
	}
	return rec;
}

static void a_probe_is_concluded_in_one_sentence(void **state)
{
	struct record *rec = refuted_at_a_setting("A B D");
	const struct event change = {
		.kind = EVENT_SYSCTL,
		.sysctl = {.name = "net.ipv4.tcp_orphan_retries", .from = "0", .to = "1"},
	};

	(void)state;
	assert_int_equal(
		settings_put(&rec->sysctls[SIDE_SERVER], "net.ipv4.tcp_orphan_retries", "3"), 0);
	expect_words(rec,
	             "  n: A, B and D say 1, on this kernel it is 7; the claim is wrong at "
	             "client:tcp_orphan_retries=0,\n  server:tcp_orphan_retries=3.\n",
	             "tcp_retries2");
	expect_words(refuted_at_a_setting("D"),
	             "  n: D says 1, on this kernel it is 7; the claim is wrong at "
	             "tcp_orphan_retries=0.\n",
	             "model predicts");
	/* which of its values it was is not known */
	rec = refuted_at_a_setting("-");
	assert_int_equal(record_add_event(rec, &change), 0);
	expect_words(rec, "  n: the claim says 1, on this kernel it is 7; the claim is wrong.\n",
	             "retries=");
	expect_words(one_finding(VERDICT_CONFIRMED, MODEL_FAILS),
	             "  n: the model predicts 6, on this kernel it is 7; one of them is wrong.\n",
	             "This kernel");
	expect_words(one_finding(VERDICT_NONE, MODEL_HOLDS), "  No text says what this kernel does",
	             "wrong");
}

/* Long words that are three times the same are told once, beside their verdict. */
static void a_walk_as_said_and_predicted_is_told_once(void **state)
{
	static const char *const walk = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE";
	struct record *rec = one_finding(VERDICT_CONFIRMED, MODEL_HOLDS);
	struct finding *finding = &rec->findings[0];

	(void)state;
	finding->says = finding->predicts = finding->measured =
		(struct value){.kind = VALUE_TEXT, .text = walk};
	expect_words(rec, "as said and predicted: SYN_RECV ESTABLISHED CLOSE_WAIT",
	             "CLOSE_WAIT LAST_ACK CLOSE  S");
	rec = one_finding(VERDICT_NONE, MODEL_HOLDS);
	rec->findings[0].predicts = rec->findings[0].measured =
		(struct value){.kind = VALUE_TEXT, .text = walk};
	expect_words(rec, "as predicted: SYN_RECV ESTABLISHED CLOSE_WAIT", "said");
	rec = one_finding(VERDICT_REFUTED, MODEL_HOLDS);
	rec->findings[0].says = (struct value){.kind = VALUE_TEXT, .text = "SYN_RECV CLOSE"};
	rec->findings[0].predicts = rec->findings[0].measured =
		(struct value){.kind = VALUE_TEXT, .text = walk};
	expect_words(rec, "SYN_RECV CLOSE ", "as predicted: SYN");
}

static void figures_are_not_broken(void **state)
{
	struct record *rec = one_finding(VERDICT_REFUTED, MODEL_HOLDS);
	struct finding *finding = &rec->findings[0];
	char *text;

	(void)state;
	finding->name = "goes_on_with_the_clock (of what the connection before has left)";
	finding->says = (struct value){
		.kind = VALUE_TIME, .lo = 17179869 * NS_PER_MS, .hi = 17179869 * NS_PER_MS};
	finding->predicts = (struct value){
		.kind = VALUE_TIME, .lo = 274320 * NS_PER_MS, .hi = 275440 * NS_PER_MS};
	text = print((const struct record *const *)&rec, 1, 80, false);
	assert_non_null(strstr(text,
	                       "      goes_on_with_the_clock (of what the connection before has "
	                       "left)\n"));
	assert_non_null(strstr(text, " 17179.87 s 274.32..275.44 s 7  "));
	free(text);
	record_free(rec);
}

/* The model's word is not the article's: no green beside REFUTED. */
static void as_predicted_is_not_green(void **state)
{
	struct record *rec = one_finding(VERDICT_REFUTED, MODEL_HOLDS);
	char *text = print((const struct record *const *)&rec, 1, 100, true);

	(void)state;
	assert_null(strstr(text, "\033[32m"));
	assert_non_null(strstr(text, "as predicted  0 us of wall time\n"));
	free(text);
	record_free(rec);
}

static void the_legend_tells_of_what_is_there(void **state)
{
	(void)state;
	expect_words(one_finding(VERDICT_REFUTED, MODEL_HOLDS), "REFUTED: it does something else",
	             "qualified:");
	expect_words(one_finding(VERDICT_QUALIFIED, MODEL_HOLDS), "qualified: it does so under",
	             "REFUTED");
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
		char *rest = text, *line;

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
		cmocka_unit_test(a_probe_is_concluded_in_one_sentence),
		cmocka_unit_test(a_walk_as_said_and_predicted_is_told_once),
		cmocka_unit_test(figures_are_not_broken),
		cmocka_unit_test(as_predicted_is_not_green),
		cmocka_unit_test(the_legend_tells_of_what_is_there),
		cmocka_unit_test(refuted_is_red),
		cmocka_unit_test(lines_keep_to_the_width),
		cmocka_unit_test(text_folds_between_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
