// SPDX-License-Identifier: GPL-2.0-or-later
/* phases: what many runs of one probe come to, as data, as a line, as a table, as KTAP. */
#include <errno.h>

#include "canned.h"

#include "../../harness/report/report.h"
#include "../../harness/report/text.h"

#define RUNS 5

/* lost-fin.jsonl as if it had been run over and over. */
struct lab {
	struct record *runs[RUNS];
	struct phases phases;
};

static struct finding *finding_of(struct record *rec, size_t at)
{
	assert_true(at < rec->finding_count);
	return &rec->findings[at];
}

enum { FIN_SEGMENTS, LIFETIME, ZERO_MEANS_EIGHT };

static void lab_open(struct lab *lab)
{
	*lab = (struct lab){0};
	for (size_t i = 0; i < RUNS; i++) {
		lab->runs[i] = canned_record("lost-fin.jsonl");
		/* the canned one has a failure of its own */
		finding_of(lab->runs[i], ZERO_MEANS_EIGHT)->model = MODEL_HOLDS;
		lab->runs[i]->outcome = OUTCOME_OK;
	}
}

static const struct spread *lab_fold(struct lab *lab, size_t at)
{
	const struct finding *finding = finding_of(lab->runs[0], at);
	const struct spread *spread;

	phases_free(&lab->phases);
	for (size_t i = 0; i < RUNS; i++)
		assert_int_equal(phases_add(&lab->phases, &lab->runs[i], 1), 0);
	spread = spread_find(phases_find(&lab->phases, "wave1.lost"), finding_id_of(finding));
	assert_non_null(spread);
	return spread;
}

static void lab_close(struct lab *lab)
{
	phases_free(&lab->phases);
	for (size_t i = 0; i < RUNS; i++)
		record_free(lab->runs[i]);
}

static void set_measured(struct finding *finding, int64_t lo, int64_t hi)
{
	finding->measured.lo = lo;
	finding->measured.hi = hi;
}

static void set_words(struct finding *finding, const char *words)
{
	finding->measured = (struct value){.kind = VALUE_TEXT};
	finding->measured.text = words;
}

static void numbers_go_from_the_least_to_the_greatest(void **state)
{
	const struct spread *spread;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	set_measured(finding_of(lab.runs[1], LIFETIME), 2400 * NS_PER_MS, 2450 * NS_PER_MS);
	set_measured(finding_of(lab.runs[3], LIFETIME), 2600 * NS_PER_MS, 2700 * NS_PER_MS);
	spread = lab_fold(&lab, LIFETIME);
	assert_int_equal(spread->measured.kind, VALUE_TIME);
	assert_true(spread->measured.lo == 2400 * NS_PER_MS);
	assert_true(spread->measured.hi == 2700 * NS_PER_MS);
	assert_int_equal(spread->differ, 0);
	assert_int_equal(spread->undecided, 0);
	assert_int_equal(lab.phases.count, RUNS);
	lab_close(&lab);
}

static void words_that_differ_are_counted_and_the_first_kept(void **state)
{
	const struct spread *spread;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	for (size_t i = 0; i < RUNS; i++)
		set_words(finding_of(lab.runs[i], FIN_SEGMENTS), i == 2   ? "FIN_WAIT1"
		                                                 : i == 4 ? "CLOSING"
		                                                          : "CLOSE");
	spread = lab_fold(&lab, FIN_SEGMENTS);
	assert_string_equal(spread->measured.text, "CLOSE");
	assert_int_equal(spread->differ, 2);
	assert_string_equal(spread->other.text, "FIN_WAIT1");
	lab_close(&lab);
}

static void what_was_not_decided_is_no_measurement(void **state)
{
	const struct spread *spread;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	finding_of(lab.runs[0], FIN_SEGMENTS)->verdict = VERDICT_INCONCLUSIVE;
	set_measured(finding_of(lab.runs[0], FIN_SEGMENTS), 99, 99);
	finding_of(lab.runs[0], FIN_SEGMENTS)->model = MODEL_FAILS;
	finding_of(lab.runs[3], FIN_SEGMENTS)->measured.kind = VALUE_NONE;
	spread = lab_fold(&lab, FIN_SEGMENTS);
	assert_int_equal(spread->undecided, 2);
	assert_int_equal(spread->model_failed, 0);
	assert_true(spread->measured.lo == 4 && spread->measured.hi == 4);
	lab_close(&lab);
}

static void a_finding_that_comes_and_goes(void **state)
{
	const struct spread *spread;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	lab.runs[1]->finding_count = 0;
	lab.runs[1]->outcome = OUTCOME_CRASHED;
	assert_int_equal(lab_fold(&lab, LIFETIME)->undecided, 1);
	assert_int_equal(phases_find(&lab.phases, "wave1.lost")->failed, 1);
	assert_null(phases_find(&lab.phases, "wave4.lost"));
	lab_close(&lab);

	lab_open(&lab);
	lab.runs[0]->finding_count = lab.runs[1]->finding_count = 0;
	for (size_t i = 0; i < RUNS; i++)
		assert_int_equal(phases_add(&lab.phases, &lab.runs[i], 1), 0);
	spread = spread_find(&lab.phases.probes[0],
	                     (struct finding_id){"wave1.lost", "", "lifetime"});
	assert_int_equal(spread->undecided, 2);
	lab_close(&lab);
}

