/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mutations: false records, made of true ones by changing one thing. Each is something that
 * a broken observer, a broken harness or a liar could have written; none can have happened.
 */
#ifndef FINWAIT_TESTS_MUTATE_MUTATIONS_H
#define FINWAIT_TESTS_MUTATE_MUTATIONS_H

#include "../../harness/record/record.h"

struct mutation {
	const char *name; /* "packet-seq" */
	/* Change @rec; which of several places is up to @seed. False: nothing to change in it. */
	bool (*apply)(struct record *rec, uint64_t seed);
	const char *unseen; /* why nobody can tell; NULL: the examination must see it */
};

/* The mutation number @index; NULL: there are not so many. */
const struct mutation *mutation_at(size_t index);

#endif
