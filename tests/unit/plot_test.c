// SPDX-License-Identifier: GPL-2.0-or-later
/* plot: which runs are a sweep, where numbers stand, and what is drawn of them. */
#include "hostile.h"

#include "../../harness/report/plot/plot.h"

static struct record *run_of(const char *kernel, const char *setting, const char *value)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	rec->probe = "wave1.figure";
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "%s", kernel);
	if (setting)
		assert_int_equal(settings_put(&rec->run.asked.sets, setting, value), 0);
	return rec;
}

static struct finding figure(int64_t measured, int64_t lo, int64_t hi)
{
	return (struct finding){
		.claim = "wave1.figure",
		.name = "figure",
		.unit = "count",
		.predicts = {.kind = VALUE_COUNT, .lo = lo, .hi = hi},
		.measured = {.kind = VALUE_COUNT, .lo = measured, .hi = measured},
		.verdict = VERDICT_NONE,
		.model = MODEL_HOLDS,
	};
}

static struct record *measured_run(const char *value, int64_t measured)
{
	struct record *rec = run_of("6.1.0", "tcp_orphan_retries", value);
	struct finding finding = figure(measured, measured, measured < 9 ? measured + 1 : measured);

	assert_int_equal(record_add_finding(rec, &finding), 0);
	return rec;
}

static void free_all(struct record **records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_free(records[i]);
}

static char *print(struct record *const *records, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(plots_print((const struct record *const *)records, count, out), 0);
	fclose(out);
	return text;
}

/* ---- sweeps ---- */

static size_t sweeps_of(struct record *const *records, size_t count)
{
	struct sweeps sweeps;
	size_t found;

	assert_int_equal(sweeps_collect((const struct record *const *)records, count, &sweeps), 0);
	found = sweeps.count;
	sweeps_free(&sweeps);
	return found;
}

static void three_values_are_a_sweep(void **state)
{
	struct record *records[] = {
		run_of("6.1.0", "tcp_orphan_retries", "3"),
		run_of("6.1.0", "tcp_orphan_retries", "1"),
		run_of("6.1.0", "tcp_orphan_retries", "3"),
		run_of("6.1.0", "tcp_orphan_retries", "20"),
	};

	(void)state;
	assert_int_equal(sweeps_of(records, 3), 0); /* two values */
	assert_int_equal(sweeps_of(records, 4), 1);
	free_all(records, 4);
}

/* Who was not asked for it has what was in force. */
static void runs_are_in_order_of_values(void **state)
{
	struct record *records[] = {
		run_of("6.1.0", "tcp_orphan_retries", "20"),
		run_of("6.1.0", NULL, NULL),
		NULL,
		run_of("6.1.0", "tcp_orphan_retries", "3"),
	};
	struct sweeps sweeps;

	(void)state;
	assert_int_equal(
		settings_put(&records[1]->sysctls[SIDE_CLIENT], "net.ipv4.tcp_orphan_retries", "7"),
		0);
	assert_int_equal(sweeps_collect((const struct record *const *)records, 4, &sweeps), 0);
	assert_int_equal(sweeps.count, 1);
	assert_int_equal(sweeps.items[0].count, 3);
	assert_int_equal(sweeps.items[0].runs[0].x, 3);
	assert_int_equal(sweeps.items[0].runs[1].x, 7);
	assert_ptr_equal(sweeps.items[0].runs[1].rec, records[1]);
	assert_int_equal(sweeps.items[0].runs[2].x, 20);
	sweeps_free(&sweeps);
	record_free(records[0]);
	record_free(records[1]);
	record_free(records[3]);
}