static void a_line_says_it_and_is_read(void **state)
{
	static const char documented[] =
		"{\"type\":\"phases\",\"probe\":\"wave1.lost\",\"claim\":\"wave1.lost\",\"name\":"
		"\"lifetime\",\"unit\":\"s\",\"phases\":5,\"predicts\":{\"lo_ns\":2400000000,"
		"\"hi_ns\":2700000000},\"measured\":{\"lo_ns\":2501000000,\"hi_ns\":2680000000},"
		"\"differ\":0,\"model_failed\":0,\"undecided\":0}";
	struct lab lab;
	char *line, why[160];
	size_t findings;

	(void)state;
	lab_open(&lab);
	for (size_t i = 0; i < RUNS; i++)
		set_measured(finding_of(lab.runs[i], LIFETIME), 2600 * NS_PER_MS, 2600 * NS_PER_MS);
	set_measured(finding_of(lab.runs[2], LIFETIME), 2501 * NS_PER_MS, 2501 * NS_PER_MS);
	set_measured(finding_of(lab.runs[4], LIFETIME), 2680 * NS_PER_MS, 2680 * NS_PER_MS);
	line = json_phases_line("wave1.lost", RUNS, lab_fold(&lab, LIFETIME));
	assert_string_equal(line, documented);
	findings = lab.runs[0]->finding_count;
	assert_int_equal(json_read_line(lab.runs[0], line, strlen(line), why), JSON_PHASES);
	assert_int_equal(lab.runs[0]->finding_count, findings);
	free(line);

	for (size_t i = 0; i < RUNS; i++)
		set_words(finding_of(lab.runs[i], FIN_SEGMENTS), i ? "more" : "less");
	finding_of(lab.runs[0], FIN_SEGMENTS)->model = MODEL_FAILS;
	line = json_phases_line("wave1.lost", RUNS, lab_fold(&lab, FIN_SEGMENTS));
	assert_non_null(strstr(line, "\"measured\":\"less\",\"other\":\"more\",\"differ\":4,"
	                             "\"model_failed\":1,\"undecided\":0}"));
	assert_int_equal(json_read_line(lab.runs[0], line, strlen(line), why), JSON_PHASES);
	free(line);
	lab_close(&lab);
}

static void expect_same_value(const struct value *a, const struct value *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->lo, b->lo);
	assert_int_equal(a->hi, b->hi);
	assert_string_equal(a->text, b->text);
}

static void expect_same_spread(const struct spread *a, const struct spread *b)
{
	assert_string_equal(a->claim, b->claim);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->unit, b->unit);
	expect_same_value(&a->predicts, &b->predicts);
	expect_same_value(&a->measured, &b->measured);
	expect_same_value(&a->other, &b->other);
	assert_int_equal(a->differ, b->differ);
	assert_int_equal(a->model_failed, b->model_failed);
	assert_int_equal(a->undecided, b->undecided);
}

/* What run --phases has in hand, and what matrix --from finds in the lines that it kept. */
static void what_is_kept_is_what_was_found(void **state)
{
	struct record *kept = canned_record("lost-fin.jsonl");
	const struct probe_phases *before, *after;
	struct phases again = {0};
	struct lab lab;
	char why[160];

	(void)state;
	lab_open(&lab);
	for (size_t i = 0; i < RUNS; i++)
		set_words(finding_of(lab.runs[i], FIN_SEGMENTS), i ? "more" : "less");
	finding_of(lab.runs[2], FIN_SEGMENTS)->model = MODEL_FAILS;
	finding_of(lab.runs[3], LIFETIME)->verdict = VERDICT_INCONCLUSIVE;
	set_measured(finding_of(lab.runs[4], LIFETIME), 2680 * NS_PER_MS, 2680 * NS_PER_MS);
	lab_fold(&lab, LIFETIME);
	before = &lab.phases.probes[0];
	assert_int_equal(before->phases, RUNS);
	assert_int_equal(phases_take(&again, kept), 0); /* it has no such lines yet */
	assert_int_equal(again.probe_count, 0);
	for (size_t i = 0; i < before->count; i++) {
		char *line = json_phases_line("wave1.lost", RUNS, &before->spreads[i]);

		assert_int_equal(json_read_line(kept, line, strlen(line), why), JSON_PHASES);
		free(line);
	}
	assert_int_equal(phases_take(&again, kept), 0);
	assert_int_equal(phases_take(&again, kept), 0); /* nothing more to take */
	record_free(kept);
	after = phases_find(&again, "wave1.lost");
	assert_non_null(after);
	assert_int_equal(again.count, RUNS);
	assert_int_equal(again.probe_count, 1);
	assert_int_equal(after->phases, RUNS);
	assert_int_equal(after->count, before->count);
	for (size_t i = 0; i < before->count; i++)
		expect_same_spread(&after->spreads[i], &before->spreads[i]);
	phases_free(&again);
	lab_close(&lab);
}

#define WALK "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE"

