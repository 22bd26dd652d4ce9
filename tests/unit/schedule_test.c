// SPDX-License-Identifier: GPL-2.0-or-later
/* Schedules are judged interval by interval, on records made by hand. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../../harness/judge/measure.h"
#include "../../harness/judge/model.h"

#define MS NS_PER_MS

static const struct claim claims[CLAIMS_PER_PROBE] = {{"one", "A", "The first."}};
static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

/* 1, 2 and 4 s, each up to 50 ms more; the last send may not come. */
static struct schedule model = {
	.sends_lo = 3,
	.sends_hi = 4,
	.after = {{0, 0}, {1000 * MS, 1050 * MS}, {2000 * MS, 2050 * MS}, {4000 * MS, 4050 * MS}},
};

static void judge_sends(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_since(judge, &syn, 0);

	(void)story;
	judge_claim(judge, "one");
	judge_schedule(judge, &(struct schedule_figure){.sent = &sent,
	                                                .from = when_sent(&sent),
	                                                .model = &model,
	                                                .rule = "none"});
}

static struct record *record_of(const int64_t *sent_ms)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	rec->observed[OBSERVER_TAP] = true;
	for (int i = 0; sent_ms[i]; i++) {
		struct event event = {
			.t_ns = sent_ms[i] * MS,
			.kind = EVENT_PACKET,
			.packet = {.packet = {.protocol = IPPROTO_TCP, .flags = TCP_FLAG_SYN},
		                   .arriving = true},
		};

		assert_int_equal(record_add_event(rec, &event), 0);
	}
	return rec;
}

