// SPDX-License-Identifier: GPL-2.0-or-later
#include "tally.h"

void tally_add(struct tally *tally, const struct record *rec)
{
	if (!rec)
		return;
	tally->by[rec->finished ? rec->outcome : OUTCOME_CRASHED]++;
	tally->total++;
}

void tally_add_all(struct tally *tally, struct record *const *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tally_add(tally, records[i]);
}

void tally_add_phases(struct tally *tally, const struct phases *phases)
{
	for (size_t i = 0; i < phases->probe_count; i++) {
		const struct probe_phases *probe = &phases->probes[i];

		for (size_t j = 0; j < probe->count; j++) {
			tally->model_failed |= spread_failed(&probe->spreads[j]);
			/* in all phases: the record's own outcome says what that means */
			tally->incomplete |= probe->spreads[j].undecided > 0 &&
			                     probe->spreads[j].undecided < probe->phases;
		}
	}
}

enum exit_code tally_kselftest_code(const struct tally *tally)
{
	const unsigned int *by = tally->by;

	if (tally->model_failed || tally->incomplete || by[OUTCOME_MODEL_FAILED] ||
	    by[OUTCOME_ERROR] || by[OUTCOME_CRASHED] || by[OUTCOME_TIMED_OUT])
		return EXIT_MODEL_FAILED;
	return by[OUTCOME_OK] ? EXIT_AS_PREDICTED : EXIT_ALL_SKIPPED;
}

enum exit_code tally_code(const struct tally *tally)
{
	const unsigned int *by = tally->by;

	if (tally->model_failed || by[OUTCOME_MODEL_FAILED])
		return EXIT_MODEL_FAILED;
	if (tally->incomplete || by[OUTCOME_ERROR] || by[OUTCOME_CRASHED] ||
	    by[OUTCOME_TIMED_OUT] || by[OUTCOME_INCONCLUSIVE])
		return EXIT_NOT_RUN;
	return by[OUTCOME_SKIPPED] == tally->total ? EXIT_ALL_SKIPPED : EXIT_AS_PREDICTED;
}
