/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge: what an article says, what the model predicts and what was measured,
 * side by side. Pure functions over a record.
 *
 * Two questions are answered of every finding, and they are kept apart:
 *   - predicts against measured: does the model hold? If not the probe fails;
 *     the kernel changed or the model is wrong.
 *   - says against measured: the verdict on the article. A refuted article is a
 *     finding, not a failure.
 */
#ifndef FINWAIT_JUDGE_JUDGE_H
#define FINWAIT_JUDGE_JUDGE_H

#include "../record/record.h"

/* What an article says, in our words. */
struct claim {
	const char *id; /* "loss.syn-default" */
	const char *article; /* its letters: "A D"; "-" for a question of our own */
	const char *text;
};

#define CLAIMS_PER_PROBE 6

/* Observers a finding rests on, as a mask. */
#define RESTS_ON(observer) (1u << (observer))

/* One comparison, as a probe states it. */
struct comparison {
	const char *name; /* "fin_segments" */
	const char *unit; /* "count", "s", "states", "text" */
	struct value says; /* VALUE_NONE: the article gives none */
	struct value predicts;
	struct value measured; /* VALUE_NONE: it did not happen, see @why_not */
	unsigned int rests_on; /* RESTS_ON() mask: lost data there makes it inconclusive */
	const char *rule; /* what the prediction rests on: "retransmits_timed_out()" */
	const char *why_not; /* with nothing measured: why; the finding is inconclusive */
	const char *skip; /* set: not measured on purpose, and why; the finding is skipped */
	const char *qualified; /* set: says holds only under this condition */
};

struct judge;

/* Of the claim @id follow the comparisons. Naming a claim twice, or one that the
 * probe did not declare, makes the run an error. */
void judge_claim(struct judge *judge, const char *id);
void judge_compare(struct judge *judge, const struct comparison *comparison);

/*
 * The walk of one end: @predicted and @says are state names with blanks between.
 * Traced, the measured walk must be equal. Untraced (rootless) a state that
 * passed between two polls may be missing: then a walk that is a strict
 * subsequence is skipped, with what was not seen, instead of judged.
 */
void judge_walk(struct judge *judge, enum side host, const char *sock, const char *says,
                const char *predicted, const char *rule);

/*
 * The flags of every segment that left its host at or after @from_ns: "FA A FA A".
 * @says: NULL when the article gives none.
 */
void judge_segments(struct judge *judge, int64_t from_ns, const char *says, const char *predicted,
                    const char *rule);

/* The errno that @call (query_call(), NULL: it was not made) came to; @says may be NULL. */
void judge_error(struct judge *judge, const struct event *call, const char *says,
                 const char *predicted, const char *rule);

/* Something that is so or is not; @says is "yes", "no" or NULL. */
void judge_truth(struct judge *judge, const char *name, const char *says, bool predicted,
                 bool measured, unsigned int rests_on, const char *rule);

/*
 * Run @judge_fn over @rec and set its outcome: findings, unjudged or twice-judged
 * claims. Outcomes that are already an end (error, crashed, ...) are kept.
 */
typedef void (*judge_fn)(const struct record *rec, struct judge *judge);
int judge_record(struct record *rec, const struct claim *claims, judge_fn fn);

/* Values. */
struct value value_none(void);
struct value value_count(int64_t count);
struct value value_counts(int64_t lo, int64_t hi);
struct value value_time(int64_t lo_ns, int64_t hi_ns);
struct value value_words(const char *text); /* @text itself: it must outlive the comparison */

#endif
