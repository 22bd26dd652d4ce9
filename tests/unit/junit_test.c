// SPDX-License-Identifier: GPL-2.0-or-later
/* junit: what passes, what does not, and that nothing in a record is markup. */
#include "hostile.h"

#include "../../harness/report/junit.h"

static char *print(const struct record *const *records, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(junit_print(records, count, NULL, out), 0);
	fclose(out);
	return text;
}

static void expect_in(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void a_case_a_probe(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	char *text = print((const struct record *const[]){rec}, 1);

	(void)state;
	expect_in(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"finwait\" "
	                "tests=\"1\" failures=\"1\" errors=\"0\" time=\"2.600\">\n");
	expect_in(text, "<property name=\"family\" value=\"IPv4\"/>");
	expect_in(text,
	          "<testcase classname=\"finwait.wave1\" name=\"wave1.lost\" time=\"2.600\">");
	expect_in(text, "<failure type=\"model_failed\" message=\"orphan.zero-means-eight: "
	                "fin_segments predicted 9, measured 10\"/>");
	expect_in(text, "wave1.lost/fin_segments: says 3, predicts 4, measured 4: refuted\n");
	free(text);
	record_free(rec);
}

static void every_outcome_has_its_element(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *element;
	} cases[] = {
		{OUTCOME_MODEL_FAILED, "<failure type=\"model_failed\" message=\"why\"/>"},
		{OUTCOME_INCONCLUSIVE, "<skipped type=\"inconclusive\" message=\"why\"/>"},
		{OUTCOME_SKIPPED, "<skipped type=\"skipped\" message=\"why\"/>"},
		{OUTCOME_ERROR, "<error type=\"error\" message=\"why\"/>"},
		{OUTCOME_CRASHED, "<error type=\"crashed\" message=\"why\"/>"},
		{OUTCOME_TIMED_OUT, "<error type=\"timed_out\" message=\"why\"/>"},
	};
	struct record *rec = record_new();
	char *text;

	(void)state;
	rec->probe = "a.probe";
	rec->reason = "why";
	rec->finished = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rec->outcome = cases[i].outcome;
		text = print((const struct record *const[]){rec}, 1);
		expect_in(text, cases[i].element);
		free(text);
	}
	rec->outcome = OUTCOME_OK;
	text = print((const struct record *const[]){rec}, 1);
	expect_in(text, "name=\"a.probe\" time=\"0.000\">\n\t\t</testcase>");
	free(text);
	rec->finished = false;
	text = print((const struct record *const[]){rec}, 1);
	expect_in(text, "<error type=\"the record ends before the result\" message=\"why\"/>");
	free(text);
	record_free(rec);
}

static void a_suite_a_kernel_and_family(void **state)
{
	struct record *a = record_new(), *b = record_new(), *c = record_new();
	char *text;

	(void)state;
	a->probe = b->probe = c->probe = "a.probe";
	a->finished = c->finished = true;
	strcpy(a->run.kernel, "6.1");
	strcpy(b->run.kernel, "6.1");
	strcpy(c->run.kernel, "6.1");
	b->family = FAMILY_IPV6;
	text = print((const struct record *const[]){a, NULL, b, c}, 4);
	expect_in(text, "tests=\"3\" failures=\"0\" errors=\"1\"");
	expect_in(text, "\"finwait on Linux 6.1, real time, quick, IPv4\" tests=\"2\" "
	                "failures=\"0\" errors=\"0\"");
	expect_in(text, "\"finwait on Linux 6.1, real time, quick, IPv6\" tests=\"1\" "
	                "failures=\"0\" errors=\"1\"");
	free(text);
	record_free(a);
	record_free(b);
	record_free(c);
}

static void a_hostile_record_is_text(void **state)
{
	struct record *rec = hostile_record();
	char *text;

	(void)state;
	rec->outcome = OUTCOME_ERROR;
	text = print((const struct record *const[]){rec}, 1);
	hostile_expect_harmless(text);
	free(text);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_a_probe),
		cmocka_unit_test(every_outcome_has_its_element),
		cmocka_unit_test(a_suite_a_kernel_and_family),
		cmocka_unit_test(a_hostile_record_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
