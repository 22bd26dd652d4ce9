// SPDX-License-Identifier: GPL-2.0-or-later
/* The judge on records made by hand: verdicts, outcomes, misuse, walks. */
#include "../../harness/judge/judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct claim claims[CLAIMS_PER_PROBE] = {{"one", "A", "The first."},
                                                      {"two", "B", "The second."}};
static const struct claim one_claim[CLAIMS_PER_PROBE] = {{"one", "A", "The first."}};

/* Everything was observed and nothing lost. */
static struct record *record_whole(void)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	for (int i = 0; i < OBSERVER_COUNT; i++)
		rec->observed[i] = true;
	return rec;
}

/* What the judge functions below state, as each test needs it. */
static struct figure stated[4];
static size_t stated_count;

/* As the kind of what is predicted, or else of what was measured. */
static void state_figure(struct judge *judge, const struct figure *figure)
{
	enum value_kind kind = figure->predicts.kind;

	judge_figure(judge, "count", kind ? kind : figure->measured.value.kind, figure);
}

static void judge_stated(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	for (size_t i = 0; i < stated_count; i++) {
		judge_case(judge, "case %zu", i);
		state_figure(judge, &stated[i]);
	}
}

static struct figure figure_of(struct value says, struct value predicts, struct value measured)
{
	return (struct figure){.name = "figure",
	                       .says = says,
	                       .predicts = predicts,
	                       .measured = {.value = measured},
	                       .rule = "none"};
}

static struct record *record_judged(struct figure figure)
{
	struct record *rec = record_whole();

	stated[0] = figure;
	stated_count = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->finding_count, 1);
	return rec;
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
	};

	(void)state;
	stated[0] = figure_of(value_count(3), value_count(3), value_count(3));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		rec->lost[OBSERVER_TAP] = 7;
		premise = rows[i].premise;
		assert_int_equal(judge_record(rec, claims, judge_on_premise, NULL), 0);
		assert_int_equal(rec->findings[0].verdict,
		                 rows[i].note ? VERDICT_INCONCLUSIVE : VERDICT_CONFIRMED);
		assert_string_equal(rec->findings[0].note, rows[i].note ? rows[i].note : "");
		assert_int_equal(rec->findings[1].verdict, VERDICT_CONFIRMED);
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

/* ---- Walks ---- */

static const char *walk_says, *walk_predicted;

static void judge_walked(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	judge_walk(judge, &(struct walk_figure){.host = SIDE_CLIENT,
	                                        .sock = "c1",
	                                        .says = walk_says,
	                                        .predicts = walk_predicted,
	                                        .rule = "none"});
}

