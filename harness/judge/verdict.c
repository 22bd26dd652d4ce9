// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * The rules are asked in this order; the first that applies settles the finding.
 *
 *   1. skipped       the figure cannot be measured on this bench, or rests on an observer
 *                    that was not there
 *   2. inconclusive  an observer that it rests on lost data; the query found nothing, or not
 *                    all; a premise of the claim did not hold; nothing can be predicted
 *   3. inconclusive  it had not ended when the record did, and the prediction was not past
 *   4. inconclusive  measured less closely than the prediction is, be it a time or a count:
 *                    such a measurement would agree with any model
 *   5. inconclusive  measured is not as predicted, and a setting is in force whose rule no
 *                    model knows (model/unmodelled.h)
 *   6. inconclusive  measured is not as predicted, and the machine was late by enough to
 *                    explain it (lateness.h)
 *   7. judged        the model holds where measured and predicted have a value in common, or
 *                    a time is too short by no more than a late tick hides (model/timer.h);
 *                    the verdict on the article follows, unless the article and the model
 *                    give different times that meet at the one measured, or the count is
 *                    measured as a range that only in part agrees with the article
 *
 * Of rules 2 to 4 and 6 the finding keeps how late the machine was, where that may be why:
 * the same question may be answered when it is asked again.
 *
 * A range of times is one exact time, rounded by the kernel's timers: its lower end. Two
 * of them are the same where these are, and an article that gives bounds (every time that
 * the model allows lies within them) is right whatever they are.
 */
#include "verdict.h"

#include <stdint.h>
#include <string.h>

#include "lateness.h"
#include "model.h"

/* Whether the two have a point in common; a sequence must be the same one. */
static bool value_meets(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_NONE:
		return false;
	case VALUE_TEXT:
		return !strcmp(a->text, b->text);
	case VALUE_COUNT:
	case VALUE_TIME:
		return a->lo <= b->hi && b->lo <= a->hi;
	case VALUE_KIND_COUNT:
		break;
	}
	return false;
}

/* Whether @measured may be @expected: a time that a late tick cut short seems too short. */
static bool value_fits(const struct record *rec, struct value expected,
                       const struct value *measured)
{
	int64_t hides_ns = model_tick_hides_ns(rec);

	if (expected.kind == VALUE_TIME && expected.lo >= hides_ns)
		expected.lo -= hides_ns;
	return value_meets(&expected, measured);
}

static bool value_within(const struct value *inner, const struct value *outer)
{
	return inner->lo >= outer->lo && inner->hi <= outer->hi;
}

static int64_t value_width(const struct value *value)
{
	if (value->lo == INT64_MIN || value->hi == INT64_MAX)
		return INT64_MAX;
	return value->hi - value->lo;
}

/* An observer of @mask that was not there: its index, or -1. */
static int rests_on_absent(const struct record *rec, unsigned int mask)
{
	for (int i = 0; i < OBSERVER_COUNT; i++)
		if ((mask & RESTS_ON(i)) && !rec->observed[i])
			return i;
	return -1;
}

static int rests_on_lost(const struct record *rec, unsigned int mask)
{
	for (int i = 0; i < OBSERVER_COUNT; i++)
		if ((mask & RESTS_ON(i)) && rec->lost[i])
			return i;
	return -1;
}

/* How long it must have gone on at least, without an end, to tell something. */
static int64_t telling_ns(const struct value *predicts)
{
	return predicts->hi == INT64_MAX ? predicts->lo : predicts->hi;
}

/*
 * It had not ended when the record did. Only past the prediction does that tell
 * something: the kernel has taken longer.
 */
static bool is_unended(const struct figure *figure)
{
	const struct value *measured = &figure->measured.value;

	return measured->kind == VALUE_TIME && measured->hi == INT64_MAX &&
	       measured->lo <= telling_ns(&figure->predicts);
}

static bool is_number(const struct value *value)
{
	return value->kind == VALUE_COUNT || value->kind == VALUE_TIME;
}

/* Only where it reaches beyond the prediction does its width let something through. */
static bool is_too_coarse(const struct figure *figure)
{
	const struct value *measured = &figure->measured.value;

	return is_number(measured) && value_meets(measured, &figure->predicts) &&
	       !value_within(measured, &figure->predicts) &&
	       value_width(measured) > value_width(&figure->predicts);
}

/* What the article says is not what the model predicts, as far as it was measured. */
static bool says_otherwise(const struct figure *figure)
{
	const struct value *says = &figure->says, *predicts = &figure->predicts;

	if (says->kind == VALUE_TIME)
		return says->lo != predicts->lo && !value_within(predicts, says);
	return says->kind == VALUE_COUNT && !value_within(&figure->measured.value, says);
}

