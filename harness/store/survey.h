/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey: all that is in the store: how much it is, whether it is whole, what is to go. */
#ifndef FINWAIT_STORE_SURVEY_H
#define FINWAIT_STORE_SURVEY_H

#include <time.h>

#include "store.h"

/* The answers of one kernel, over all guests that were made of it. */
struct store_share {
	char release[GUEST_NAME];
	size_t guests, answers;
	uint64_t bytes; /* on the disk */
	time_t oldest, newest; /* when they were put there */
};

struct store_survey {
	struct store_share *shares; /* by release */
	size_t count, space;
	struct store_share all; /* no release */
	size_t leftovers; /* of who died while writing */
};

/* Looks at every file's name and size, and opens none. store_survey_free() it either way. */
int store_survey(const struct store *store, struct store_survey *survey,
                 struct fault *f) MUST_CHECK;
void store_survey_free(struct store_survey *survey);

/* A file that cannot be used, and why. */
typedef void (*store_bad_fn)(const char *path, const struct fault *fault, void *arg);
/* Reads every answer; how many there are and how many of them cannot be used. */
int store_check(const struct store *store, store_bad_fn bad, void *arg, size_t *answers,
                size_t *broken, struct fault *f) MUST_CHECK;

/*
 * Remove the answers that were put there before @before, what was left over, and folders that are
 * empty then. How many answers and bytes that was.
 */
int store_prune(const struct store *store, time_t before, size_t *answers, uint64_t *bytes,
                struct fault *f) MUST_CHECK;

#endif