static void transition_add(struct record *rec, int64_t t_ns, enum tcp_state from, enum tcp_state to)
{
	struct event event = {.t_ns = t_ns, .kind = EVENT_TRANSITION, .sock = "c1"};

	event.transition.from = from;
	event.transition.to = to;
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void sample_add(struct record *rec, int64_t t_ns, enum tcp_state state)
{
	struct event event = {.t_ns = t_ns, .kind = EVENT_SAMPLE, .sock = "c1"};

	event.sample = (struct sample){.state = state, .object = OBJECT_FULL, .gap_ns = 1000};
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void test_walk_traced(void **state)
{
	static const struct {
		const char *says, *predicted;
		enum verdict verdict;
		enum outcome outcome;
	} rows[] = {
		{"SYN_SENT ESTABLISHED", "SYN_SENT ESTABLISHED", VERDICT_CONFIRMED, OUTCOME_OK},
		{"ESTABLISHED", "SYN_SENT ESTABLISHED", VERDICT_REFUTED, OUTCOME_OK},
		{NULL, "SYN_SENT ESTABLISHED", VERDICT_NONE, OUTCOME_OK},
		{NULL, "SYN_SENT", VERDICT_NONE, OUTCOME_MODEL_FAILED},
		/* traced, nothing passes unseen: a state too many in the model is wrong */
		{NULL, "SYN_SENT SYN_RECV ESTABLISHED", VERDICT_NONE, OUTCOME_MODEL_FAILED},
		{NULL, "ESTABLISHED SYN_SENT", VERDICT_NONE, OUTCOME_MODEL_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		transition_add(rec, 1000, STATE_CLOSE, STATE_SYN_SENT);
		transition_add(rec, 2000, STATE_SYN_SENT, STATE_ESTABLISHED);
		walk_says = rows[i].says;
		walk_predicted = rows[i].predicted;
		assert_int_equal(judge_record(rec, one_claim, judge_walked, NULL), 0);
		assert_string_equal(rec->findings[0].name, "client_states");
		assert_int_equal(rec->findings[0].verdict, rows[i].verdict);
		assert_int_equal(rec->outcome, rows[i].outcome);
		record_free(rec);
	}
}

static void test_walk_polled(void **state)
{
	static const struct {
		const char *predicted;
		enum outcome outcome;
		const char *missing;
	} rows[] = {
		{"SYN_SENT ESTABLISHED", OUTCOME_OK, NULL},
		{"SYN_SENT SYN_RECV ESTABLISHED", OUTCOME_SKIPPED, "SYN_RECV passed unseen"},
		{"SYN_SENT ESTABLISHED FIN_WAIT1", OUTCOME_SKIPPED, "FIN_WAIT1 passed unseen"},
		/* what was seen must have been predicted, in that order */
		{"ESTABLISHED", OUTCOME_MODEL_FAILED, NULL},
		{"ESTABLISHED SYN_SENT", OUTCOME_MODEL_FAILED, NULL},
		{"SYN_SENT CLOSE", OUTCOME_MODEL_FAILED, NULL},
		/* a name is matched whole */
		{"SYN_SENT2 ESTABLISHED", OUTCOME_MODEL_FAILED, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		rec->observed[OBSERVER_TRACE] = false;
		sample_add(rec, 1000, STATE_SYN_SENT);
		sample_add(rec, 2000, STATE_ESTABLISHED);
		walk_says = NULL;
		walk_predicted = rows[i].predicted;
		assert_int_equal(judge_record(rec, one_claim, judge_walked, NULL), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		if (rows[i].missing)
			assert_non_null(strstr(rec->findings[0].note, rows[i].missing));
		record_free(rec);
	}
}

static void test_walk_of_nobody(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	walk_says = NULL;
	walk_predicted = "SYN_SENT";
	assert_int_equal(judge_record(rec, one_claim, judge_walked, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
	assert_non_null(strstr(rec->reason, "no observer saw c1"));
	record_free(rec);
}

/* What either observer of a walk lost may be missing from it. */
static void test_walk_lost(void **state)
{
	(void)state;
	walk_says = NULL;
	walk_predicted = "SYN_SENT";
	for (int lost = OBSERVER_TRACE; lost <= OBSERVER_DIAG; lost++) {
		struct record *rec = record_whole();

		transition_add(rec, 1000, STATE_CLOSE, STATE_SYN_SENT);
		rec->lost[lost] = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_walked, NULL), 0);
		assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
		record_free(rec);
	}
}

/* A setting that no model knows the rule of, where it bears on what happened. */
static void test_unmodelled(void **state)
{
	struct event option = {.kind = EVENT_CALL, .host = SIDE_CLIENT, .sock = "c1"};
	struct record *rec = record_whole();

	(void)state;
	walk_says = NULL;
	walk_predicted = "SYN_SENT CLOSE";
	transition_add(rec, 1000, STATE_CLOSE, STATE_SYN_SENT);
	assert_int_equal(
		settings_put(&rec->sysctls[SIDE_CLIENT], "net.ipv4.tcp_keepalive_time", "-1"), 0);
	assert_int_equal(judge_record(rec, one_claim, judge_walked, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	option.call.name = "setsockopt";
	option.call.args = "SO_KEEPALIVE";
	assert_int_equal(record_add_event(rec, &option), 0);
	rec->finding_count = 0;
	rec->outcome = OUTCOME_OK;
	assert_int_equal(judge_record(rec, one_claim, judge_walked, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
	assert_string_equal(rec->findings[0].note, "tcp_keepalive_time=-1 is not modelled");
	record_free(rec);
}

/* ---- Lateness ---- */

#define MS NS_PER_MS

static void late_add(struct record *rec, int64_t due_ns, int64_t late_ns)
{
	struct event event = {.t_ns = due_ns + late_ns, .kind = EVENT_LATE};

	event.late.what = LATE_WAKE;
	event.late.due_ns = due_ns;
	event.late.late_ns = late_ns;
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* A timer of 1000 to 1010 ms that was measured from 0 on, with delays of the machine. */
static void test_late_timer(void **state)
{
	static const struct {
		int64_t measured_ms, due_ms[2], late_ms[2];
		enum outcome outcome;
		int64_t finding_late_ms;
	} rows[] = {
		/* quiet: 5 % more than the kernel's rules allow is a failure, and so is early */
		{1005, {0}, {0}, OUTCOME_OK, 0},
		{1050, {0}, {0}, OUTCOME_MODEL_FAILED, 0},
		{950, {0}, {0}, OUTCOME_MODEL_FAILED, 0},
		/* late by enough, by too little, before and after the timer ran */
		{1050, {1000}, {45}, OUTCOME_INCONCLUSIVE, 45},
		{1050, {500}, {40}, OUTCOME_INCONCLUSIVE, 40},
		{1050, {1000}, {39}, OUTCOME_MODEL_FAILED, 0},
		{1050, {-100}, {100}, OUTCOME_MODEL_FAILED, 0},
		{1050, {1050}, {100}, OUTCOME_MODEL_FAILED, 0},
		/* what reaches into it counts as far as it does */
		{1050, {-60}, {100}, OUTCOME_INCONCLUSIVE, 40},
		{1050, {1010}, {100}, OUTCOME_INCONCLUSIVE, 40},
		/* two delays add up, but what they have in common counts once */
		{1050, {100, 300}, {20, 20}, OUTCOME_INCONCLUSIVE, 40},
		{1050, {100, 110}, {20, 20}, OUTCOME_MODEL_FAILED, 0},
		{1050, {100, 110}, {45, 20}, OUTCOME_INCONCLUSIVE, 45},
		/* lateness makes nothing early, and changes nothing that is as predicted */
		{950, {500}, {400}, OUTCOME_MODEL_FAILED, 0},
		{1005, {500}, {400}, OUTCOME_OK, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t measured_ns = rows[i].measured_ms * MS;
		struct record *rec = record_whole();

		for (int j = 0; j < 2; j++)
			late_add(rec, rows[i].due_ms[j] * MS, rows[i].late_ms[j] * MS);
		stated[0] = figure_of(value_none(), value_time(1000 * MS, 1010 * MS),
		                      value_time(measured_ns, measured_ns));
		stated[0].measured.to_ns = measured_ns;
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		assert_int_equal(rec->findings[0].late_ns, rows[i].finding_late_ms * MS);
		if (rows[i].finding_late_ms)
			assert_non_null(strstr(rec->findings[0].note, " ms late"));
		record_free(rec);
	}
}

/* A count or a sequence may have changed where one delay was beyond the record's slack. */
static void test_late_count(void **state)
{
	static const struct {
		int64_t measured, due_ms, late_ms;
		int slack_ms;
		enum outcome outcome;
	} rows[] = {
		{4, 0, 0, 10, OUTCOME_MODEL_FAILED},     {4, 500, 10, 10, OUTCOME_MODEL_FAILED},
		{4, 500, 11, 10, OUTCOME_INCONCLUSIVE},  {4, 500, 11, 20, OUTCOME_MODEL_FAILED},
		{4, 1000, 11, 10, OUTCOME_MODEL_FAILED}, {3, 500, 400, 10, OUTCOME_OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		rec->slack_ms = rows[i].slack_ms;
		late_add(rec, rows[i].due_ms * MS, rows[i].late_ms * MS);
		stated[0] = figure_of(value_none(), value_count(3), value_count(rows[i].measured));
		stated[0].measured.to_ns = 1000 * MS;
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		record_free(rec);
	}
}

/* The judge reads its record, and no environment. */
static void test_no_environment(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	setenv("FINWAIT_SLACK_MS", "9000", 1);
	late_add(rec, 500 * MS, 400 * MS);
	stated[0] = figure_of(value_none(), value_count(3), value_count(4));
	stated[0].measured.to_ns = 1000 * MS;
	stated_count = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
	unsetenv("FINWAIT_SLACK_MS");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),       cmocka_unit_test(test_qualified),
		cmocka_unit_test(test_not_qualified),  cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_unpredicted),    cmocka_unit_test(test_premise),
		cmocka_unit_test(test_lost),           cmocka_unit_test(test_lost_hides_no_model),
		cmocka_unit_test(test_absent),         cmocka_unit_test(test_outcome_of_several),
		cmocka_unit_test(test_misuse),         cmocka_unit_test(test_belongs),
		cmocka_unit_test(test_walk_traced),    cmocka_unit_test(test_walk_polled),
		cmocka_unit_test(test_walk_of_nobody), cmocka_unit_test(test_walk_lost),
		cmocka_unit_test(test_unmodelled),     cmocka_unit_test(test_late_timer),
		cmocka_unit_test(test_late_count),     cmocka_unit_test(test_no_environment),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
