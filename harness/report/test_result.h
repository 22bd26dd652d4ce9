/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_result: what a record is to those who only know tests: KTAP, JUnit. */
#ifndef FINWAIT_REPORT_TEST_RESULT_H
#define FINWAIT_REPORT_TEST_RESULT_H

#include "../record/phases.h"
#include "../record/record.h"

/*
 * What fails a test is the model: an article that the kernel refutes is a finding, not a failure.
 * What was not decided is neither passed nor failed.
 */
enum test_result {
	TEST_PASSED,
	TEST_FAILED,
	TEST_SKIPPED, /* or inconclusive */
	TEST_ERROR, /* not carried out */
	TEST_RESULT_COUNT,
};

/* @all: of its probe over all timer phases; NULL: it was run once. */
enum test_result test_result_of(const struct record *rec, const struct probe_phases *all);
/* What stands before the reason: "inconclusive", "crashed"; "" where the result says it. */
const char *test_result_kind(const struct record *rec);

/* Whether the model was judged by it: what the article comes to is no test. */
bool finding_is_test(const struct finding *finding);
/* Whether such a one passes, in every phase. */
bool finding_passes(const struct finding *finding, const struct probe_phases *all);

#endif