/* The article and the model differ, and what was measured could be either. */
static bool is_either(const struct record *rec, const struct figure *figure)
{
	return says_otherwise(figure) && value_fits(rec, figure->says, &figure->measured.value) &&
	       value_fits(rec, figure->predicts, &figure->measured.value);
}

static enum verdict verdict_of(const struct record *rec, const struct figure *figure)
{
	if (figure->says.kind == VALUE_NONE)
		return VERDICT_NONE;
	return value_fits(rec, figure->says, &figure->measured.value) ? VERDICT_CONFIRMED
	                                                              : VERDICT_REFUTED;
}

static const char *absent_words(struct record *rec, int observer)
{
	return record_text(rec, "needs %s: %s", observer_name((enum observer)observer),
	                   rec->absent[observer]);
}

/* Rule 1: why the figure is skipped, or NULL. */
static const char *why_skipped(struct record *rec, const struct measured *measured)
{
	int absent = rests_on_absent(rec, measured->rests_on);

	if (measured->skip)
		return measured->skip;
	return absent >= 0 ? absent_words(rec, absent) : NULL;
}

const char *measured_doubt(struct record *rec, const struct measured *measured)
{
	int absent = rests_on_absent(rec, measured->rests_on);
	int lost = rests_on_lost(rec, measured->rests_on);

	if (absent >= 0)
		return absent_words(rec, absent);
	if (lost >= 0)
		return record_text(rec, "%s lost %llu events", observer_name((enum observer)lost),
		                   (unsigned long long)rec->lost[lost]);
	if (measured->why_not)
		return measured->why_not;
	return measured->value.kind == VALUE_NONE ? "it did not happen" : NULL;
}

/*
 * How late the machine was within the window, where one delay was longer than the record's
 * slack, which the model allows for: it may have changed what happened. Else 0.
 */
static int64_t disturbed_ns(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	int64_t late_ns = lateness_worst(story, from_ns, to_ns);

	return late_ns > story->rec->slack_ms * NS_PER_MS ? late_ns : 0;
}

int64_t measured_doubt_ns(const struct story *story, const struct measured *measured)
{
	/* what was not found has no window of its own */
	int64_t to_ns = measured->to_ns ? measured->to_ns : INT64_MAX;

	if (rests_on_lost(story->rec, measured->rests_on) >= 0)
		return 0;
	return disturbed_ns(story, measured->from_ns, to_ns);
}

/* Rule 2: why there is nothing to judge, or NULL. */
static const char *why_nothing(const struct story *story, struct record *rec,
                               const struct figure *figure, const struct premise *premise,
                               int64_t *late_ns)
{
	const char *doubt = measured_doubt(rec, &figure->measured);

	if (doubt) {
		*late_ns = measured_doubt_ns(story, &figure->measured);
		return doubt;
	}
	if (premise->why_not) {
		*late_ns = premise->late_ns;
		return premise->why_not;
	}
	*late_ns = figure->unpredicted ? disturbed_ns(story, 0, INT64_MAX) : 0;
	return figure->unpredicted;
}

static const char *coarse_words(struct record *rec, const struct figure *figure)
{
	struct value measured = figure->measured.value, predicted = figure->predicts;
	char measured_text[48], predicted_text[48];

	if (measured.kind == VALUE_COUNT)
		return record_text(rec, "only known to be one of %s",
		                   value_text(&measured, measured_text, sizeof(measured_text)));
	measured.lo = measured.hi = value_width(&figure->measured.value);
	predicted.lo = predicted.hi = value_width(&figure->predicts);
	return record_text(rec, "measured to within %s only, where the prediction leaves %s",
	                   value_text(&measured, measured_text, sizeof(measured_text)),
	                   value_text(&predicted, predicted_text, sizeof(predicted_text)));
}

/*
 * How late the machine was, where that explains that @figure is not as predicted; 0 where it
 * does not. What came too late may have, by as much as the machine was late: lateness makes
 * nothing happen early, unless frames were moved late by hand and the ends did something else,
 * or the timer was set while the tick was late.
 * Anything else may have changed where one delay was longer than the record's slack, which the
 * model allows for.
 */
