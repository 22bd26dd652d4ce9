// SPDX-License-Identifier: GPL-2.0-or-later
/* ktap: what passes, what does not, and what is left out. */
#include "canned.h"

#include <regex.h>

#include "../../harness/report/ktap.h"

static char *print(const struct record *rec)
{
	struct ktap ktap;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ktap = (struct ktap){.out = out, .number = 2};
	ktap_print(&ktap, rec, NULL);
	assert_int_equal(ktap.number, 3);
	fclose(out);
	return text;
}

static void a_plan_first_and_totals_last(void **state)
{
	static const enum outcome outcomes[] = {OUTCOME_OK,           OUTCOME_OK,
	                                        OUTCOME_MODEL_FAILED, OUTCOME_SKIPPED,
	                                        OUTCOME_INCONCLUSIVE, OUTCOME_TIMED_OUT};
	struct record *rec = record_new();
	struct ktap ktap;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	rec->probe = "a.probe";
	rec->finished = true;
	ktap_begin(&ktap, 6, out);
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		rec->outcome = outcomes[i];
		ktap_print(&ktap, rec, NULL);
	}
	assert_int_equal(ktap_end(&ktap), 0);
	fclose(out);
	assert_string_equal(text, "TAP version 13\n1..6\n"
	                          "ok 1 a.probe # time=0ms\n"
	                          "ok 2 a.probe # time=0ms\n"
	                          "not ok 3 a.probe # time=0ms\n"
	                          "ok 4 a.probe # SKIP # time=0ms\n"
	                          "ok 5 a.probe # SKIP inconclusive # time=0ms\n"
	                          "not ok 6 a.probe # TIMEOUT # time=0ms\n"
	                          "# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:2 error:1\n");
	free(text);
	record_free(rec);
}

/* What was not decided has a remark, and no result. */
static void findings_are_subtests(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	char *text = print(rec);

	(void)state;
	assert_string_equal(
		text,
		"  KTAP version 1\n"
		"  1..3\n"
		"  # says 3, predicts 4, measured 4: refuted\n"
		"  ok 1 wave1.lost/fin_segments\n"
		"  # says -, predicts 2.40..2.70 s, measured 2.50 s: none\n"
		"  ok 2 wave1.lost/lifetime\n"
		"  # says >= 8, predicts 9, measured 10: refuted\n"
		"  # the model rests on tcp_orphan_retries(): 0 means 8 while sk->sk_err_soft is 0 "
		"and the socket is alive\n"
		"  not ok 3 orphan.zero-means-eight/fin_segments\n"
		"  # orphan.max/resets: says 1, predicts 1, measured -: skipped: tcp_max_orphans "
		"is "
		"global: only inside a VM\n"
		"not ok 3 wave1.lost # time=2600ms\n");
	free(text);
	record_free(rec);
}

/* kunit_parser.py counts subtests and leaves their parent out. */
static void a_failure_that_is_no_finding_is_a_subtest_too(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	char *text;

	(void)state;
	rec->findings[2].model = MODEL_HOLDS;
	rec->outcome = OUTCOME_TIMED_OUT;
	rec->reason = "longer than 5 s";
	text = print(rec);
	assert_non_null(strstr(text, "\n  1..4\n"));
	assert_non_null(strstr(text,
	                       "\n  not ok 4 carried_out\n"
	                       "not ok 3 wave1.lost # TIMEOUT longer than 5 s # time=2600ms\n"));
	free(text);
	record_free(rec);
}

/* "# SKIP" is for a probe of which nothing was decided: none of its subtests passed, either. */
static void what_is_skipped_has_no_subtests(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	char *text;

	(void)state;
	rec->outcome = OUTCOME_INCONCLUSIVE;
	rec->reason = "late";
	text = print(rec);
	assert_null(strstr(text, "KTAP version"));
	assert_null(strstr(text, "  ok"));
	assert_non_null(
		strstr(text, "\nok 3 wave1.lost # SKIP inconclusive: late # time=2600ms\n"));
	free(text);
	record_free(rec);
}