static void all_else_is_the_same(void **state)
{
	struct record *records[] = {
		run_of("6.1.0", "tcp_orphan_retries", "1"),
		run_of("6.1.0", "tcp_orphan_retries", "2"),
		run_of("6.1.0", "tcp_orphan_retries", "3"),
	};
	struct record *last = records[2];

	(void)state;
	assert_int_equal(sweeps_of(records, 3), 1);
	assert_int_equal(settings_put(&last->run.asked.params, "other", "1"), 0);
	assert_int_equal(sweeps_of(records, 3), 0);
	settings_drop(&last->run.asked.params, "other");
	last->faithful = true;
	assert_int_equal(sweeps_of(records, 3), 0);
	last->faithful = false;
	strcpy(last->run.kernel, "6.2.0");
	assert_int_equal(sweeps_of(records, 3), 0);
	strcpy(last->run.kernel, "6.1.0");
	assert_int_equal(settings_put(&last->run.asked.sets, "tcp_orphan_retries", "many"), 0);
	assert_int_equal(sweeps_of(records, 3), 0);
	free_all(records, 3);
}

/* ---- scales ---- */

static void numbers_as_pixels(void **state)
{
	struct scale even = scale_over(0, 1, 20, 100, 300);
	struct scale decades = scale_over(10, 10, 10000, 300, 0);
	struct scale with_zero = scale_over(0, 1, 1000, 0, 330);

	(void)state;
	assert_false(even.by_log);
	assert_int_equal(scale_at(&even, 0), 100);
	assert_int_equal(scale_at(&even, 5), 150);
	assert_int_equal(scale_at(&even, 1000), 300); /* the nearest */
	assert_true(decades.by_log);
	assert_int_equal(scale_at(&decades, 10), 300);
	assert_in_range(scale_at(&decades, 100), 199, 201);
	assert_in_range(scale_at(&decades, 1000), 99, 101);
	assert_int_equal(scale_at(&decades, 10000), 0);
	assert_true(with_zero.by_log);
	assert_int_equal(scale_at(&with_zero, 0), 0);
	assert_int_equal(scale_at(&with_zero, 1), 30);
	assert_int_equal(scale_at(&with_zero, 1000), 330);
}

static void ticks_are_round(void **state)
{
	static const int64_t even_ticks[] = {0, 5, 10, 15, 20, INT64_MAX};
	static const int64_t log_ticks[] = {10, 100, 1000, 10000, INT64_MAX};
	struct scale even = scale_over(0, 1, 20, 100, 300);
	struct scale decades = scale_over(3, 3, 20000, 300, 0);
	struct scale wide = scale_over(-(INT64_MAX / 4), 1, INT64_MAX / 4, 0, 300);
	int64_t tick = even.lo - 1;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(tick = scale_tick_after(&even, tick), even_ticks[i]);
	tick = decades.lo - 1;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(tick = scale_tick_after(&decades, tick), log_ticks[i]);
	tick = wide.lo - 1;
	for (size_t i = 0; i < 8 && tick != INT64_MAX; i++)
		assert_in_range(scale_at(&wide, tick = scale_tick_after(&wide, tick)), 0, 300);
	assert_int_equal(tick, INT64_MAX);
}

/* ---- what is drawn ---- */

static void a_mark_a_run(void **state)
{
	struct record *records[] = {measured_run("1", 4), measured_run("2", 6),
	                            measured_run("3", 8)};
	struct finding same = figure(1, 1, 1);
	const struct spread spread = {.claim = "wave1.figure",
	                              .in_case = "",
	                              .name = "figure",
	                              .unit = "count",
	                              .measured = {.kind = VALUE_COUNT, .lo = 6, .hi = 7}};
	char *text;

	(void)state;
	same.name = "constant";
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(record_add_finding(records[i], &same), 0);
	records[0]->findings[0].model = MODEL_FAILS;
	records[2]->findings[0].verdict = VERDICT_INCONCLUSIVE;
	assert_int_equal(record_add_spread(records[1], &spread), 0);
	text = print(records, 3);
	assert_non_null(strstr(text, "<title>figure against tcp_orphan_retries</title>"));
	assert_null(strstr(text, "<title>constant against"));
	assert_non_null(strstr(text, "<circle class=\"fails\" cx=\"98\" "));
	assert_non_null(strstr(text, "<circle class=\"dot\" "));
	assert_non_null(strstr(text, "<circle class=\"open\" "));
	assert_non_null(strstr(text, "<title>tcp_orphan_retries 2, measured 6, over all timer "
	                             "phases 6..7, predicted 6..7</title>"));
	assert_non_null(strstr(text, "<path class=\"phases\""));
	free(text);
	free_all(records, 3);
}

