/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tally: how many records came to what, and the exit code that says it. */
#ifndef FINWAIT_SESSION_TALLY_H
#define FINWAIT_SESSION_TALLY_H

#include "../record/phases.h"
#include "../record/record.h"

enum exit_code {
	EXIT_AS_PREDICTED = 0,
	EXIT_MODEL_FAILED = 1, /* measured differs from predicted; diff: they differ */
	EXIT_USAGE = 2,
	EXIT_NOT_RUN = 3, /* something could not be carried out, or was inconclusive */
	EXIT_ALL_SKIPPED = 4,
};

struct tally {
	unsigned int by[OUTCOME_COUNT];
	size_t total;
	bool incomplete; /* beside the records: something was not carried out */
	bool model_failed; /* beside the records: in some other phase */
};

/* NULL counts as nothing; a record that was torn off counts as crashed. */
void tally_add(struct tally *tally, const struct record *rec);
void tally_add_all(struct tally *tally, struct record *const *records, size_t count);
/* What other phases than the record's own came to. */
void tally_add_phases(struct tally *tally, const struct phases *phases);

/* The one place where outcomes become an exit code. */
enum exit_code tally_code(const struct tally *tally);
/*
 * The same for whoever knows kselftest's codes alone: 1 where something failed or was not carried
 * out, 4 where nothing was decided, else 0. What is inconclusive is left out, as what is skipped.
 */
enum exit_code tally_kselftest_code(const struct tally *tally);

#endif
