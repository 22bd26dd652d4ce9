// SPDX-License-Identifier: GPL-2.0-or-later
/* How late the machine was: what the kernel counts, and what becomes of it in the record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../harness/step/late.h"

#define T0 (1000 * NS_PER_S)

static ssize_t nowhere(int fd, const void *data, size_t size)
{
	(void)fd;
	(void)data;
	return (ssize_t)size;
}

/* A run that began at T0, without a kernel's count. */
static struct late late_of(struct emit *emit)
{
	*emit = (struct emit){.rec = record_new(), .t0_ns = T0, .write = nowhere, .fd = -1};
	assert_non_null(emit->rec);
	return (struct late){.emit = emit};
}

static void emit_free(struct emit *emit)
{
	record_free(emit->rec);
	buffer_free(&emit->lines);
}

static void test_the_second_number_is_the_queue(void **state)
{
	int64_t queued_ns;

	(void)state;
	assert_true(lateness_parse("123456789012 987654321098 55\n", &queued_ns));
	assert_int_equal(queued_ns, 987654321098);
	assert_true(lateness_parse("0 0 0\n", &queued_ns));
	assert_int_equal(queued_ns, 0);
	assert_false(lateness_parse("", &queued_ns));
	assert_false(lateness_parse("17\n", &queued_ns));
	assert_false(lateness_parse("1 99999999999999999999 3\n", &queued_ns));
	assert_false(lateness_parse("1 -5 3\n", &queued_ns));
}

/* Whoever works and never waits for a processor is not late by more than he worked. */
static void test_the_kernel_counts(void **state)
{
	struct lateness *lateness = lateness_open(NULL);
	int64_t began_ns = clock_mono_ns();

	(void)state;
	if (!lateness)
		skip();
	while (clock_mono_ns() - began_ns < 20 * NS_PER_MS)
		;
	assert_in_range(lateness_queued_ns(lateness), 0, clock_mono_ns() - began_ns);
	lateness_close(lateness);
}

static void test_what_is_small_is_only_counted(void **state)
{
	struct emit emit;
	struct late late = late_of(&emit);

	(void)state;
	late_note(&late, LATE_WAKE, T0 + 1000, T0 + 1000 + 80000);
	late_note(&late, LATE_WAKE, T0 + 5 * NS_PER_MS, T0 + 6 * NS_PER_MS);
	late_note(&late, LATE_WAKE, T0 + 9 * NS_PER_MS, T0 + 8 * NS_PER_MS); /* early is not late */
	late_note(&late, LATE_WAKE, T0 - NS_PER_S, T0 + 1); /* before the run */
	late_note(&late, LATE_TICK, T0 - NS_PER_S, T0 - 1 + NS_PER_MS); /* still so when it began */
	late_end(&late);
	assert_int_equal(emit.rec->event_count, 1);
	assert_int_equal(emit.rec->events[0].late.due_ns, 0);
	assert_int_equal(emit.rec->events[0].late.late_ns, NS_PER_S + NS_PER_MS - 1);
	assert_int_equal(emit.rec->late[LATE_WAKE].sum_ns, NS_PER_MS + 80000);
	assert_int_equal(emit.rec->late[LATE_WAKE].max_ns, NS_PER_MS);
	emit_free(&emit);
}

static void test_spells_are_told_once(void **state)
{
	struct emit emit;
	struct late late = late_of(&emit);
	const struct event *event;

	(void)state;
	/* three frames that waited together, and one that followed soon */
	late_note(&late, LATE_HAND, T0 + 100 * NS_PER_MS, T0 + 580 * NS_PER_MS);
	late_note(&late, LATE_HAND, T0 + 110 * NS_PER_MS, T0 + 581 * NS_PER_MS);
	late_note(&late, LATE_HAND, T0 + 120 * NS_PER_MS, T0 + 581 * NS_PER_MS);
	late_note(&late, LATE_HAND, T0 + 600 * NS_PER_MS, T0 + 604 * NS_PER_MS);
	/* long after */
	late_note(&late, LATE_HAND, T0 + 900 * NS_PER_MS, T0 + 902 * NS_PER_MS);
	late_end(&late);
	assert_int_equal(emit.rec->event_count, 2);
	event = &emit.rec->events[0];
	assert_int_equal(event->kind, EVENT_LATE);
	assert_int_equal(event->late.what, LATE_HAND);
	assert_int_equal(event->late.due_ns, 100 * NS_PER_MS);
	assert_int_equal(event->t_ns, 604 * NS_PER_MS);
	assert_int_equal(event->late.late_ns, 485 * NS_PER_MS);
	assert_int_equal(emit.rec->events[1].late.late_ns, 2 * NS_PER_MS);
	assert_int_equal(emit.rec->late[LATE_HAND].max_ns, 480 * NS_PER_MS);
	emit_free(&emit);
}

static void test_nobody_waits_longer_than_a_beat(void **state)
{
	struct emit emit;
	struct late late = late_of(&emit);
	int64_t now_ns = clock_mono_ns(), until_ns;

	(void)state;
	until_ns = late_wait_begin(&late, now_ns + NS_PER_S);
	assert_in_range(until_ns, now_ns + LATE_BEAT_NS, now_ns + LATE_BEAT_NS + NS_PER_S / 2);
	assert_int_equal(late_wait_begin(&late, now_ns + 1), now_ns + 1);
	late.is_virtual = true;
	assert_int_equal(late_wait_begin(&late, now_ns + NS_PER_S), now_ns + NS_PER_S);
	emit_free(&emit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_second_number_is_the_queue),
		cmocka_unit_test(test_the_kernel_counts),
		cmocka_unit_test(test_what_is_small_is_only_counted),
		cmocka_unit_test(test_spells_are_told_once),
		cmocka_unit_test(test_nobody_waits_longer_than_a_beat),
	};

	return cmocka_run_group_tests_name("lateness", tests, NULL, NULL);
}