/* An odd number, too: a dot is in the band that predicts it. */
static void a_dot_is_where_its_number_is(void **state)
{
	struct record *records[] = {measured_run("1", 9), measured_run("2", 11),
	                            measured_run("3", 10)};
	struct sweep_run runs[] = {{1, records[0]}, {2, records[1]}, {3, records[2]}};
	struct plot plot;

	(void)state;
	assert_int_equal(plot_layout(&(struct sweep){.name = "x", .runs = runs, .count = 3},
	                             finding_id_of(&records[0]->findings[0]), &plot),
	                 0);
	assert_int_equal(plot.count, 3);
	for (size_t i = 0; i < plot.count; i++) {
		assert_int_equal(plot.marks[i].predicted.top, plot.marks[i].predicted.bottom);
		assert_int_equal(plot.marks[i].y, plot.marks[i].predicted.top);
	}
	plot_free(&plot);
	free_all(records, 3);
}

/* What else was set is said: two sweeps are told apart by it. */
static void other_settings_are_named(void **state)
{
	struct record *records[] = {measured_run("1", 4), measured_run("2", 6),
	                            measured_run("3", 8)};
	char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(settings_put(&records[i]->run.asked.params, "late", "30"), 0);
	text = print(records, 3);
	assert_non_null(strstr(text, "What follows <code>tcp_orphan_retries</code> on Linux 6.1.0, "
	                             "<code>late=30</code>"));
	free(text);
	free_all(records, 3);
}

/* Neither a bound that is none nor the greatest numbers there are upset an axis. */
static void what_has_no_bound(void **state)
{
	struct record *records[] = {measured_run("-9223372036854775807", 4),
	                            measured_run("0", INT64_MAX), measured_run("9", 5),
	                            measured_run("9223372036854775807", INT64_MIN + 1)};
	struct plot plot;
	char *text;

	(void)state;
	records[2]->findings[0].predicts.hi = INT64_MAX;
	text = print(records, 4);
	assert_non_null(strstr(text, "<svg class=\"plot\""));
	free(text);
	records[0]->findings[0].measured.kind = VALUE_TEXT;
	records[0]->findings[0].measured.text = "words";
	records[1]->findings[0].measured.kind = VALUE_NONE;
	assert_int_equal(plot_layout(&(struct sweep){.name = "x",
	                                             .runs = (struct sweep_run[]){{0, records[0]},
	                                                                          {1, records[1]},
	                                                                          {2, records[2]}},
	                                             .count = 3},
	                             finding_id_of(&records[0]->findings[0]), &plot),
	                 0);
	assert_int_equal(plot.count, 0);
	plot_free(&plot);
	free_all(records, 4);
}

static void nothing_reaches_it_unescaped(void **state)
{
	struct record *records[3];
	char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct finding finding = figure((int64_t)i, 0, 9);
		char value[2] = {(char)('1' + i)};

		records[i] = hostile_record();
		finding.name = finding.claim = finding.in_case = HOSTILE;
		records[i]->finding_count = 0;
		assert_int_equal(record_add_finding(records[i], &finding), 0);
		assert_int_equal(settings_put(&records[i]->run.asked.sets, HOSTILE, value), 0);
	}
	text = print(records, 3);
	assert_non_null(strstr(text, "<svg class=\"plot\""));
	hostile_expect_harmless(text);
	free(text);
	free_all(records, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_values_are_a_sweep),
		cmocka_unit_test(runs_are_in_order_of_values),
		cmocka_unit_test(all_else_is_the_same),
		cmocka_unit_test(numbers_as_pixels),
		cmocka_unit_test(ticks_are_round),
		cmocka_unit_test(a_mark_a_run),
		cmocka_unit_test(a_dot_is_where_its_number_is),
		cmocka_unit_test(other_settings_are_named),
		cmocka_unit_test(what_has_no_bound),
		cmocka_unit_test(nothing_reaches_it_unescaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
