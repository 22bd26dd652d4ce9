// SPDX-License-Identifier: GPL-2.0-or-later
#include "test_result.h"

static enum test_result result_by_outcome(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_OK:
		return TEST_PASSED;
	case OUTCOME_MODEL_FAILED:
		return TEST_FAILED;
	case OUTCOME_INCONCLUSIVE:
	case OUTCOME_SKIPPED:
		return TEST_SKIPPED;
	case OUTCOME_ERROR:
	case OUTCOME_CRASHED:
	case OUTCOME_TIMED_OUT:
	case OUTCOME_COUNT:
		break;
	}
	return TEST_ERROR;
}

enum test_result test_result_of(const struct record *rec, const struct probe_phases *all)
{
	enum test_result result = rec->finished ? result_by_outcome(rec->outcome) : TEST_ERROR;

	if (result != TEST_ERROR && all && probe_phases_failed(all))
		return TEST_FAILED;
	return result;
}

const char *test_result_kind(const struct record *rec)
{
	if (!rec->finished)
		return "the record ends before the result";
	switch (rec->outcome) {
	case OUTCOME_INCONCLUSIVE:
		return "inconclusive";
	case OUTCOME_CRASHED:
		return "crashed";
	case OUTCOME_OK:
	case OUTCOME_MODEL_FAILED:
	case OUTCOME_SKIPPED:
	case OUTCOME_ERROR:
	case OUTCOME_TIMED_OUT:
	case OUTCOME_COUNT:
		break;
	}
	return "";
}

bool finding_is_test(const struct finding *finding)
{
	return finding->model != MODEL_UNJUDGED;
}

bool finding_passes(const struct finding *finding, const struct probe_phases *all)
{
	const struct spread *spread = spread_find(all, finding_id_of(finding));

	return finding->model != MODEL_FAILS && !(spread && spread_failed(spread));
}
