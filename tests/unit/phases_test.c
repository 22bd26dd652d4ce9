// SPDX-License-Identifier: GPL-2.0-or-later
/* phases: what many runs of one probe come to, as data, as a line, as a table, as KTAP. */
#include <errno.h>

#include "canned.h"
#include "wheel.h"

#include "../../harness/report/ktap.h"
#include "../../harness/report/report.h"
#include "../../harness/base/phase.h"
#include "../../harness/base/wheel.h"
#include "../../harness/report/text.h"
#include "../../harness/session/tally.h"

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
	struct ktap ktap = {.out = open_memstream(&text, &size)};

	ktap_print(&ktap, lab->runs[0], &lab->phases);
	fclose(ktap.out);
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
	assert_non_null(strstr(text, "\nok 1 wave1.lost # time=2600ms\n"));
	free(text);

	finding_of(lab.runs[3], LIFETIME)->model = MODEL_FAILS;
	lab.runs[3]->outcome = OUTCOME_MODEL_FAILED;
	lab_fold(&lab, LIFETIME);
	text = lab_ktap(&lab);
	assert_non_null(strstr(text, "2.60 s, the model failed in 1\n"
	                             "  not ok 2 wave1.lost/lifetime\n"));
	assert_non_null(strstr(text, "\n# failed in 1 of 5 timer phases\n"
	                             "not ok 1 wave1.lost # time=2600ms\n"));
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

/* ---- one timer over all phases, against the wheel ---- */

#define WHEEL_HZ 250
#define WHEEL_PHASES 12

/* How a wheel treats a timer of TIME_WAIT's length. */
struct made {
	int64_t delay_ns;
	bool is_rounded; /* up to the end of its bucket; else it fires at the next tick */
	unsigned int undecided; /* phases that measured nothing */
};

/* What phase @index measures: 4 and a half ticks lie between its begin and the timer's. */
static int64_t made_stay_ns(const struct made *made, unsigned int index)
{
	int64_t tick_ns = NS_PER_S / WHEEL_HZ;
	int64_t armed_ns = 1000 * NS_PER_S + phase_delay_ns(WHEEL_HZ, index) + 9 * tick_ns / 2;
	unsigned long now = (unsigned long)(armed_ns / tick_ns);
	unsigned long expires = now + (unsigned long)wheel_ticks(WHEEL_HZ, made->delay_ns);

	if (!made->is_rounded)
		return ticks_to_ns(WHEEL_HZ, expires + 1) - armed_ns;
	return ticks_to_ns(WHEEL_HZ, wheel_bucket_expiry(expires, now)) - armed_ns;
}

static void made_add(struct phases *phases, const struct made *made, unsigned int index,
                     struct span predicted)
{
	int64_t stay_ns = made_stay_ns(made, index);
	bool holds = stay_ns >= predicted.lo_ns && stay_ns <= predicted.hi_ns;
	struct record *rec = record_at(WHEEL_HZ);
	const struct finding finding = {
		.claim = "c",
		.in_case = "",
		.name = "stay",
		.predicts = span_value(predicted),
		.measured = {.kind = VALUE_TIME, .lo = stay_ns, .hi = stay_ns},
		.grain_ns = predicted.grain_ns,
		.verdict = index < made->undecided ? VERDICT_INCONCLUSIVE : VERDICT_NONE,
		.model = holds ? MODEL_HOLDS : MODEL_FAILS,
	};

	rec->probe = "p";
	assert_int_equal(record_add_finding(rec, &finding), 0);
	rec->outcome = holds ? OUTCOME_OK : OUTCOME_MODEL_FAILED;
	rec->finished = true;
	assert_int_equal(phases_add(phases, &rec, 1), 0);
	record_free(rec);
}

/* Where the spread does not fit, the table says so. */
static void made_is_printed(const struct phases *phases)
{
	char why[SPREAD_WHY_SIZE], line[SPREAD_WHY_SIZE + 40];
	const struct lab lab = {.phases = *phases};
	char *table = lab_table(&lab, 120);

	if (spread_fits_wheel(&phases->probes[0].spreads[0], why)) {
		assert_null(strstr(table, "over all phases"));
	} else {
		snprintf(line, sizeof(line), "MODEL FAILED over all phases: %s\n", why);
		assert_non_null(strstr(table, line));
	}
	free(table);
}

/* @made over all phases against @predicted; the spread is copied, without its texts. */
static struct spread made_spread(const struct made *made, struct span predicted,
                                 enum exit_code *code)
{
	struct phases phases = {0};
	struct tally tally = {.total = 1};
	struct spread spread;

	tally.by[OUTCOME_OK] = 1;
	for (unsigned int i = 0; i < WHEEL_PHASES; i++)
		made_add(&phases, made, i, predicted);
	assert_int_equal(phases_settle(&phases, WHEEL_HZ), 0);
	tally_add_phases(&tally, &phases);
	*code = tally_code(&tally);
	spread = phases.probes[0].spreads[0];
	assert_int_equal(probe_phases_failed(&phases.probes[0]), *code == EXIT_MODEL_FAILED);
	made_is_printed(&phases);
	phases_free(&phases);
	return spread;
}

static struct span timer_at(int64_t delay_ns)
{
	struct record *rec = record_at(WHEEL_HZ);
	struct span span;

