// SPDX-License-Identifier: GPL-2.0-or-later
/* waiting, lookout, progress: what runs, what it waits for, what is left, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "../../harness/base/clock.h"
#include "../../harness/run/lookout.h"
#include "../../harness/session/progress_lines.h"

static void a_wait_is_told_whole_or_not_at_all(void **state)
{
	struct waiting waiting = {0}, seen;

	(void)state;
	assert_false(waiting_look(&waiting, &seen));
	waiting_name(&waiting, "awaits %s of %s", "FIN_WAIT2", "c1");
	assert_false(waiting_look(&waiting, &seen)); /* it has a name and has not begun */
	waiting_set(&waiting, 7 * NS_PER_S);
	assert_true(waiting_look(&waiting, &seen));
	assert_string_equal(seen.words, "awaits FIN_WAIT2 of c1");
	assert_int_equal(seen.until_ns, 7 * NS_PER_S);
	waiting.turn++; /* killed in the midst of a change */
	assert_false(waiting_look(&waiting, &seen));
	waiting_name(&waiting, "next");
	waiting_set(&waiting, NS_PER_S);
	assert_true(waiting_look(&waiting, &seen));
	waiting_set(&waiting, 0);
	assert_false(waiting_look(&waiting, &seen));
	waiting_name(NULL, "nobody looks");
	waiting_set(NULL, 1);
}

/* What the memory has may come from a guest. */
static void words_without_an_end_are_ended(void **state)
{
	struct waiting waiting = {.until_ns = 1}, seen;

	(void)state;
	memset(waiting.words, 'x', sizeof(waiting.words));
	assert_true(waiting_look(&waiting, &seen));
	assert_int_equal(strlen(seen.words), WAITING_WORDS - 1);
}

static void what_is_left_goes_by_free_places(void **state)
{
	int64_t alone[] = {5}, two[] = {4, 1}, none[] = {0, 0};
	const int64_t take[] = {3, 3, 3};

	(void)state;
	assert_int_equal(progress_left_ns(alone, 1, take, 3), 14);
	assert_int_equal(progress_left_ns(two, 2, take, 3), 7); /* 1 + 3 + 3 beside 4 + 3 */
	assert_int_equal(progress_left_ns(none, 2, take, 0), 0);
}

static void look_at(struct lookout *lookout, struct waiting *waiting, const char *words,
                    int64_t left_ns)
{
	(void)lookout;
	waiting_name(waiting, "%s", words);
	waiting_set(waiting, clock_mono_ns() + left_ns);
}

/* Two of three run; the longest wait comes first; what took 100 s before has 100 s to go. */
static void a_lookout_tells_what_runs(void **state)
{
	struct planned items[3] = {{.took_ns = 100 * NS_PER_S},
	                           {.took_ns = 20 * NS_PER_S},
	                           {.took_ns = 30 * NS_PER_S}};
	const struct plan plan = {.items = items, .count = 3};
	const struct progress *progress;
	struct lookout lookout;
	struct fault fault;

	(void)state;
	assert_int_equal(lookout_open(&lookout, &plan, 2, 900, &fault), 0);
	look_at(&lookout, lookout_began(&lookout, 0, &items[0], "a"), "awaits x", 5 * NS_PER_S);
	look_at(&lookout, lookout_began(&lookout, 1, &items[1], "b"), "awaits y", 80 * NS_PER_S);
	progress = lookout_look(&lookout, 0, 2);
	assert_int_equal(progress->job_count, 2);
	assert_string_equal(progress->jobs[0].id, "b");
	assert_string_equal(progress->jobs[0].waits, "awaits y");
	assert_string_equal(progress->jobs[1].id, "a");
	/* b's 80 s, then 30 s; at most 900 s, then 900 s: less what has passed meanwhile */
	assert_in_range(progress->left_ns / NS_PER_S, 101, 110);
	assert_in_range(progress->left_most_ns / NS_PER_S, 1790, 1800);
	lookout_ended(&lookout, 1);
	progress = lookout_look(&lookout, 1, 3);
	assert_int_equal(progress->job_count, 1);
	lookout_close(&lookout);
}