/*
 * The line of a result as both parsers have it: the network CI's
 * "(not )?ok (\d+)( \d+)?( -)? ([^#]*[^ ])( +# +)?([^ ].*)?$" and kunit_parser.py's
 * "(ok|not ok) ([0-9]+) (- )?([^#]*)( # .*)?$".
 */
static void whatever_a_record_says_a_result_is_one_line(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	regex_t result;
	char *text, *line, *more;
	int results = 0;

	(void)state;
	assert_int_equal(regcomp(&result,
	                         "^( {2})?(not )?ok [0-9]+ [^#]*[^ #](( # [A-Z]+ [^#]*)?"
	                         " # time=[0-9]+ms)?$",
	                         REG_EXTENDED | REG_NOSUB),
	                 0);
	rec->probe = "a # SKIP\nok 9 b # TODO";
	rec->findings[0].name = "x\nnot ok 7 y # SKIP";
	rec->findings[1].note = "z\n1..99\nKTAP version 1";
	rec->outcome = OUTCOME_ERROR;
	rec->reason = "why # SKIP\nok 1 all is well";
	text = print(rec);
	for (line = strtok_r(text, "\n", &more); line; line = strtok_r(NULL, "\n", &more)) {
		bool is_result = !regexec(&result, line, 0, NULL, 0);

		results += is_result;
		if (!is_result && strncmp(line + strspn(line, " "), "# ", 2) != 0 &&
		    strcmp(line, "  KTAP version 1") != 0 && strcmp(line, "  1..3") != 0)
			fail_msg("a line of no kind: %s", line);
	}
	assert_int_equal(results, 4);
	regfree(&result);
	free(text);
	record_free(rec);
}

static void every_outcome_has_its_line(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *line;
	} cases[] = {
		{OUTCOME_OK, "ok 3 a.probe # time=0ms\n"},
		{OUTCOME_MODEL_FAILED, "not ok 3 a.probe # time=0ms\n"},
		{OUTCOME_INCONCLUSIVE, "ok 3 a.probe # SKIP inconclusive: why _ not # time=0ms\n"},
		{OUTCOME_SKIPPED, "ok 3 a.probe # SKIP why _ not # time=0ms\n"},
		{OUTCOME_ERROR, "not ok 3 a.probe # ERROR why _ not # time=0ms\n"},
		{OUTCOME_CRASHED, "not ok 3 a.probe # ERROR crashed: why _ not # time=0ms\n"},
		{OUTCOME_TIMED_OUT, "not ok 3 a.probe # TIMEOUT why _ not # time=0ms\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record *rec = record_new();
		char *text;

		rec->probe = "a.probe";
		rec->reason = "why # not";
		rec->outcome = cases[i].outcome;
		rec->finished = true;
		text = print(rec);
		assert_string_equal(text, cases[i].line);
		free(text);
		record_free(rec);
	}
}

static void a_record_cut_off_does_not_pass(void **state)
{
	struct record *rec = record_new();
	char *text;

	(void)state;
	rec->probe = "a\nprobe";
	rec->lost[OBSERVER_TRACE] = 2;
	text = print(rec);
	assert_string_equal(text, "# trace lost 2 events\n"
	                          "not ok 3 a?probe # ERROR the record ends before the result"
	                          " # time=0ms\n");
	free(text);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_first_and_totals_last),
		cmocka_unit_test(findings_are_subtests),
		cmocka_unit_test(a_failure_that_is_no_finding_is_a_subtest_too),
		cmocka_unit_test(what_is_skipped_has_no_subtests),
		cmocka_unit_test(whatever_a_record_says_a_result_is_one_line),
		cmocka_unit_test(every_outcome_has_its_line),
		cmocka_unit_test(a_record_cut_off_does_not_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
