/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phases: the same probes over and over, each time begun at another moment of the
 * kernel's timer wheel, and how far apart what was measured lies. Of each run no more
 * than that is kept, so that a thousand phases take no more room than one.
 *
 * A finding that is one timer is held to more than each phase by itself: the wheel rounds
 * it up to the end of a bucket, and phases are spread over the bucket (base/phase.h). So in
 * some of them it is rounded up by nearly nothing and in some by nearly all of the bucket.
 * Where that is not so, the kernel does not round as the model has it, though every phase
 * may lie within what is predicted.
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
	int64_t grain_ns; /* it is one timer, measured in every phase: its wheel's grain; else 0 */
	int64_t gap_ns; /* the widest part of the grain that no phase falls into */
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
/* All phases are there: those that are one timer are compared with the wheel. 0 or -ENOMEM. */
int phases_settle(struct phases *phases, int hz);
/* What @rec was read with, beside its own run: no other record of its probe. 0 or -ENOMEM. */
int phases_take(struct phases *phases, const struct record *rec);
void phases_free(struct phases *phases);

/* NULL: there is no such probe, or no such finding; @phases, @probe may be NULL, too. */
const struct probe_phases *phases_find(const struct phases *phases, const char *probe);
const struct spread *spread_find(const struct probe_phases *probe, struct finding_id id);
struct finding_id spread_id_of(const struct spread *spread);

/*
 * Whether the least and the greatest of all phases lie where the wheel puts them; where they
 * do not, @why (NULL: nobody asks) is set: "the greatest is 61.20 s: the wheel gives 61.90 s".
 */
#define SPREAD_WHY_SIZE 128
bool spread_fits_wheel(const struct spread *spread, char *why);
/* In some phase, or in all of them together, it is not as predicted. */
bool spread_failed(const struct spread *spread);
/* The same of any of its findings; or some run did not come to its end. */
bool probe_phases_failed(const struct probe_phases *probe);

#endif