static void of_what_nobody_knows_nothing_is_said(void **state)
{
	struct planned items[2] = {{.took_ns = NS_PER_S}, {.took_ns = 0}};
	const struct plan plan = {.items = items, .count = 2};
	struct lookout lookout;
	struct fault fault;

	(void)state;
	assert_int_equal(lookout_open(&lookout, &plan, 1, 900, &fault), 0);
	assert_non_null(lookout_began(&lookout, 0, &items[0], "a"));
	assert_int_equal(lookout_look(&lookout, 0, 1)->left_ns, 0);
	items[1].skip = "not here"; /* takes no time */
	assert_int_not_equal(lookout_look(&lookout, 0, 1)->left_ns, 0);
	lookout_close(&lookout);
	lookout = (struct lookout){0};
	assert_null(lookout_began(&lookout, 0, &items[0], "a")); /* nobody asks */
	lookout_ended(&lookout, 0);
}

static const struct progress_job jobs[] = {
	{"wave1.lost", 4 * NS_PER_S, "awaits the end of c1, in LAST_ACK", 3661 * NS_PER_S},
	{"a", 12 * NS_PER_S + 1, "awaits \033[2J\n\xff of c1", 4150 * NS_PER_MS},
	{"finwait2.close-timeout", 208 * NS_PER_S, "", 0},
};

static void lines_are(const struct progress *progress, unsigned int columns, unsigned int rows,
                      const char *wanted)
{
	struct buffer lines = {0};

	progress_lines(progress, columns, rows, &lines);
	assert_string_equal(buffer_text(&lines), wanted);
	buffer_free(&lines);
}

static void lines_fit(void **state)
{
	struct progress progress = {
		.done = 3,
		.total = 90,
		.ran_ns = 75 * NS_PER_S,
		.left_most_ns = 900 * NS_PER_S,
		.jobs = jobs,
		.job_count = 3,
	};

	(void)state;
	lines_are(
		&progress, 79, 8,
		"3 of 90 done, 3 running, 75 s; at most 15 min left\n"
		"  wave1.lost               4.0 s  at most 1 h 1 min more: awaits the end of ...\n"
		"  a                         13 s  at most 4.2 s more: awaits ?[2J?? of c1\n"
		"  finwait2.close-timeout   208 s");
	strcpy(progress.of, "6.12");
	progress.left_ns = 150 * NS_PER_S;
	lines_are(
		&progress, 79, 3,
		"6.12: 3 of 90 done, 3 running, 75 s; about 2 min 30 s left, at most 15 min\n"
		"  wave1.lost   4.0 s  at most 1 h 1 min more: awaits the end of c1, in LAST_ACK\n"
		"  and 2 more");
	lines_are(&progress, 24, 4,
	          "6.12: 3 of 90 done, 3...\n"
	          "  wave1.lost     4.0 s\n"
	          "  a               13 s\n"
	          "  finwait2....   208 s");
	lines_are(&progress, 10, 1, "6.12: 3...");
	lines_are(&(struct progress){.preparing = "6.12.1"}, 79, 8, "preparing a guest of 6.12.1");
}

static void a_log_has_one_line(void **state)
{
	const struct progress progress = {
		.done = 88,
		.total = 90,
		.ran_ns = 100 * NS_PER_S,
		.jobs = jobs + 1,
		.job_count = 2,
	};
	struct buffer line = {0};

	(void)state;
	progress_line(&progress, &line);
	assert_string_equal(buffer_text(&line), "88 of 90 done, 2 running, 1 min 40 s; a: "
	                                        "at most 4.2 s more: awaits ?[2J?? of c1");
	buffer_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wait_is_told_whole_or_not_at_all),
		cmocka_unit_test(words_without_an_end_are_ended),
		cmocka_unit_test(what_is_left_goes_by_free_places),
		cmocka_unit_test(a_lookout_tells_what_runs),
		cmocka_unit_test(of_what_nobody_knows_nothing_is_said),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(a_log_has_one_line),
	};

	setlocale(LC_CTYPE, "C");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