static char *lab_table(const struct lab *lab, unsigned int width)
{
	struct report_style style = {.width = width};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(phases_print(&lab->phases, &style, out), 0);
	fclose(out);
	return text;
}

static void the_table_keeps_its_columns(void **state)
{
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	for (size_t i = 0; i < RUNS; i++) {
		lab.runs[i]->finding_count = 2;
		finding_of(lab.runs[i], LIFETIME)->predicts.kind = VALUE_TEXT;
		finding_of(lab.runs[i], LIFETIME)->predicts.text = WALK;
		set_words(finding_of(lab.runs[i], LIFETIME), i == 3 ? "CLOSE" : WALK);
	}
	finding_of(lab.runs[3], LIFETIME)->model = MODEL_FAILS;
	finding_of(lab.runs[4], FIN_SEGMENTS)->verdict = VERDICT_SKIPPED;
	lab_fold(&lab, LIFETIME);
	text = lab_table(&lab, 80);
	assert_string_equal(text, "\n"
	                          "wave1.lost over 5 timer phases\n"
	                          "  finding                  predicts                   measured\n"
	                          "  fin_segments             4                          4\n"
	                          "    not measured in 1 of 5 phases\n"
	                          "  lifetime                 SYN_SENT ESTABLISHED       SYN_SENT "
	                          "ESTABLISHED\n"
	                          "                           FIN_WAIT1 FIN_WAIT2        FIN_WAIT1 "
	                          "FIN_WAIT2\n"
	                          "                           TIME_WAIT CLOSE            TIME_WAIT "
	                          "CLOSE\n"
	                          "    DIFFERS in 1 of 5 phases: CLOSE\n"
	                          "    MODEL FAILED in 1 of 5 phases\n");
	free(text);
	lab_close(&lab);
}

static char *lab_ktap(const struct lab *lab)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(ktap_print(lab->runs[0], &lab->phases, 1, out), 0);
	fclose(out);
	return text;
}

static void ktap_passes_what_passed_in_every_phase(void **state)
{
	struct lab lab;
	char *text;

	(void)state;
	lab_open(&lab);
	set_measured(finding_of(lab.runs[3], LIFETIME), 2600 * NS_PER_MS, 2600 * NS_PER_MS);
	lab_fold(&lab, LIFETIME);
	text = lab_ktap(&lab);
	assert_non_null(strstr(text, "measured 2.50 s: none\n"
	                             "  # over 5 timer phases: measured 2.50..2.60 s\n"
	                             "  ok 2 wave1.lost/lifetime\n"));
	assert_non_null(strstr(text, "\nok 1 wave1.lost\n"));
	free(text);

	finding_of(lab.runs[3], LIFETIME)->model = MODEL_FAILS;
	lab.runs[3]->outcome = OUTCOME_MODEL_FAILED;
	lab_fold(&lab, LIFETIME);
	text = lab_ktap(&lab);
	assert_non_null(strstr(text, "2.60 s, the model failed in 1\n"
	                             "  not ok 2 wave1.lost/lifetime\n"));
	assert_non_null(strstr(text, "\n# failed in 1 of 5 timer phases\nnot ok 1 wave1.lost\n"));
	free(text);
	lab_close(&lab);
}

/* One claim, one name, two cases: two findings, each with a spread of its own. */
static void cases_are_kept_apart(void **state)
{
	static const char *const cases[] = {"", "the second close()"};
	struct record *rec = record_new();
	const struct spread *spread;
	struct phases phases = {0};
	char title[64];

	(void)state;
	rec->probe = "p";
	for (int i = 0; i < 2; i++) {
		const struct finding finding = {
			.claim = "c",
			.in_case = cases[i],
			.name = "error",
			.verdict = VERDICT_NONE,
			.model = MODEL_HOLDS,
			.measured = {.kind = VALUE_COUNT, .lo = i, .hi = i},
		};

		assert_int_equal(record_add_finding(rec, &finding), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(phases_add(&phases, &rec, 1), 0);
	assert_int_equal(phases.probes[0].count, 2);
	for (int i = 0; i < 2; i++) {
		const struct finding_id id = {"c", cases[i], "error"};

		assert_ptr_equal(finding_find(rec, id), &rec->findings[i]);
		spread = spread_find(&phases.probes[0], id);
		assert_int_equal(spread->measured.lo, i);
		assert_int_equal(spread->measured.hi, i);
		finding_title(id, title, sizeof(title));
		assert_string_equal(title, i ? "error (the second close())" : "error");
	}
	phases_free(&phases);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_are_kept_apart),
		cmocka_unit_test(numbers_go_from_the_least_to_the_greatest),
		cmocka_unit_test(words_that_differ_are_counted_and_the_first_kept),
		cmocka_unit_test(what_was_not_decided_is_no_measurement),
		cmocka_unit_test(a_finding_that_comes_and_goes),
		cmocka_unit_test(a_line_says_it_and_is_read),
		cmocka_unit_test(what_is_kept_is_what_was_found),
		cmocka_unit_test(the_table_keeps_its_columns),
		cmocka_unit_test(ktap_passes_what_passed_in_every_phase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
