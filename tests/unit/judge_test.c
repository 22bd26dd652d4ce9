// SPDX-License-Identifier: GPL-2.0-or-later
/* The judge on records made by hand: verdicts, outcomes, misuse. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge_lab.h"

static const struct claim claims[CLAIMS_PER_PROBE] = {{"one", "A", "The first."},
                                                      {"two", "B", "The second."}};
static struct record *record_judged(struct figure figure)
{
	struct record *rec = record_whole();

	stated[0] = figure;
	stated_count = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->finding_count, 1);
	return rec;
}

/* What it came to before, and why, goes. */
static void test_judged_again(void **state)
{
	struct record *rec = record_judged(figure_of(value_none(), value_count(4), value_count(3)));

	(void)state;
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	stated[0] = figure_of(value_none(), value_count(3), value_count(3));
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->finding_count, 1);
	assert_int_equal(rec->outcome, OUTCOME_OK);
	assert_string_equal(rec->reason, "");
	record_free(rec);
}

static void test_verdicts(void **state)
{
	const struct {
		struct value says, predicts, measured;
		enum verdict verdict;
		enum model model;
		enum outcome outcome;
	} rows[] = {
		{value_count(3), value_count(3), value_count(3), VERDICT_CONFIRMED, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_count(4), value_count(3), value_count(3), VERDICT_REFUTED, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_count(3), value_count(4), value_count(3), VERDICT_CONFIRMED, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_count(4), value_count(4), value_count(3), VERDICT_REFUTED, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_none(), value_count(3), value_count(3), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_count(4), value_count(3), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_count(3), value_count(3), value_none(), VERDICT_INCONCLUSIVE, MODEL_UNJUDGED,
	         OUTCOME_INCONCLUSIVE},
		/* bounds: what meets in one point meets */
		{value_none(), value_counts(3, 5), value_count(5), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_counts(3, 5), value_count(3), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_counts(3, 5), value_count(6), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_none(), value_counts(3, 5), value_count(2), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_none(), value_time(30, 50), value_time(50, 60), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_time(30, 50), value_time(51, 60), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_none(), value_time(30, 50), value_time(10, 30), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_time(30, 50), value_time(10, 29), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		/* wider than the prediction, and not within it: it would agree with any */
		{value_none(), value_time(30, 50), value_time(29, 49), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_time(30, 50), value_time(29, 50), VERDICT_INCONCLUSIVE,
	         MODEL_UNJUDGED, OUTCOME_INCONCLUSIVE},
		{value_none(), value_time(30, 50), value_time(10, 90), VERDICT_INCONCLUSIVE,
	         MODEL_UNJUDGED, OUTCOME_INCONCLUSIVE},
		{value_none(), value_time(30, 50), value_time(51, 99), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		/* not ended: only past the prediction does that tell something */
		{value_none(), value_time(30, 50), value_time(50, INT64_MAX), VERDICT_INCONCLUSIVE,
	         MODEL_UNJUDGED, OUTCOME_INCONCLUSIVE},
		{value_none(), value_time(30, 50), value_time(51, INT64_MAX), VERDICT_NONE,
	         MODEL_FAILS, OUTCOME_MODEL_FAILED},
		{value_none(), value_time(30, INT64_MAX), value_time(30, INT64_MAX),
	         VERDICT_INCONCLUSIVE, MODEL_UNJUDGED, OUTCOME_INCONCLUSIVE},
		{value_none(), value_time(30, INT64_MAX), value_time(31, INT64_MAX), VERDICT_NONE,
	         MODEL_HOLDS, OUTCOME_OK},
		/* two exact times whose roundings meet: either, where both could be it */
		{value_time(30, 50), value_time(40, 60), value_time(45, 45), VERDICT_INCONCLUSIVE,
	         MODEL_HOLDS, OUTCOME_INCONCLUSIVE},
		{value_time(30, 50), value_time(40, 60), value_time(51, 51), VERDICT_REFUTED,
	         MODEL_HOLDS, OUTCOME_OK},
		{value_time(30, 50), value_time(40, 60), value_time(39, 39), VERDICT_CONFIRMED,
	         MODEL_FAILS, OUTCOME_MODEL_FAILED},
		{value_time(30, 50), value_time(20, 60), value_time(45, 45), VERDICT_INCONCLUSIVE,
	         MODEL_HOLDS, OUTCOME_INCONCLUSIVE},
		/* the same one, rounded more often; bounds that hold all that is predicted */
		{value_time(30, 50), value_time(30, 60), value_time(45, 45), VERDICT_CONFIRMED,
	         MODEL_HOLDS, OUTCOME_OK},
		{value_time(30, INT64_MAX), value_time(40, 60), value_time(45, 45),
	         VERDICT_CONFIRMED, MODEL_HOLDS, OUTCOME_OK},
		/* counts are exact: what was counted is what the article says */
		{value_counts(3, 5), value_counts(4, 6), value_count(4), VERDICT_CONFIRMED,
	         MODEL_HOLDS, OUTCOME_OK},
		/* unless it could not be told what to count */
		{value_none(), value_count(3), value_counts(3, 4), VERDICT_INCONCLUSIVE,
	         MODEL_UNJUDGED, OUTCOME_INCONCLUSIVE},
		{value_none(), value_count(2), value_counts(3, 4), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		{value_count(3), value_counts(3, 5), value_counts(3, 4), VERDICT_INCONCLUSIVE,
	         MODEL_HOLDS, OUTCOME_INCONCLUSIVE},
		{value_counts(3, 4), value_counts(3, 5), value_counts(3, 4), VERDICT_CONFIRMED,
	         MODEL_HOLDS, OUTCOME_OK},
		{value_count(5), value_counts(3, 5), value_counts(3, 4), VERDICT_REFUTED,
	         MODEL_HOLDS, OUTCOME_OK},
		{value_words("FA A"), value_words("FA A"), value_words("FA A"), VERDICT_CONFIRMED,
	         MODEL_HOLDS, OUTCOME_OK},
		{value_words("FA"), value_words("FA A"), value_words("FA A"), VERDICT_REFUTED,
	         MODEL_HOLDS, OUTCOME_OK},
		{value_none(), value_words("FA A"), value_words("FA"), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
		/* nothing predicted is not a prediction that holds */
		{value_none(), value_none(), value_count(3), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec =
			record_judged(figure_of(rows[i].says, rows[i].predicts, rows[i].measured));

		if (rec->findings[0].verdict != rows[i].verdict ||
		    rec->findings[0].model != rows[i].model || rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s, model %d, %s", i,
			         verdict_name(rec->findings[0].verdict),
			         (int)rec->findings[0].model, outcome_name(rec->outcome));
		record_free(rec);
	}
}

/* Right in one case, wrong in another: under a condition, and either says which. */
static void test_qualified(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	for (int i = 0; i < 3; i++)
		stated[i] = figure_of(value_count(3), value_count(i + 2), value_count(i + 2));
	stated[3] = figure_of(value_none(), value_count(3), value_count(3));
	stated_count = 4;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rec->findings[i].verdict, VERDICT_QUALIFIED);
	assert_string_equal(rec->findings[0].note, "wrong here, right with case 1");
	assert_string_equal(rec->findings[1].note, "right here, wrong with case 0");
	assert_string_equal(rec->findings[1].in_case, "case 1");
	assert_int_equal(rec->findings[3].verdict, VERDICT_NONE);
	assert_int_equal(rec->outcome, OUTCOME_OK);
	record_free(rec);
}

/* Wrong in each case is wrong; another figure is another matter. */
static void test_not_qualified(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(2), value_count(2));
	stated[1] = figure_of(value_count(3), value_count(4), value_count(4));
	stated[2] = figure_of(value_count(3), value_count(3), value_count(3));
	stated[2].name = "other";
	stated_count = 3;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_REFUTED);
	assert_int_equal(rec->findings[1].verdict, VERDICT_REFUTED);
	assert_int_equal(rec->findings[2].verdict, VERDICT_CONFIRMED);
	record_free(rec);
}

/* Two texts that are the same for more than 300 bytes are not the same. */
static void test_long_words(void **state)
{
	char text[2][400];
	struct record *rec;

	(void)state;
	for (int i = 0; i < 2; i++) {
		memset(text[i], 'A', sizeof(text[i]));
		text[i][300] = (char)('0' + i);
		text[i][sizeof(text[i]) - 1] = '\0';
	}
	rec = record_judged(figure_of(value_none(), value_words(text[0]), value_words(text[1])));
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	record_free(rec);
	rec = record_judged(figure_of(value_none(), value_words(text[1]), value_words(text[1])));
	assert_int_equal(rec->outcome, OUTCOME_OK);
	record_free(rec);
}

/* Nothing is predicted, and the reason is told. */
static void test_unpredicted(void **state)
{
	struct figure figure = figure_of(value_count(3), value_none(), value_count(3));
	struct record *rec;

	(void)state;
	figure.unpredicted = "tcp_x=3 is not modelled";
	rec = record_judged(figure);
	assert_int_equal(rec->findings[0].verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(rec->findings[0].model, MODEL_UNJUDGED);
	assert_string_equal(rec->findings[0].note, "tcp_x=3 is not modelled");
	assert_string_equal(rec->reason, "figure (case 0): tcp_x=3 is not modelled");
	record_free(rec);
}

static struct measured premise;

static void judge_on_premise(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	judge_premise(judge, "the FIN was lost", premise);
	judge_count(judge, &stated[0]);
	judge_claim(judge, "two");
	judge_count(judge, &stated[0]);
}

/* It holds for the claim that it was stated of, and for no other. */
static void test_premise(void **state)
{
	const struct {
		struct measured premise;
		const char *note; /* NULL: it holds */
	} rows[] = {
		{{.value = {.kind = VALUE_TEXT, .text = "yes"}}, NULL},
		{{.value = {.kind = VALUE_TEXT, .text = "no"}},
	         "it does not hold that the FIN was lost"},
		{{.why_not = "no such packet"},
	         "it is not known whether the FIN was lost: no such packet"},
		{{.value = {.kind = VALUE_TEXT, .text = "yes"}, .why_not = "cut"},
	         "it is not known whether the FIN was lost: cut"},
		{{.value = {.kind = VALUE_TEXT, .text = "yes"}, .rests_on = RESTS_ON(OBSERVER_TAP)},
	         "it is not known whether the FIN was lost: tap lost 7 events"},
		{{.value = {.kind = VALUE_TEXT, .text = "yes"},
	          .rests_on = RESTS_ON(OBSERVER_STEPS)},
	         "it is not known whether the FIN was lost: needs steps: nobody"},
	};

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(3), value_count(3));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		rec->lost[OBSERVER_TAP] = 7;
		rec->observed[OBSERVER_STEPS] = false;
		rec->absent[OBSERVER_STEPS] = "nobody";
		premise = rows[i].premise;
		assert_int_equal(judge_record(rec, claims, judge_on_premise, NULL), 0);
		assert_int_equal(rec->findings[0].verdict,
		                 rows[i].note ? VERDICT_INCONCLUSIVE : VERDICT_CONFIRMED);
		assert_string_equal(rec->findings[0].note, rows[i].note ? rows[i].note : "");
		assert_int_equal(rec->findings[0].rests_on, premise.rests_on);
		assert_int_equal(rec->findings[1].verdict, VERDICT_CONFIRMED);
		assert_int_equal(rec->findings[1].rests_on, 0);
		record_free(rec);
	}
}

/* A finding rests on each observer in turn; the others do not matter to it. */
static void test_lost(void **state)
{
	(void)state;
	for (int lost = 0; lost < OBSERVER_COUNT; lost++)
		for (int on = 0; on < OBSERVER_COUNT; on++) {
			struct record *rec = record_whole();
			bool matters = lost == on;

			stated[0] = figure_of(value_count(3), value_count(3), value_count(3));
			stated[0].measured.rests_on = RESTS_ON(on);
			stated_count = 1;
			rec->lost[lost] = 7;
			assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
			assert_int_equal(rec->outcome, matters ? OUTCOME_INCONCLUSIVE : OUTCOME_OK);
			if (matters)
				assert_non_null(strstr(rec->reason, "lost 7 events"));
			record_free(rec);
		}
}

/* Lost data make no wrong model either: nothing was shown. */
static void test_lost_hides_no_model(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = figure_of(value_none(), value_count(4), value_count(3));
	stated[0].measured.rests_on = RESTS_ON(OBSERVER_TAP);
	stated[1] = figure_of(value_none(), value_count(4), value_count(3));
	stated_count = 2;
	rec->lost[OBSERVER_TAP] = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED); /* by the second alone */
	record_free(rec);
}

