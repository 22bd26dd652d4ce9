// SPDX-License-Identifier: GPL-2.0-or-later
/* again: what is asked once more, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/base/clock.h"
#include "../../harness/session/again.h"

static void finding_add(struct record *rec, enum verdict verdict, int64_t late_ns)
{
	const struct finding finding = {
		.claim = "c", .name = "n", .verdict = verdict, .late_ns = late_ns};

	assert_int_equal(record_add_finding(rec, &finding), 0);
}

static int64_t spoiled_ns(const struct record *rec)
{
	struct spoil spoil;

	return record_is_spoiled(rec, &spoil) ? spoil.late_ns : 0;
}

/* What an observer lost is asked four times more, a late machine once. */
static void lost_events_are_asked_again(void **state)
{
	struct record *rec = record_new();
	struct spoil spoil;
	char text[64];

	(void)state;
	rec->outcome = OUTCOME_INCONCLUSIVE;
	finding_add(rec, VERDICT_INCONCLUSIVE, 0);
	rec->lost[OBSERVER_TRACE] = 1;
	assert_false(record_asks_again(rec, 0)); /* the finding does not rest on trace */
	rec->findings[0].rests_on = 1u << OBSERVER_TRACE;
	assert_true(record_asks_again(rec, 0));
	assert_true(record_asks_again(rec, AGAIN_MOST - 1));
	assert_false(record_asks_again(rec, AGAIN_MOST));
	assert_true(record_is_spoiled(rec, &spoil));
	assert_string_equal(spoil_text(&spoil, text, sizeof(text)), "1 event had been lost");
	rec->lost[OBSERVER_TRACE] = 0;
	rec->findings[0].late_ns = 41 * NS_PER_MS;
	assert_true(record_asks_again(rec, 0));
	assert_false(record_asks_again(rec, 1));
	record_free(rec);
}

static void lateness_alone_is_asked_again(void **state)
{
	struct record *rec = record_new();

	(void)state;
	rec->outcome = OUTCOME_INCONCLUSIVE;
	finding_add(rec, VERDICT_CONFIRMED, 0);
	finding_add(rec, VERDICT_INCONCLUSIVE, 41 * NS_PER_MS);
	finding_add(rec, VERDICT_INCONCLUSIVE, 12 * NS_PER_MS);
	assert_int_equal(spoiled_ns(rec), 41 * NS_PER_MS);
	/* one other reason is enough to leave it */
	finding_add(rec, VERDICT_INCONCLUSIVE, 0);
	assert_int_equal(spoiled_ns(rec), 0);
	record_free(rec);
}

static void what_was_decided_is_not(void **state)
{
	struct record *rec = record_new();

	(void)state;
	finding_add(rec, VERDICT_INCONCLUSIVE, 41 * NS_PER_MS);
	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		rec->outcome = (enum outcome)outcome;
		assert_int_equal(spoiled_ns(rec) > 0, outcome == OUTCOME_INCONCLUSIVE);
	}
	record_free(rec);
}

/* A precondition that did not come in time: only where the machine was later than the slack. */
static void what_came_to_no_figure(void **state)
{
	struct record *rec = record_new();

	(void)state;
	rec->outcome = OUTCOME_INCONCLUSIVE;
	rec->slack_ms = 10;
	assert_int_equal(spoiled_ns(rec), 0);
	rec->late[LATE_WAKE].max_ns = 10 * NS_PER_MS;
	assert_int_equal(spoiled_ns(rec), 0);
	rec->late[LATE_HAND].max_ns = 11 * NS_PER_MS;
	assert_int_equal(spoiled_ns(rec), 11 * NS_PER_MS);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lost_events_are_asked_again),
		cmocka_unit_test(lateness_alone_is_asked_again),
		cmocka_unit_test(what_was_decided_is_not),
		cmocka_unit_test(what_came_to_no_figure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