static int64_t explained_ns(const struct story *story, const struct figure *figure)
{
	const struct measured *measured = &figure->measured;
	int64_t late_ns;

	if (measured->late_known)
		return measured->late_ns;
	if (measured->value.kind == VALUE_TIME && measured->value.hi < figure->predicts.lo) {
		late_ns = lateness_of_hand(story, measured->from_ns, measured->to_ns);
		if (late_ns > story->rec->slack_ms * NS_PER_MS)
			return late_ns;
		late_ns = lateness_of_tick(story, measured->from_ns);
		return measured->value.hi + late_ns >= figure->predicts.lo ? late_ns : 0;
	}
	if (measured->value.kind == VALUE_TIME && figure->predicts.kind == VALUE_TIME) {
		late_ns = lateness_total(story, measured->from_ns, measured->to_ns);
		return measured->value.lo > figure->predicts.hi &&
		                       measured->value.lo - late_ns <= figure->predicts.hi
		               ? late_ns
		               : 0;
	}
	return disturbed_ns(story, measured->from_ns, measured->to_ns);
}

/* How late the machine was, where that is why a measurement is too coarse; else 0. */
static int64_t coarse_ns(const struct story *story, const struct figure *figure)
{
	const struct measured *measured = &figure->measured;
	int64_t late_ns;

	if (measured->value.kind == VALUE_COUNT)
		return disturbed_ns(story, measured->from_ns, measured->to_ns);
	late_ns = lateness_total(story, measured->from_ns, measured->to_ns);
	return value_width(&measured->value) - late_ns <= value_width(&figure->predicts) ? late_ns
	                                                                                 : 0;
}

/* The same of why it had not ended: without delays the record would have gone on for longer. */
static int64_t unended_ns(const struct story *story, const struct figure *figure)
{
	const struct measured *measured = &figure->measured;
	int64_t late_ns = lateness_total(story, measured->from_ns, measured->to_ns);

	return measured->value.lo + late_ns > telling_ns(&figure->predicts) ? late_ns : 0;
}

/* Rules 3 and 4: why what was measured is not enough, or NULL. */
static const char *why_vague(const struct story *story, struct record *rec,
                             const struct figure *figure, int64_t *late_ns)
{
	if (is_unended(figure)) {
		*late_ns = unended_ns(story, figure);
		return "it had not ended when the record did";
	}
	if (!is_too_coarse(figure))
		return NULL;
	*late_ns = coarse_ns(story, figure);
	return coarse_words(rec, figure);
}

/* Rules 2 to 4. */
static bool settle_inconclusive(struct record *rec, const struct story *story,
                                const struct figure *figure, const struct premise *premise,
                                struct finding *finding)
{
	const char *why = why_nothing(story, rec, figure, premise, &finding->late_ns);

	if (!why)
		why = why_vague(story, rec, figure, &finding->late_ns);
	if (!why)
		return false;
	finding->note = !finding->late_ns
	                        ? why
	                        : record_text(rec, "%s; the machine was %lld ms late", why,
	                                      (long long)(finding->late_ns / NS_PER_MS));
	return true;
}

/* Rule 5. */
static bool settle_unmodelled(struct record *rec, const struct story *story,
                              struct finding *finding)
{
	char why[UNMODELLED_SIZE];

	if (!model_unmodelled(story, why))
		return false;
	finding->note = record_text(rec, "%s", why);
	return true;
}

/* Rule 6. */
static bool settle_late(struct record *rec, const struct story *story, const struct figure *figure,
                        struct finding *finding)
{
	finding->late_ns = explained_ns(story, figure);
	if (!finding->late_ns)
		return false;
	finding->note = record_text(rec, "the machine was %lld ms late",
	                            (long long)(finding->late_ns / NS_PER_MS));
	return true;
}

/* Rule 7. */
static void settle_judged(const struct record *rec, const struct figure *figure, bool holds,
                          struct finding *finding)
{
	finding->model = holds ? MODEL_HOLDS : MODEL_FAILS;
	finding->note = !holds ? figure->measured.detail : "";
	if (is_either(rec, figure))
		finding->note = "the article and the model cannot be told apart at this value";
	else
		finding->verdict = verdict_of(rec, figure);
}

void verdict_settle(struct record *rec, const struct story *story, const struct figure *figure,
                    const struct premise *premise, struct finding *finding)
{
	bool holds = value_fits(rec, figure->predicts, &figure->measured.value);

	finding->note = why_skipped(rec, &figure->measured);
	finding->verdict = finding->note ? VERDICT_SKIPPED : VERDICT_INCONCLUSIVE;
	if (finding->note || settle_inconclusive(rec, story, figure, premise, finding))
		return;
	if (!holds &&
	    (settle_unmodelled(rec, story, finding) || settle_late(rec, story, figure, finding)))
		return;
	settle_judged(rec, figure, holds, finding);
}