static void test_absent(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(3), value_count(3));
	stated[0].measured.rests_on = RESTS_ON(OBSERVER_TRACE) | RESTS_ON(OBSERVER_TAP);
	stated_count = 1;
	rec->observed[OBSERVER_TRACE] = false;
	rec->absent[OBSERVER_TRACE] = "no eBPF";
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_SKIPPED);
	assert_string_equal(rec->findings[0].note, "needs trace: no eBPF");
	assert_int_equal(rec->outcome, OUTCOME_SKIPPED); /* all there was */
	record_free(rec);
}

enum sort { GOOD, SKIP, NOTHING, WRONG };

static struct figure figure_sort(enum sort sort)
{
	struct figure c = figure_of(value_none(), value_count(3), value_count(3));

	if (sort == SKIP)
		c.measured.skip = "not here";
	if (sort == NOTHING)
		c.measured.value = value_none();
	if (sort == WRONG)
		c.measured.value = value_count(4);
	return c;
}

static void test_outcome_of_several(void **state)
{
	static const struct {
		enum sort first, second;
		enum outcome outcome;
	} rows[] = {
		{GOOD, GOOD, OUTCOME_OK},
		{GOOD, SKIP, OUTCOME_OK},
		{SKIP, SKIP, OUTCOME_SKIPPED},
		{GOOD, NOTHING, OUTCOME_INCONCLUSIVE},
		{SKIP, NOTHING, OUTCOME_INCONCLUSIVE},
		{WRONG, GOOD, OUTCOME_MODEL_FAILED},
		{NOTHING, WRONG, OUTCOME_MODEL_FAILED},
		{WRONG, NOTHING, OUTCOME_MODEL_FAILED},
		{WRONG, SKIP, OUTCOME_MODEL_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		stated[0] = figure_sort(rows[i].first);
		stated[1] = figure_sort(rows[i].second);
		stated_count = 2;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		assert_int_equal(rec->reason[0] == '\0', rec->outcome == OUTCOME_OK);
		record_free(rec);
	}
}

/* ---- Misuse: an error with the words, whatever the findings say ---- */

static void compare_three(struct judge *judge)
{
	struct figure figure = figure_of(value_count(3), value_count(3), value_count(3));

	judge_count(judge, &figure);
}

static void judge_one_of_two(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	compare_three(judge);
}

static void judge_twice(const struct story *story, struct judge *judge)
{
	judge_one_of_two(story, judge);
	judge_one_of_two(story, judge);
	judge_claim(judge, "two");
	compare_three(judge);
}

static void judge_stranger(const struct story *story, struct judge *judge)
{
	judge_one_of_two(story, judge);
	judge_claim(judge, "two");
	compare_three(judge);
	judge_claim(judge, "three");
	compare_three(judge);
}

static void judge_empty(const struct story *story, struct judge *judge)
{
	judge_one_of_two(story, judge);
	judge_claim(judge, "two");
}

static void judge_none(const struct story *story, struct judge *judge)
{
	compare_three(judge);
	judge_one_of_two(story, judge);
}

static void judge_both(const struct story *story, struct judge *judge)
{
	judge_one_of_two(story, judge);
	judge_claim(judge, "two");
	compare_three(judge);
}

static void judge_same_figure(const struct story *story, struct judge *judge)
{
	judge_both(story, judge);
	compare_three(judge);
}

static void judge_other_kind(const struct story *story, struct judge *judge)
{
	struct figure figure = figure_of(value_count(3), value_time(3, 3), value_count(3));

	judge_both(story, judge);
	figure.name = "other";
	judge_count(judge, &figure);
}

static void test_misuse(void **state)
{
	static const struct {
		judge_fn fn;
		const char *reason; /* NULL: none */
	} rows[] = {
		{judge_both, NULL},
		{judge_one_of_two, "a declared claim was not judged: two"},
		{judge_twice, "a claim was judged twice: one"},
		{judge_stranger, "a claim was judged that the probe does not declare: three"},
		{judge_empty, "a claim has no finding: two"},
		{judge_same_figure, "a figure is stated twice: figure"},
		{judge_other_kind, "a figure is compared with one of another kind: other"},
		{judge_none, "a figure belongs to no claim: figure"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		assert_int_equal(judge_record(rec, claims, rows[i].fn, NULL), 0);
		assert_int_equal(rec->outcome, rows[i].reason ? OUTCOME_ERROR : OUTCOME_OK);
		assert_string_equal(rec->reason, rows[i].reason ? rows[i].reason : "");
		record_free(rec);
	}
}

/* Findings belong to the claim that was named last before them. */
static void test_belongs(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	assert_int_equal(judge_record(rec, claims, judge_both, NULL), 0);
	assert_int_equal(rec->finding_count, 2);
	assert_string_equal(rec->findings[0].claim, "one");
	assert_string_equal(rec->findings[1].claim, "two");
	assert_string_equal(rec->findings[1].name, "figure");
	assert_string_equal(rec->findings[1].unit, "count");
	assert_string_equal(rec->findings[1].rule, "none");
	record_free(rec);
}

/* What was judged before goes: judging again comes to the same. */
static void test_again(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(4), value_count(3));
	stated_count = 1;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		assert_int_equal(rec->finding_count, 1);
		assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	}
	record_free(rec);
}

