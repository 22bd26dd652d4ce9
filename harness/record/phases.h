/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phases: the same probes over and over, each time begun at another moment of the
 * kernel's timer wheel, and how far apart what was measured lies. Of each run no more
 * than that is kept, so that a thousand phases take no more room than one.
 */
#ifndef FINWAIT_RECORD_PHASES_H
#define FINWAIT_RECORD_PHASES_H

#include "record.h"

/* One finding over all phases. */
struct spread {
	const char *claim, *in_case, *name, *unit;
	struct value predicts;
	struct value measured; /* numbers: from the least to the greatest; words: the first */
	struct value other; /* the first of the other words; VALUE_NONE: always the same */
	unsigned int differ; /* phases with other words */
	unsigned int model_failed; /* phases that were not as predicted */
	unsigned int undecided; /* phases that measured nothing, or nothing that can be relied on */
};

struct probe_phases {
	const char *probe;
	unsigned int phases; /* how often it was run */
	unsigned int failed; /* phases that were not as predicted, or did not come to an end */
	struct spread *spreads;
	size_t count, space;
};

struct phases {
	struct arena texts; /* of all that follows: records come and go */
	unsigned int count; /* so far; of kept records: the most that one has */
	struct probe_phases *probes;
	size_t probe_count, probe_space;
};

/* The texts of @spread, copied into @texts: "" for one that is absent. 0 or -ENOMEM. */
int spread_copy_texts(struct arena *texts, struct spread *spread);

/* One more phase; a NULL among @records was not run. 0 or -ENOMEM. */
int phases_add(struct phases *phases, struct record *const *records, size_t count);
/* What @rec was read with, beside its own run: no other record of its probe. 0 or -ENOMEM. */
int phases_take(struct phases *phases, const struct record *rec);
void phases_free(struct phases *phases);

/* NULL: there is no such probe, or no such finding; @phases, @probe may be NULL, too. */
const struct probe_phases *phases_find(const struct phases *phases, const char *probe);
const struct spread *spread_find(const struct probe_phases *probe, struct finding_id id);
struct finding_id spread_id_of(const struct spread *spread);

#endif
