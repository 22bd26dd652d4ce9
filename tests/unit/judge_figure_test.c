// SPDX-License-Identifier: GPL-2.0-or-later
/* Walks, errors and truths as figures, on records made by hand. */
#include "../../harness/judge/measure.h"

#include <errno.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "whole_record.h"

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

/* ---- The other figures ---- */

static void judge_two(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	judge_errno(judge, &(struct errno_figure){.host = SIDE_CLIENT,
	                                          .sock = "c1",
	                                          .call = "send",
	                                          .says = "EPIPE",
	                                          .predicts = "ETIMEDOUT"});
	judge_truth(judge, &(struct figure){.name = "so",
	                                    .says = value_truth(false),
	                                    .predicts = value_truth(true),
	                                    .measured = measure_entered(judge, SIDE_CLIENT, "c1",
	                                                                STATE_SYN_SENT)});
}

/* An errno is the one that the call came to, and what is so is not what was predicted. */
static void test_errno_and_truth(void **state)
{
	static const struct {
		int err;
		enum tcp_state entered;
		enum model model[2];
		enum verdict verdict[2];
	} rows[] = {
		{ETIMEDOUT,
	         STATE_SYN_SENT,
	         {MODEL_HOLDS, MODEL_HOLDS},
	         {VERDICT_REFUTED, VERDICT_REFUTED}},
		{EPIPE,
	         STATE_SYN_RECV,
	         {MODEL_FAILS, MODEL_FAILS},
	         {VERDICT_CONFIRMED, VERDICT_CONFIRMED}},
		{ECONNRESET,
	         STATE_SYN_SENT,
	         {MODEL_FAILS, MODEL_HOLDS},
	         {VERDICT_REFUTED, VERDICT_REFUTED}},
		{0, STATE_SYN_SENT, {MODEL_FAILS, MODEL_HOLDS}, {VERDICT_REFUTED, VERDICT_REFUTED}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();
		struct event call = {.kind = EVENT_CALL, .sock = "c1"};

		call.call.name = "send";
		call.call.err = rows[i].err;
		assert_int_equal(record_add_event(rec, &call), 0);
		transition_add(rec, 1000, STATE_CLOSE, rows[i].entered);
		assert_int_equal(judge_record(rec, one_claim, judge_two, NULL), 0);
		assert_string_equal(rec->findings[0].name, "error");
		for (int j = 0; j < 2; j++) {
			assert_int_equal(rec->findings[j].model, rows[i].model[j]);
			assert_int_equal(rec->findings[j].verdict, rows[i].verdict[j]);
		}
		record_free(rec);
	}
}

/* A call that was not made, and a socket that nobody saw, are answered by nothing. */
static void test_errno_and_truth_of_nobody(void **state)
{
	struct record *rec = record_whole();

	(void)state;
	assert_int_equal(judge_record(rec, one_claim, judge_two, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rec->findings[i].verdict, VERDICT_INCONCLUSIVE);
		assert_int_equal(rec->findings[i].model, MODEL_UNJUDGED);
		assert_int_equal(rec->findings[i].late_ns, 0);
	}
	record_free(rec);
}

/* One of each kind, each in its unit. */
static void judge_each(const struct story *story, struct judge *judge)
{
	struct figure figure = {.name = "count", .rule = "none"};

	(void)story;
	judge_claim(judge, "one");
	figure.predicts = figure.measured.value = value_count(3);
	judge_count(judge, &figure);
	figure.name = "time";
	figure.predicts = figure.measured.value = value_time(1, 2);
	judge_time(judge, &figure);
	figure.name = "words";
	figure.predicts = figure.measured.value = value_words("a b");
	judge_words(judge, &figure);
	figure.name = "truth";
	figure.predicts = figure.measured.value = value_truth(true);
	judge_truth(judge, &figure);
}

static void test_each_kind_is_a_finding(void **state)
{
	const struct {
		const char *name, *unit;
		enum value_kind kind;
	} rows[] = {
		{"count", "count", VALUE_COUNT},
		{"time", "s", VALUE_TIME},
		{"words", "text", VALUE_TEXT},
		{"truth", "yes/no", VALUE_TEXT},
	};
	struct record *rec = record_whole();

	(void)state;
	assert_int_equal(judge_record(rec, one_claim, judge_each, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_OK);
	assert_int_equal(rec->finding_count, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < rec->finding_count; i++) {
		assert_string_equal(rec->findings[i].name, rows[i].name);
		assert_string_equal(rec->findings[i].unit, rows[i].unit);
		assert_int_equal(rec->findings[i].measured.kind, rows[i].kind);
		assert_int_equal(rec->findings[i].model, MODEL_HOLDS);
	}
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_is_a_finding),
		cmocka_unit_test(test_walk_traced),
		cmocka_unit_test(test_walk_polled),
		cmocka_unit_test(test_walk_of_nobody),
		cmocka_unit_test(test_walk_lost),
		cmocka_unit_test(test_unmodelled),
		cmocka_unit_test(test_errno_and_truth),
		cmocka_unit_test(test_errno_and_truth_of_nobody),
	};

	return cmocka_run_group_tests_name("judge_figure", tests, NULL, NULL);
}
