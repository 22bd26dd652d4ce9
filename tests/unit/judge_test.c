// SPDX-License-Identifier: GPL-2.0-or-later
/* The judge on records made by hand: verdicts, outcomes, misuse, walks. */
#include "../../harness/judge/judge.h"

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
static struct comparison stated[4];
static size_t stated_count;

static void judge_stated(const struct record *rec, struct judge *judge)
{
	(void)rec;
	judge_claim(judge, "one");
	for (size_t i = 0; i < stated_count; i++)
		judge_compare(judge, &stated[i]);
}

static struct comparison comparison_of(struct value says, struct value predicts,
                                       struct value measured)
{
	return (struct comparison){.name = "figure",
	                           .unit = "count",
	                           .says = says,
	                           .predicts = predicts,
	                           .measured = measured,
	                           .rule = "none"};
}

static struct record *record_judged(struct comparison comparison)
{
	struct record *rec = record_whole();

	stated[0] = comparison;
	stated_count = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated), 0);
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
		{value_none(), value_time(30, 50), value_time(10, 90), VERDICT_NONE, MODEL_HOLDS,
	         OUTCOME_OK},
		{value_none(), value_time(3, 3), value_count(3), VERDICT_NONE, MODEL_FAILS,
	         OUTCOME_MODEL_FAILED},
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
		struct record *rec = record_judged(
			comparison_of(rows[i].says, rows[i].predicts, rows[i].measured));

		if (rec->findings[0].verdict != rows[i].verdict ||
		    rec->findings[0].model != rows[i].model || rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s, model %d, %s", i,
			         verdict_name(rec->findings[0].verdict),
			         (int)rec->findings[0].model, outcome_name(rec->outcome));
		record_free(rec);
	}
}

static void test_qualified(void **state)
{
	struct comparison c = comparison_of(value_count(4), value_count(3), value_count(3));
	struct record *rec;

	(void)state;
	c.qualified = "on Tuesdays";
	rec = record_judged(c);
	assert_int_equal(rec->findings[0].verdict, VERDICT_QUALIFIED);
	assert_string_equal(rec->findings[0].note, "on Tuesdays");
	assert_int_equal(rec->outcome, OUTCOME_OK);
	record_free(rec);
	c.predicts = value_count(4); /* a condition does not save the model */
	rec = record_judged(c);
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	record_free(rec);
}

/* A finding rests on each observer in turn; the others do not matter to it. */
static void test_lost(void **state)
{
	(void)state;
	for (int lost = 0; lost < OBSERVER_COUNT; lost++)
		for (int on = 0; on < OBSERVER_COUNT; on++) {
			struct record *rec = record_whole();
			bool matters = lost == on;

			stated[0] = comparison_of(value_count(3), value_count(3), value_count(3));
			stated[0].rests_on = RESTS_ON(on);
			stated_count = 1;
			rec->lost[lost] = 7;
			assert_int_equal(judge_record(rec, one_claim, judge_stated), 0);
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
	stated[0] = comparison_of(value_none(), value_count(4), value_count(3));
	stated[0].rests_on = RESTS_ON(OBSERVER_TAP);
	stated[1] = comparison_of(value_none(), value_count(4), value_count(3));
	stated_count = 2;
	rec->lost[OBSERVER_TAP] = 1;
	assert_int_equal(judge_record(rec, one_claim, judge_stated), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED); /* by the second alone */
	record_free(rec);
}

static void test_absent(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	stated[0] = comparison_of(value_count(3), value_count(3), value_count(3));
	stated[0].rests_on = RESTS_ON(OBSERVER_TRACE) | RESTS_ON(OBSERVER_TAP);
	stated_count = 1;
	rec->observed[OBSERVER_TRACE] = false;
	rec->absent[OBSERVER_TRACE] = "no eBPF";
	assert_int_equal(judge_record(rec, one_claim, judge_stated), 0);
	assert_int_equal(rec->findings[0].verdict, VERDICT_SKIPPED);
	assert_string_equal(rec->findings[0].note, "needs trace: no eBPF");
	assert_int_equal(rec->outcome, OUTCOME_SKIPPED); /* all there was */
	record_free(rec);
}

enum sort { GOOD, SKIP, NOTHING, WRONG };

static struct comparison comparison_sort(enum sort sort)
{
	struct comparison c = comparison_of(value_none(), value_count(3), value_count(3));

	if (sort == SKIP)
		c.skip = "not here";
	if (sort == NOTHING)
		c.measured = value_none();
	if (sort == WRONG)
		c.measured = value_count(4);
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

		stated[0] = comparison_sort(rows[i].first);
		stated[1] = comparison_sort(rows[i].second);
		stated_count = 2;
		assert_int_equal(judge_record(rec, one_claim, judge_stated), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		assert_int_equal(rec->reason[0] == '\0', rec->outcome == OUTCOME_OK);
		record_free(rec);
	}
}

/* ---- Misuse: an error with the words, whatever the findings say ---- */

static void compare_three(struct judge *judge)
{
	struct comparison c = comparison_of(value_count(3), value_count(3), value_count(3));

	judge_compare(judge, &c);
}

static void judge_one_of_two(const struct record *rec, struct judge *judge)
{
	(void)rec;
	judge_claim(judge, "one");
	compare_three(judge);
}

static void judge_twice(const struct record *rec, struct judge *judge)
{
	judge_one_of_two(rec, judge);
	judge_one_of_two(rec, judge);
	judge_claim(judge, "two");
	compare_three(judge);
}

static void judge_stranger(const struct record *rec, struct judge *judge)
{
	judge_one_of_two(rec, judge);
	judge_claim(judge, "two");
	compare_three(judge);
	judge_claim(judge, "three");
	compare_three(judge);
}

static void judge_empty(const struct record *rec, struct judge *judge)
{
	judge_one_of_two(rec, judge);
	judge_claim(judge, "two");
}

static void judge_none(const struct record *rec, struct judge *judge)
{
	compare_three(judge);
	judge_one_of_two(rec, judge);
}

static void judge_both(const struct record *rec, struct judge *judge)
{
	judge_one_of_two(rec, judge);
	judge_claim(judge, "two");
	compare_three(judge);
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
		{judge_none, "a comparison belongs to no claim: figure"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		assert_int_equal(judge_record(rec, claims, rows[i].fn), 0);
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
	assert_int_equal(judge_record(rec, claims, judge_both), 0);
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

static void judge_walked(const struct record *rec, struct judge *judge)
{
	(void)rec;
	judge_claim(judge, "one");
	judge_walk(judge, SIDE_CLIENT, "c1", walk_says, walk_predicted, "none");
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
		assert_int_equal(judge_record(rec, one_claim, judge_walked), 0);
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
		assert_int_equal(judge_record(rec, one_claim, judge_walked), 0);
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
	assert_int_equal(judge_record(rec, one_claim, judge_walked), 0);
	assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
	assert_non_null(strstr(rec->reason, "no observer saw this socket"));
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),       cmocka_unit_test(test_qualified),
		cmocka_unit_test(test_lost),           cmocka_unit_test(test_lost_hides_no_model),
		cmocka_unit_test(test_absent),         cmocka_unit_test(test_outcome_of_several),
		cmocka_unit_test(test_misuse),         cmocka_unit_test(test_belongs),
		cmocka_unit_test(test_walk_traced),    cmocka_unit_test(test_walk_polled),
		cmocka_unit_test(test_walk_of_nobody),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