static int examine_adds(struct record *rec, const struct story *story)
{
	struct finding finding = {
		.claim = "one",
		.name = "unexplained",
		.verdict = VERDICT_NONE,
		.model = MODEL_FAILS,
		.note = "nobody sent this",
	};

	assert_ptr_equal(story->rec, rec);
	return record_add_finding(rec, &finding);
}

static int examine_fails(struct record *rec, const struct story *story)
{
	(void)rec;
	(void)story;
	return -ENOMEM;
}

/* What the examination adds counts, and says why; its own failure is told. */
static void test_examined(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(3), value_count(3));
	stated_count = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, examine_adds), 0);
	assert_int_equal(rec->finding_count, 2);
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	assert_string_equal(rec->reason, "unexplained: nobody sent this");
	assert_int_equal(judge_record(rec, one_claim, judge_stated, examine_fails), -ENOMEM);
	record_free(rec);
}

/* A run that was cut off, or ended before its judge, has nothing to be judged again. */
static void test_came_to_judge(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	assert_false(record_came_to_judge(rec));
	rec->finished = true;
	rec->outcome = OUTCOME_INCONCLUSIVE;
	assert_false(record_came_to_judge(rec));
	stated[0] = figure_of(value_none(), value_count(3), value_none());
	stated_count = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
	assert_true(record_came_to_judge(rec));
	record_free(rec);
}

/* The prediction was read from an observer that lost data, or that was not there. */
static void test_predicted_from(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(3), value_count(3));
	stated[0].predicted_from = RESTS_ON(OBSERVER_DIAG);
	stated_count = 1;
	rec->lost[OBSERVER_DIAG] = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(rec->findings[0].rests_on, RESTS_ON(OBSERVER_DIAG));
	rec->observed[OBSERVER_DIAG] = false;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_SKIPPED);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judged_again),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_qualified),
		cmocka_unit_test(test_not_qualified),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_unpredicted),
		cmocka_unit_test(test_premise),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_lost_hides_no_model),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_outcome_of_several),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_belongs),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_examined),
		cmocka_unit_test(test_came_to_judge),
		cmocka_unit_test(test_predicted_from),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
