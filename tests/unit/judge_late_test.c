// SPDX-License-Identifier: GPL-2.0-or-later
/* What becomes of a finding where the machine was late, on records made by hand. */
#include "../../harness/judge/lateness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge_lab.h"

#define MS NS_PER_MS

static void late_add(struct record *rec, int64_t due_ns, int64_t late_ns)
{
	struct event event = {.t_ns = due_ns + late_ns, .kind = EVENT_LATE};

	event.late.what = LATE_WAKE;
	event.late.due_ns = due_ns;
	event.late.late_ns = late_ns;
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* A spell from @due_ns to @end_ns, late for @late_ns of it. */
static void spell_add(struct record *rec, int64_t due_ns, int64_t end_ns, int64_t late_ns)
{
	struct event event = {.t_ns = end_ns, .kind = EVENT_LATE};

	event.late.what = LATE_STEAL;
	event.late.due_ns = due_ns;
	event.late.late_ns = late_ns;
	assert_int_equal(record_add_event(rec, &event), 0);
}

static int64_t total_ms(const struct story *story, int64_t from_ms, int64_t to_ms)
{
	return lateness_total(story, from_ms * MS, to_ms * MS) / MS;
}

/* Spells are written when they end, which is not the order in which they began. */
static void test_spells_overlap(void **state)
{
	struct record *rec = record_whole();
	struct story story;

	(void)state;
	spell_add(rec, 100 * MS, 600 * MS, 400 * MS);
	late_add(rec, 480 * MS, 90 * MS); /* within the first, beyond what that tells of */
	late_add(rec, 450 * MS, 100 * MS); /* and begins before the one that ends after it */
	spell_add(rec, 900 * MS, 1000 * MS, 40 * MS);
	record_sort(rec);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(total_ms(&story, 0, 2000), 400 + 70 + 40);
	assert_int_equal(total_ms(&story, 0, 100), 0);
	assert_int_equal(total_ms(&story, 200, 300), 100);
	/* any 40 ms of the 100 it may have been, but no more of it than there is */
	assert_int_equal(total_ms(&story, 950, 2000), 40);
	assert_int_equal(total_ms(&story, 980, 2000), 20);
	assert_int_equal(total_ms(&story, 1000, 2000), 0);
	assert_int_equal(lateness_worst(&story, 570 * MS, 600 * MS), 400 * MS);
	assert_int_equal(lateness_worst(&story, 600 * MS, 900 * MS), 0);
	assert_int_equal(lateness_worst(&story, 0, INT64_MAX), 400 * MS);
	story_free(&story);
	record_free(rec);
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

/* An emulator in real time: late anywhere is late everywhere; on time nothing is excused. */
static void test_late_emulator(void **state)
{
	static const struct {
		const char *clock, *guest;
		int64_t late_ms;
		enum outcome outcome;
	} rows[] = {
		{"real", "QEMU 7.2.22, TCG", 11, OUTCOME_INCONCLUSIVE},
		{"real", "QEMU 7.2.22, TCG", 10, OUTCOME_MODEL_FAILED},
		{"virtual", "QEMU 7.2.22, TCG", 11, OUTCOME_MODEL_FAILED},
		{"real", "QEMU 7.2.22, KVM", 11, OUTCOME_MODEL_FAILED},
		{"real", "", 11, OUTCOME_MODEL_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		snprintf(rec->run.clock, sizeof(rec->run.clock), "%s", rows[i].clock);
		snprintf(rec->run.guest, sizeof(rec->run.guest), "%s", rows[i].guest);
		rec->late[LATE_WAKE].max_ns = rows[i].late_ms * MS;
		stated[0] = figure_of(value_none(), value_count(3), value_count(4));
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

/* Read too seldom to tell: excused where that was the machine's doing. */
static void test_late_reading(void **state)
{
	static const struct {
		int64_t lo_ms, late_ms, finding_late_ms;
	} rows[] = {{900, 0, 0}, {900, 100, 100}, {900, 50, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		late_add(rec, 500 * MS, rows[i].late_ms * MS);
		stated[0] = figure_of(value_none(), value_time(1000 * MS, 1010 * MS),
		                      value_time(rows[i].lo_ms * MS, 1005 * MS));
		stated[0].measured.to_ns = 1005 * MS;
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
		assert_string_equal(rec->findings[0].note,
		                    rows[i].finding_late_ms
		                            ? "measured to within 105.0 ms only, where the "
		                              "prediction leaves 10.0 ms; the machine was 100 ms "
		                              "late"
		                            : "measured to within 105.0 ms only, where the "
		                              "prediction leaves 10.0 ms");
		assert_int_equal(rec->findings[0].late_ns, rows[i].finding_late_ms * MS);
		record_free(rec);
	}
}

/* What the claim of judge_on_premise() rests on. */
static struct measured premise;

static void judge_on_premise(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	judge_premise(judge, "it was lost", premise);
	state_figure(judge, &stated[0]);
}

/* A delay beyond the slack, while the premise was looked at, may be why it does not hold. */
static void test_late_premise(void **state)
{
	static const struct {
		const char *holds; /* NULL: not known */
		int64_t due_ms, late_ms;
		uint64_t lost;
		const char *note;
		int64_t finding_late_ms;
	} rows[] = {
		{"yes", 500, 11, 0, "", 0},
		{"no", 0, 0, 0, "it does not hold that it was lost", 0},
		{"no", 500, 10, 0, "it does not hold that it was lost", 0},
		{"no", 500, 11, 0, "it does not hold that it was lost; the machine was 11 ms late",
	         11},
		{"no", 1000, 11, 0, "it does not hold that it was lost", 0},
		/* what was not found might have come at any time */
		{NULL, 1000, 11, 0,
	         "it is not known whether it was lost: no packet; the machine was 11 ms late", 11},
		{NULL, 1000, 10, 0, "it is not known whether it was lost: no packet", 0},
		/* lost data would be lost again */
		{"no", 500, 11, 7, "it is not known whether it was lost: tap lost 7 events", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();
		bool known = rows[i].holds != NULL;

		late_add(rec, rows[i].due_ms * MS, rows[i].late_ms * MS);
		rec->lost[OBSERVER_TAP] = rows[i].lost;
		stated[0] = figure_of(value_none(), value_count(3), value_count(3));
		premise = (struct measured){
			.value = value_words(rows[i].holds),
			.rests_on = RESTS_ON(OBSERVER_TAP),
			.why_not = known ? NULL : "no packet",
			.to_ns = known ? 1000 * MS : 0,
		};
		assert_int_equal(judge_record(rec, one_claim, judge_on_premise, NULL), 0);
		assert_string_equal(rec->findings[0].note, rows[i].note);
		assert_int_equal(rec->findings[0].late_ns, rows[i].finding_late_ms * MS);
		record_free(rec);
	}
}

/* Not seen to end: excused where the record would have gone on for long enough. */
static void test_late_unended(void **state)
{
	static const struct {
		int64_t late_ms, finding_late_ms;
	} rows[] = {{0, 0}, {10, 0}, {11, 11}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		late_add(rec, 500 * MS, rows[i].late_ms * MS);
		stated[0] = figure_of(value_none(), value_time(900 * MS, 1010 * MS),
		                      value_time(1000 * MS, INT64_MAX));
		stated[0].measured.to_ns = 1000 * MS;
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		assert_int_equal(rec->outcome, OUTCOME_INCONCLUSIVE);
		assert_int_equal(rec->findings[0].late_ns, rows[i].finding_late_ms * MS);
		record_free(rec);
	}
}

/* Only a frame that waited for the hand makes a time too short, and only within it. */
static void test_late_hand(void **state)
{
	static const struct {
		enum late_what what;
		int64_t due_ms, late_ms;
		enum outcome outcome;
	} rows[] = {
		{LATE_HAND, 500, 11, OUTCOME_INCONCLUSIVE},
		{LATE_HAND, 500, 10, OUTCOME_MODEL_FAILED},
		{LATE_HAND, 960, 100, OUTCOME_MODEL_FAILED},
		{LATE_STEAL, 500, 400, OUTCOME_MODEL_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		rec->slack_ms = 10;
		late_add(rec, rows[i].due_ms * MS, rows[i].late_ms * MS);
		rec->events[rec->event_count - 1].late.what = rows[i].what;
		stated[0] = figure_of(value_none(), value_time(1000 * MS, 1010 * MS),
		                      value_time(950 * MS, 950 * MS));
		stated[0].measured.to_ns = 950 * MS;
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		if (rec->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		record_free(rec);
	}
}

/* By more than a tick hides: where the record tells of a late tick when the timer was set. */
static void test_late_tick_told(void **state)
{
	static const struct {
		int64_t due_ms, late_ms, finding_late_ms;
		enum outcome outcome;
	} rows[] = {
		{93, 46, 50, OUTCOME_INCONCLUSIVE},
		{93, 45, 0, OUTCOME_MODEL_FAILED},
		{500, 46, 0, OUTCOME_MODEL_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct record *rec = record_whole();

		rec->run.hz = 250;
		rec->slack_ms = 10;
		late_add(rec, rows[i].due_ms * MS, rows[i].late_ms * MS);
		rec->events[rec->event_count - 1].late.what = LATE_TICK;
		stated[0] = figure_of(value_none(), value_time(1000 * MS, 1010 * MS),
		                      value_time(950 * MS, 950 * MS));
		stated[0].measured.from_ns = 100 * MS;
		stated[0].measured.to_ns = 1050 * MS;
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		if (rec->outcome != rows[i].outcome ||
		    rec->findings[0].late_ns != rows[i].finding_late_ms * MS)
			fail_msg("row %zu: %s", i, outcome_name(rec->outcome));
		record_free(rec);
	}
}

/* A timer that was set while a tick was late seems early by less than a tick and what is told. */
static void test_late_tick(void **state)
{
	static const struct {
		int64_t measured_us;
		int slack_ms;
		const char *clock;
		enum verdict verdict;
		enum model model;
	} rows[] = {
		{8000, 10, "real", VERDICT_CONFIRMED, MODEL_HOLDS},
		{7709, 10, "real", VERDICT_CONFIRMED, MODEL_HOLDS},
		{3000, 10, "real", VERDICT_CONFIRMED, MODEL_HOLDS},
		{2999, 10, "real", VERDICT_REFUTED, MODEL_FAILS},
		{7709, 10, "virtual", VERDICT_REFUTED, MODEL_FAILS},
		{7709, 0, "real", VERDICT_REFUTED, MODEL_FAILS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = rows[i].measured_us * 1000;
		struct record *rec = record_whole();

		rec->run.hz = 250;
		rec->slack_ms = rows[i].slack_ms;
		snprintf(rec->run.clock, sizeof(rec->run.clock), "%s", rows[i].clock);
		stated[0] = figure_of(value_time(8 * MS, 22 * MS), value_time(8 * MS, 22 * MS),
		                      value_time(ns, ns));
		stated_count = 1;
		assert_int_equal(judge_record(rec, one_claim, judge_stated, NULL), 0);
		if (rec->findings[0].verdict != rows[i].verdict ||
		    rec->findings[0].model != rows[i].model)
			fail_msg("row %zu: %s", i, verdict_name(rec->findings[0].verdict));
		record_free(rec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late_tick),    cmocka_unit_test(test_late_tick_told),
		cmocka_unit_test(test_late_hand),    cmocka_unit_test(test_spells_overlap),
		cmocka_unit_test(test_late_timer),   cmocka_unit_test(test_late_emulator),
		cmocka_unit_test(test_late_count),   cmocka_unit_test(test_no_environment),
		cmocka_unit_test(test_late_reading), cmocka_unit_test(test_late_premise),
		cmocka_unit_test(test_late_unended),
	};

	return cmocka_run_group_tests_name("judge_late", tests, NULL, NULL);
}