	rec->slack_ms = SLACK_MS;
	span = model_timer(rec, delay_ns);
	record_free(rec);
	return span;
}

static void one_timer_fills_the_grain_of_its_wheel(void **state)
{
	const struct made made = {.delay_ns = 60 * NS_PER_S, .is_rounded = true};
	struct span predicted = timer_at(60 * NS_PER_S);
	enum exit_code code;
	struct spread spread;

	(void)state;
	spread = made_spread(&made, predicted, &code);
	assert_int_equal(code, EXIT_AS_PREDICTED);
	assert_int_equal(spread.grain_ns, 2048 * NS_PER_MS);
	/* as close to the ends as the phases lie to each other */
	assert_in_range(spread.gap_ns, spread.grain_ns / WHEEL_PHASES,
	                2 * spread.grain_ns / WHEEL_PHASES);
	assert_true(spread.measured.lo < predicted.lo_ns + spread.gap_ns);
	assert_true(spread.measured.hi > predicted.lo_ns + spread.grain_ns - spread.gap_ns);
}

/* Each phase by itself lies within what the model allows; all of them together do not. */
static void a_timer_that_no_wheel_rounds_fails_over_all_phases(void **state)
{
	const struct made made = {.delay_ns = 60 * NS_PER_S};
	const struct made late = {.delay_ns = 61900 * NS_PER_MS};
	struct span predicted = timer_at(60 * NS_PER_S);
	char why[SPREAD_WHY_SIZE];
	enum exit_code code;
	struct spread spread;

	(void)state;
	spread = made_spread(&made, predicted, &code);
	assert_int_equal(spread.model_failed, 0);
	assert_int_equal(code, EXIT_MODEL_FAILED);
	assert_false(spread_fits_wheel(&spread, why));
	assert_string_equal(why,
	                    "the greatest is 60.00 s: the timer wheel gives no less than 61.81 s");

	spread = made_spread(&late, predicted, &code);
	assert_int_equal(spread.model_failed, 0);
	assert_int_equal(code, EXIT_MODEL_FAILED);
	assert_false(spread_fits_wheel(&spread, why));
	assert_string_equal(why,
	                    "the least is 61.90 s: the timer wheel gives no more than 60.24 s");
}

/* A wheel as the model knows it, and a timer that is not as long as the model has it. */
static void a_model_that_is_wrong_by_a_twentieth_fails(void **state)
{
	const struct made made = {.delay_ns = 60 * NS_PER_S, .is_rounded = true};
	enum exit_code code;

	(void)state;
	made_spread(&made, timer_at(63 * NS_PER_S), &code);
	assert_int_equal(code, EXIT_MODEL_FAILED);
	made_spread(&made, timer_at(57 * NS_PER_S), &code);
	assert_int_equal(code, EXIT_MODEL_FAILED);
}

/* A chain of timers, and a timer that was not seen in every phase, tell nothing of the kind. */
static void what_is_not_one_timer_in_all_phases_is_left_alone(void **state)
{
	struct made made = {.delay_ns = 60 * NS_PER_S};
	struct span predicted = timer_at(60 * NS_PER_S), chain;
	enum exit_code code;
	struct spread spread;

	(void)state;
	chain = span_add(span_add((struct span){0}, predicted), timer_at(NS_PER_S));
	assert_int_equal(chain.grain_ns, 0);
	assert_int_equal(span_add((struct span){0}, predicted).grain_ns, predicted.grain_ns);
	chain.lo_ns -= NS_PER_S;
	spread = made_spread(&made, chain, &code);
	assert_int_equal(spread.gap_ns, 0);
	assert_int_equal(code, EXIT_AS_PREDICTED);

	made.undecided = 1;
	spread = made_spread(&made, predicted, &code);
	assert_int_equal(spread.undecided, 1);
	assert_true(spread_fits_wheel(&spread, NULL));
}

static void a_gap_goes_round(void **state)
{
	int64_t gap_ns;

	(void)state;
	assert_int_equal(phase_gap(WHEEL_HZ, 1, 2048 * NS_PER_MS, &gap_ns), 0);
	assert_int_equal(gap_ns, 2048 * NS_PER_MS);
	assert_int_equal(phase_gap(WHEEL_HZ, 2, 131072 * NS_PER_MS, &gap_ns), 0);
	assert_int_equal(gap_ns, 131072 * NS_PER_MS - phase_delay_ns(WHEEL_HZ, 1));
	for (unsigned int count = 3; count <= 33; count++)
		for (int64_t grain_ms = 32; grain_ms <= 131072; grain_ms *= 8) {
			assert_int_equal(phase_gap(WHEEL_HZ, count, grain_ms * NS_PER_MS, &gap_ns),
			                 0);
			assert_true(gap_ns < 2 * grain_ms * NS_PER_MS / count);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_are_kept_apart),
		cmocka_unit_test(one_timer_fills_the_grain_of_its_wheel),
		cmocka_unit_test(a_timer_that_no_wheel_rounds_fails_over_all_phases),
		cmocka_unit_test(a_model_that_is_wrong_by_a_twentieth_fails),
		cmocka_unit_test(what_is_not_one_timer_in_all_phases_is_left_alone),
		cmocka_unit_test(a_gap_goes_round),
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
