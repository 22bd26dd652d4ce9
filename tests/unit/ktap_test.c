// SPDX-License-Identifier: GPL-2.0-or-later
/* ktap: what passes, what does not, and what is left out. */
#include "canned.h"

#include "../../harness/report/report.h"

static char *print(const struct record *rec)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(ktap_print(rec, NULL, 3, out), 0);
	fclose(out);
	return text;
}

static void the_header_counts_the_probes(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(ktap_print_header(12, out), 0);
	fclose(out);
	assert_string_equal(text, "KTAP version 1\n1..12\n");
	free(text);
}

static void findings_are_subtests(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	char *text = print(rec);

	(void)state;
	assert_string_equal(
		text,
		"  KTAP version 1\n"
		"  1..4\n"
		"  # says 3, predicts 4, measured 4: refuted\n"
		"  ok 1 wave1.lost/fin_segments\n"
		"  # says -, predicts 2.40..2.70 s, measured 2.50 s: none\n"
		"  ok 2 wave1.lost/lifetime\n"
		"  # says >= 8, predicts 9, measured 10: refuted\n"
		"  # the model rests on tcp_orphan_retries(): 0 means 8 while sk->sk_err_soft is 0 "
		"and the socket is alive\n"
		"  not ok 3 orphan.zero-means-eight/fin_segments\n"
		"  # says 1, predicts 1, measured -: skipped\n"
		"  ok 4 orphan.max/resets # SKIP tcp_max_orphans is global: only inside a VM\n"
		"not ok 3 wave1.lost\n");
	free(text);
	record_free(rec);
}

static void every_outcome_has_its_line(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *line;
	} cases[] = {
		{OUTCOME_OK, "ok 3 a.probe\n"},
		{OUTCOME_MODEL_FAILED, "not ok 3 a.probe\n"},
		{OUTCOME_INCONCLUSIVE, "ok 3 a.probe # SKIP inconclusive: why _ not\n"},
		{OUTCOME_SKIPPED, "ok 3 a.probe # SKIP why _ not\n"},
		{OUTCOME_ERROR, "not ok 3 a.probe # ERROR why _ not\n"},
		{OUTCOME_CRASHED, "not ok 3 a.probe # ERROR crashed: why _ not\n"},
		{OUTCOME_TIMED_OUT, "not ok 3 a.probe # TIMEOUT why _ not\n"},
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
	                          "not ok 3 a?probe # ERROR the record ends before the result\n");
	free(text);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_counts_the_probes),
		cmocka_unit_test(findings_are_subtests),
		cmocka_unit_test(every_outcome_has_its_line),
		cmocka_unit_test(a_record_cut_off_does_not_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
