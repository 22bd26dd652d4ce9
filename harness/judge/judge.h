/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge: what an article says, what the model predicts and what was measured,
 * side by side. Pure: a judge reads the record that it was given and nothing else, so
 * that judging a kept record again comes to the same findings.
 *
 * Theory of operation
 *
 * A probe's judge() names each of its claims once (judge_claim()) and states figures of
 * it: judge_count(), judge_time() and so on. Each figure becomes one finding of the
 * record, known by its claim, its name and, where a probe looks at the same figure under
 * several conditions, its case (judge_case()).
 *
 * Two questions are answered of every finding, and they are kept apart:
 *   - predicts against measured: does the model hold? If not the probe fails;
 *     the kernel changed or the model is wrong.
 *   - says against measured: the verdict on the article. A refuted article is a
 *     finding, not a failure.
 *
 * What was measured comes from a query (measure.h), which also tells which observers it
 * read and, where it found nothing, why. Nothing is concluded from what is missing: an
 * observer that was not there makes the finding skipped; lost or cut data, a call that was
 * not made, a socket that nobody saw, a premise that did not hold make it inconclusive.
 * verdict.c has these rules, in their order.
 */
#ifndef FINWAIT_JUDGE_JUDGE_H
#define FINWAIT_JUDGE_JUDGE_H

#include "../base/fault.h"
#include "../story/story.h"
#include "measured.h"

/* What an article says, in our words. */
struct claim {
	const char *id; /* "loss.syn-default" */
	const char *article; /* its letters: "A D"; "-" for a question of our own */
	const char *text;
};

#define CLAIMS_PER_PROBE 6

struct judge;
struct schedule; /* model.h */
struct sent; /* measure.h */

/* Of the claim @id follow the figures. Naming a claim twice, or one that the probe did
 * not declare, makes the run an error. */
void judge_claim(struct judge *judge, const char *id);

/*
 * What follows, up to the next case or claim, was measured under this condition:
 * judge_case(judge, "tcp_syncookies %d", n). An article that is right in one case of a
 * figure and wrong in another is right under a condition: "qualified".
 */
void judge_case(struct judge *judge, const char *fmt, ...) PRINTF(2, 3);

/*
 * All figures of the claim that follow rest on this: where @holds is not "yes" they are
 * inconclusive, and @what ("every FIN was lost") is said not to hold.
 */
void judge_premise(struct judge *judge, const char *what, struct measured holds);

/* One figure, as a probe states it. */
struct figure {
	const char *name; /* "fin_segments" */
	struct value says; /* VALUE_NONE: the article gives none */
	struct value predicts;
	struct measured measured;
	const char *rule; /* what the prediction rests on: "retransmits_timed_out()" */
	const char *unpredicted; /* set: nothing can be predicted, and why: inconclusive */
	unsigned int predicted_from; /* what the prediction was read from: RESTS_ON() mask */
	int64_t grain_ns; /* of the span that is predicted (model/timer.h), where one is */
};

void judge_count(struct judge *judge, const struct figure *figure);
void judge_time(struct judge *judge, const struct figure *figure);
/* A sequence in words. */
void judge_words(struct judge *judge, const struct figure *figure);
/* Something that is so or is not: value_truth(). */
void judge_truth(struct judge *judge, const struct figure *figure);

/*
 * The states of one end, in words with blanks between: the figure client_states, server_states
 * or listener_states. Traced, the measured walk must be equal. Untraced (rootless) a state
 * that passed between two polls may be missing: then a walk that is a strict subsequence is
 * skipped, with what was not seen, instead of judged. Two ends of one host need a case each.
 */
struct walk_figure {
	enum side host;
	const char *sock; /* its label: "c1" */
	const char *says; /* NULL: the article gives none */
	const char *predicts;
	const char *rule;
};
void judge_walk(struct judge *judge, const struct walk_figure *figure);

/* The figure segments: the flags of every one that left its host at or after @from, "FA A FA A". */
struct segments_figure {
	struct moment from;
	const char *says; /* NULL: the article gives none */
	const char *predicts;
	const char *rule;
};
void judge_segments(struct judge *judge, const struct segments_figure *figure);

/*
 * The figure error: what the first call @call on @sock came to, "ETIMEDOUT", "none" for success.
 * A claim has one such; of several calls state judge_words() with measure_errno().
 */
struct errno_figure {
	enum side host;
	const char *sock, *call; /* "c1", "SO_ERROR" */
	const char *says; /* NULL: the article gives none */
	const char *predicts;
	const char *rule;
};
void judge_errno(struct judge *judge, const struct errno_figure *figure);

/* Two figures of a connection that a timer gave up: ETIMEDOUT by SO_ERROR, and its walk. */
struct given_up_figure {
	enum side host;
	const char *sock;
	const char *says; /* the error; NULL: the article gives none */
	const char *walk; /* as predicted */
};
void judge_given_up(struct judge *judge, const struct given_up_figure *figure);

/*
 * When each of @sent left, against @model: interval by interval, the first one from @from
 * on. Judged is how many of them are as the model has them.
 */
struct schedule_figure {
	const struct sent *sent;
	struct moment from;
	const struct schedule *model;
	const char *rule;
	const char *unpredicted; /* set: there is no model, and why */
	unsigned int predicted_from; /* what the model was read from: RESTS_ON() mask */
};
void judge_schedule(struct judge *judge, const struct schedule_figure *figure);
/*
 * How long it may be from the send before @index to that one: as the model has it, or shorter
 * by what hides in how late the one before was, and in a late tick.
 */
struct span judge_schedule_interval(struct judge *judge, const struct schedule_figure *figure,
                                    size_t index);

typedef void (*judge_fn)(const struct story *story, struct judge *judge);
/* Adds findings of its own to @rec, which @story is of; 0 or -ENOMEM. */
typedef int (*examine_fn)(struct record *rec, const struct story *story);

/*
 * Put @rec in order of time, run @fn and then @examine (NULL: nothing) over it, and set its
 * findings and its outcome; what was found before goes. Figures without a claim, claims
 * without a figure, unjudged and twice-judged claims make it an error. 0 or -ENOMEM.
 */
int judge_record(struct record *rec, const struct claim *claims, judge_fn fn,
                 examine_fn examine) MUST_CHECK;

/* Whether the run of @rec came to its judge: it was neither cut off nor ended before that. */
bool record_came_to_judge(const struct record *rec);

/* ---- For queries ---- */

const struct story *judged_story(const struct judge *judge);
/* Zeroed memory that lives as long as the record; NULL: there is none. */
void *judge_take(struct judge *judge, size_t size);
/* A text that lives as long as the record. Never NULL. */
const char *judge_text(struct judge *judge, const char *fmt, ...) PRINTF(2, 3);

/* Values. */
struct value value_none(void);
struct value value_count(int64_t count);
struct value value_counts(int64_t lo, int64_t hi);
struct value value_time(int64_t lo_ns, int64_t hi_ns); /* INT64_MAX: without an upper end */
struct value value_truth(bool truth);
/* @text is not copied. NULL: none. */
struct value value_words(const char *text);

#endif