static void late_add(struct record *rec, enum late_what what, int64_t due_ms, int64_t late_ms)
{
	struct event event = {.t_ns = (due_ms + late_ms) * MS, .kind = EVENT_LATE};

	event.late.what = what;
	event.late.due_ns = due_ms * MS;
	event.late.late_ns = late_ms * MS;
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void test_intervals(void **state)
{
	static const struct {
		int64_t sent_ms[6], due_ms, late_ms;
		enum outcome outcome;
		int64_t fit;
		const char *note;
		int slack_ms, hz;
		const char *clock;
	} rows[] = {
		{{100, 1100, 3150, 7150}, 0, 0, OUTCOME_OK, 3, ""},
		{{100, 1150, 3150}, 0, 0, OUTCOME_OK, 2, ""}, /* as many as must be */
		{{100, 1150}, 0, 0, OUTCOME_MODEL_FAILED, 1, ""},
		/* as many, and the last in time, but each a millisecond after the one before */
		{{100, 101, 102, 7200}, 0, 0, OUTCOME_MODEL_FAILED, 0, "send 2 came after 1.00 ms"},
		/* 5 % late, and early, on a quiet machine */
		{{100, 1150, 3200, 7401},
	         0,
	         0,
	         OUTCOME_MODEL_FAILED,
	         2,
	         "send 4 came after 4.20 s"},
		{{100, 1150, 3200, 7199}, 0, 0, OUTCOME_MODEL_FAILED, 2, "send 4"},
		/* late where the machine was late; elsewhere; by more than it was */
		{{100, 1150, 3200, 7401}, 7000, 151, OUTCOME_INCONCLUSIVE, 2, "151 ms late"},
		{{100, 1150, 3200, 7401}, 3000, 160, OUTCOME_MODEL_FAILED, 2, "send 4"},
		{{100, 1150, 3200, 7401}, 7000, 150, OUTCOME_MODEL_FAILED, 2, "send 4"},
		/* lateness makes nothing early, nor does it excuse the other interval */
		{{100, 1150, 3200, 7199}, 7000, 160, OUTCOME_MODEL_FAILED, 2, "send 4"},
		{{100, 1090, 3090, 7300}, 7000, 200, OUTCOME_MODEL_FAILED, 1, "send 2"},
		/* the frame before was late, its timer was not; or was it another that was late */
		{{100, 1145, 3140, 7150}, 1100, 45, OUTCOME_INCONCLUSIVE, 2, "45 ms late"},
		{{100, 1145, 3140, 7150}, 500, 45, OUTCOME_MODEL_FAILED, 2, "send 3"},
		{{100, 1145, 3140, 7150}, 1100, 4, OUTCOME_MODEL_FAILED, 2, "send 3"},
		{{100, 1103, 3098, 7150}, 1100, 45, OUTCOME_MODEL_FAILED, 1, "send 3"},
		/* by no more than each may be late without a word, and was */
		{{100, 1145, 3140, 7150}, 0, 0, OUTCOME_OK, 3, "", 10},
		{{100, 1145, 3134, 7150}, 0, 0, OUTCOME_MODEL_FAILED, 2, "send 3", 10},
		{{100, 1103, 3098, 7150}, 0, 0, OUTCOME_MODEL_FAILED, 1, "send 3", 10},
		/* the tick before the first send was late by less than is told; by more */
		{{100, 1099, 3099, 7099}, 0, 0, OUTCOME_OK, 3, "", 10},
		{{100, 1098, 3098, 7098}, 0, 0, OUTCOME_MODEL_FAILED, 2, "send 2", 10},
		/* by less than a tick, which nobody sees; in virtual time none is late */
		{{100, 1095, 3095, 7095}, 0, 0, OUTCOME_OK, 3, "", 10, 250, "real"},
		{{100, 1094, 3094, 7094}, 0, 0, OUTCOME_MODEL_FAILED, 2, "send 2", 10, 250, "real"},
		{{100, 1098, 3098, 7098},
	         0,
	         0,
	         OUTCOME_MODEL_FAILED,
	         2,
	         "send 2",
	         10,
	         250,
	         "virtual"},
		/* more than the model has: the count is another figure's */
		{{100, 1100, 3100, 7100, 9000}, 0, 0, OUTCOME_OK, 3, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_of(rows[i].sent_ms);
		const struct finding *finding;

		rec->slack_ms = rows[i].slack_ms;
		rec->run.hz = rows[i].hz;
		snprintf(rec->run.clock, sizeof(rec->run.clock), "%s",
		         rows[i].clock ? rows[i].clock : "");
		if (rows[i].late_ms)
			late_add(rec, LATE_WAKE, rows[i].due_ms, rows[i].late_ms);
		assert_int_equal(judge_record(rec, claims, judge_sends, NULL), 0);
		finding = &rec->findings[0];
		if (rec->outcome != rows[i].outcome || finding->measured.lo != rows[i].fit ||
		    !strstr(finding->note, rows[i].note))
			fail_msg("row %zu: %s, %d fit, \"%s\"", i, outcome_name(rec->outcome),
			         (int)finding->measured.lo, finding->note);
		record_free(rec);
	}
}

/* Early by more than a tick hides: where the record tells of a tick that was so late then. */
static void test_late_tick(void **state)
{
	static const struct {
		enum late_what what;
		int64_t due_ms, late_ms;
		enum outcome outcome;
	} rows[] = {
		{LATE_TICK, 92, 7, OUTCOME_INCONCLUSIVE},
		{LATE_TICK, 92, 6, OUTCOME_MODEL_FAILED},
		{LATE_TICK, 500, 7, OUTCOME_MODEL_FAILED},
		{LATE_STEAL, 92, 7, OUTCOME_MODEL_FAILED},
	};
	static const int64_t sent_ms[] = {100, 1089, 3089, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_of(sent_ms);

		rec->slack_ms = 10;
		rec->run.hz = 250; /* 7 ms and a tick are the 11 that are missing */
		late_add(rec, rows[i].what, rows[i].due_ms, rows[i].late_ms);
		assert_int_equal(judge_record(rec, claims, judge_sends, NULL), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		record_free(rec);
	}
}

static struct record *judged_of(const int64_t *sent_ms)
{
	struct record *rec = record_of(sent_ms);

	assert_int_equal(judge_record(rec, claims, judge_sends, NULL), 0);
	return rec;
}

/* Each send beside what was expected; one that is missing, one that nobody expected. */
static void test_intervals_kept(void **state)
{
	static const int64_t sent_ms[][6] = {
		{100, 1100, 3150, 7150}, {100, 1150}, {100, 1100, 3100, 7100, 9000}};
	struct record *rec[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		rec[i] = judged_of(sent_ms[i]);
	assert_int_equal(rec[0]->interval_count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct interval *interval = &rec[0]->intervals[i];

		assert_string_equal(interval->claim, "one");
		assert_int_equal(interval->number, i + 2);
		assert_int_equal(interval->from_ns, sent_ms[0][i] * MS);
		assert_int_equal(interval->at_ns, sent_ms[0][i + 1] * MS);
		assert_int_equal(interval->hi_ns, model.after[i + 1].hi_ns);
		assert_true(interval->lo_ns > 0 && interval->lo_ns <= model.after[i + 1].lo_ns);
	}
	assert_int_equal(rec[1]->interval_count, 2);
	assert_int_equal(rec[1]->intervals[1].from_ns, 1150 * MS);
	assert_int_equal(rec[1]->intervals[1].at_ns, 0);
	assert_true(rec[1]->intervals[1].hi_ns > 0);
	assert_int_equal(rec[2]->interval_count, 4);
	assert_int_equal(rec[2]->intervals[3].hi_ns, 0);
	/* judged anew, they are there once */
	assert_int_equal(judge_record(rec[0], claims, judge_sends, NULL), 0);
	assert_int_equal(rec[0]->interval_count, 3);
	for (size_t i = 0; i < 3; i++)
		record_free(rec[i]);
}

static void judge_from_nothing(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_since(judge, &syn, 0);

	(void)story;
	judge_claim(judge, "one");
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = &sent,
				      .from = when_called(judge, SIDE_CLIENT, "c1", "connect"),
				      .model = &model,
				      .rule = "none"});
}

/* What the first interval is counted from did not happen. */
static void test_from_nothing(void **state)
{
	static const int64_t sent_ms[] = {100, 1100, 3100, 7100, 0};
	struct record *rec = record_of(sent_ms);

	(void)state;
	rec->observed[OBSERVER_STEPS] = true;
	assert_int_equal(judge_record(rec, claims, judge_from_nothing, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
	assert_string_equal(rec->findings[0].note, "connect on c1 was not called");
	assert_int_equal(rec->findings[0].rests_on,
	                 RESTS_ON(OBSERVER_STEPS) | RESTS_ON(OBSERVER_TAP));
	record_free(rec);
}

static struct schedule from_a_call = {
	.sends_lo = 1, .sends_hi = 1, .after = {{1000 * MS, 1050 * MS}}};

static void judge_from_a_call(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_since(judge, &syn, 0);

	(void)story;
	judge_claim(judge, "one");
	judge_schedule(judge, &(struct schedule_figure){.sent = &sent,
	                                                .from = {.t_ns = 100 * MS},
	                                                .model = &from_a_call,
	                                                .rule = "none"});
}

/* No send stands before the first interval: what is too short is so, where there is no slack. */
static void test_first_interval(void **state)
{
	static const int64_t sent_ms[] = {1099, 0};
	struct record *rec = record_of(sent_ms);

	(void)state;
	rec->slack_ms = 0;
	late_add(rec, LATE_WAKE, 90, 20);
	assert_int_equal(judge_record(rec, claims, judge_from_a_call, NULL), 0);
	assert_int_equal(rec->outcome, OUTCOME_MODEL_FAILED);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intervals), cmocka_unit_test(test_late_tick),
		cmocka_unit_test(test_intervals_kept), cmocka_unit_test(test_from_nothing),
		cmocka_unit_test(test_first_interval)};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
