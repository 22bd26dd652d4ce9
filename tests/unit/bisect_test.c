// SPDX-License-Identifier: GPL-2.0-or-later
/* bisect: which kernels are asked, and what is found, over made-up kernels; how it is printed. */
#include "hostile.h"

#include "../../harness/session/bisect.h"

#define KERNELS_MOST 80
#define SILENT (-1) /* the probe was skipped there */
#define BROKEN (-2) /* it does not boot */
#define ABSENT (-3) /* judged, and without the finding */

/* What each kernel answers to two questions; the second one where @two. */
struct world {
	int first[KERNELS_MOST], second[KERNELS_MOST];
	bool two;
	size_t count, asked;
	struct history_kernel kernels[KERNELS_MOST];
	char labels[KERNELS_MOST][32];
};

static void finding_add(struct record *rec, const char *name, int measured)
{
	const struct value value = {.kind = VALUE_COUNT, .lo = measured, .hi = measured};
	const struct finding finding = {
		.claim = "a.probe",
		.name = name,
		.unit = "count",
		.predicts = value,
		.measured = value,
		.verdict = VERDICT_CONFIRMED,
		.model = MODEL_HOLDS,
	};

	if (measured >= 0)
		assert_int_equal(record_add_finding(rec, &finding), 0);
}

static int world_ask(struct history_kernel *kernel, size_t number, void *arg)
{
	struct world *world = arg;
	size_t i = (size_t)(kernel - world->kernels);
	struct record *rec = record_new();
	int err = 0;

	assert_non_null(rec);
	assert_false(kernel->asked); /* nobody is asked twice */
	assert_int_equal(number, ++world->asked);
	rec->probe = "a.probe";
	rec->finished = true;
	finding_add(rec, "fins", world->first[i]);
	if (world->two)
		finding_add(rec, "resets", world->second[i]);
	if (world->first[i] == SILENT) {
		rec->outcome = OUTCOME_SKIPPED;
		rec->reason = "it has no such sysctl";
	}
	if (world->first[i] == BROKEN)
		history_fail(kernel, "it does not boot");
	else
		err = history_take(kernel, rec);
	record_free(rec);
	return err;
}

static void world_make(struct world *world, size_t count, size_t changes_at)
{
	*world = (struct world){.count = count};
	for (size_t i = 0; i < count; i++) {
		world->first[i] = i < changes_at ? 6 : 10;
		snprintf(world->labels[i], sizeof(world->labels[i]), "6.%zu", i);
		world->kernels[i].label = world->kernels[i].release = world->labels[i];
	}
}

static int world_bisect(struct world *world, struct bisect *bisect)
{
	const struct bisect_hooks hooks = {.ask = world_ask, .arg = world};

	*bisect = (struct bisect){.kernels = world->kernels, .count = world->count};
	return bisect_run(bisect, &hooks);
}

static void world_end(struct world *world, struct bisect *bisect)
{
	bisect_free(bisect);
	for (size_t i = 0; i < world->count; i++)
		history_clear(&world->kernels[i]);
}

/* The whole logarithm to base 2, rounded up. */
static size_t logarithm(size_t n)
{
	size_t log = 0;

	while ((size_t)1 << log < n)
		log++;
	return log;
}

static void each_place_is_found_in_a_logarithm_of_steps(void **state)
{
	(void)state;
	for (size_t count = 2; count <= 33; count++)
		for (size_t at = 1; at < count; at++) {
			struct world world;
			struct bisect bisect;

			world_make(&world, count, at);
			assert_int_equal(world_bisect(&world, &bisect), BISECT_FOUND);
			assert_int_equal(bisect.change_count, 1);
			assert_int_equal(bisect.changes[0].last, at - 1);
			assert_int_equal(bisect.changes[0].first, at);
			assert_int_equal(bisect.changes[0].silent, 0);
			assert_true(bisect.asked <= 2 + logarithm(count - 1));
			world_end(&world, &bisect);
		}
}

static void who_does_not_tell_is_stepped_over(void **state)
{
	(void)state;
	for (size_t at = 1; at < 17; at++)
		for (size_t silent = 1; silent < 16; silent++) {
			struct world world;
			struct bisect bisect;
			bool beside = silent == at || silent + 1 == at;

			world_make(&world, 17, at);
			world.first[silent] = silent % 2 ? SILENT : BROKEN;
			assert_int_equal(world_bisect(&world, &bisect), BISECT_FOUND);
			assert_int_equal(bisect.changes[0].silent, beside);
			assert_int_equal(bisect.changes[0].last,
			                 silent + 1 == at ? at - 2 : at - 1);
			assert_int_equal(bisect.changes[0].first, silent == at ? at + 1 : at);
			world_end(&world, &bisect);
		}
}

/* Those beside a broken one may be broken as well: it goes on elsewhere. */
static void a_broken_stretch_costs_few_steps(void **state)
{
	struct world world;
	struct bisect bisect;

	(void)state;
	world_make(&world, 65, 50);
	for (size_t i = 20; i < 45; i++)
		world.first[i] = BROKEN;
	assert_int_equal(world_bisect(&world, &bisect), BISECT_FOUND);
	assert_int_equal(bisect.changes[0].last, 49);
	assert_int_equal(bisect.changes[0].first, 50);
	assert_true(bisect.asked <= 9);
	world_end(&world, &bisect);
}

static void two_findings_are_found_each_where_it_changed(void **state)
{
	struct world world;
	struct bisect bisect;

	(void)state;
	world_make(&world, 33, 7);
	world.two = true;
	for (size_t i = 0; i < 33; i++)
		world.second[i] = i < 29 ? ABSENT : 1;
	assert_int_equal(world_bisect(&world, &bisect), BISECT_FOUND);
	assert_int_equal(bisect.change_count, 2);
	assert_string_equal(bisect.changes[0].question.id.name, "fins");
	assert_int_equal(bisect.changes[0].first, 7);
	assert_string_equal(bisect.changes[1].question.id.name, "resets");
	assert_int_equal(bisect.changes[1].last, 28);
	assert_int_equal(bisect.changes[1].first, 29);
	assert_true(bisect.asked <= 2 + 2 * 5);
	world_end(&world, &bisect);
}

/* It changed, changed back and changed again: the first change that was seen is one. */
static void a_finding_that_goes_back_and_forth_has_a_place_too(void **state)
{
	struct world world;
	struct bisect bisect;

	(void)state;
	world_make(&world, 17, 5);
	for (size_t i = 9; i < 13; i++)
		world.first[i] = 6;
	assert_int_equal(world_bisect(&world, &bisect), BISECT_FOUND);
	assert_int_equal(bisect.changes[0].last + 1, bisect.changes[0].first);
	assert_int_equal(world.first[bisect.changes[0].last], 6);
	assert_int_equal(world.first[bisect.changes[0].first], 10);
	world_end(&world, &bisect);
}

static void ends_that_answer_alike_and_ends_that_do_not_tell(void **state)
{
	static const struct {
		int first, last, end;
		size_t asked;
		const char *says;
	} rows[] = {
		{6, 6, BISECT_SAME, 2, NULL},
		{ABSENT, ABSENT, BISECT_SILENT, 2, "the ends have no finding in common"},
		{SILENT, 6, BISECT_SILENT, 2,
	         "6.0 does not tell: a.probe: skipped: it has no such sysctl"},
		{6, SILENT, BISECT_SILENT, 2,
	         "6.8 does not tell: a.probe: skipped: it has no such sysctl"},
		{BROKEN, 6, BISECT_SILENT, 1, "6.0 does not tell: it does not boot"},
		{6, BROKEN, BISECT_SILENT, 2, "6.8 does not tell: it does not boot"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world world;
		struct bisect bisect;
		char line[200];

		world_make(&world, 9, 5);
		world.first[0] = rows[i].first;
		world.first[8] = rows[i].last;
		assert_int_equal(world_bisect(&world, &bisect), rows[i].end);
		assert_int_equal(bisect.asked, rows[i].asked);
		if (rows[i].says)
			assert_string_equal(bisect_silence(&bisect, line, sizeof(line)),
			                    rows[i].says);
		world_end(&world, &bisect);
	}
}

/* ---- what is printed ---- */

struct printed {
	char *text;
	size_t size;
	FILE *out;
};

static void printed_open(struct printed *printed)
{
	printed->out = open_memstream(&printed->text, &printed->size);
	assert_non_null(printed->out);
}

static const struct report_style style = {.width = 80};

static void step_print(const struct bisect *bisect, const struct history_change *open,
                       size_t kernel, void *arg)
{
	struct history_bisection bisection = bisect_bisection(bisect);

	bisection_print_step(&bisection, open, kernel, bisect->asked, &style,
	                     ((struct printed *)arg)->out);
}

static void steps_and_places_are_told(void **state)
{
	struct world world;
	struct bisect bisect = {.kernels = world.kernels, .count = 6};
	struct printed printed;
	struct bisect_hooks hooks = {.ask = world_ask, .arg = &world};
	struct history_bisection bisection;

	(void)state;
	printed_open(&printed);
	world_make(&world, 6, 4);
	world.first[3] = BROKEN;
	assert_int_equal(bisect_run(&bisect, &hooks), BISECT_FOUND);
	bisection = bisect_bisection(&bisect);
	for (size_t i = 0; i < 6; i++)
		step_print(&bisect, &(struct history_change){.last = 0, .first = 5}, i, &printed);
	assert_int_equal(bisection_print(&bisection, &style, printed.out), 0);
	fclose(printed.out);
	print_message("%s", printed.text);
	assert_non_null(strstr(printed.text, "6.0 fins    6, confirmed"));
	assert_non_null(strstr(printed.text, "as the first\n"));
	assert_non_null(strstr(printed.text, "it does not boot"));
	assert_non_null(strstr(printed.text, "changed between 6.2 (6.2) and 6.4 (6.4)\n"));
	assert_non_null(strstr(printed.text, "which of 2 it was cannot be told"));
	free(printed.text);
	world_end(&world, &bisect);
}

static void a_history_has_a_line_a_finding_that_changed(void **state)
{
	struct world world;
	struct printed printed;

	(void)state;
	printed_open(&printed);
	world_make(&world, 5, 3);
	world.two = true; /* resets: 0 everywhere */
	world.first[1] = SILENT;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_ask(&world.kernels[i], i + 1, &world), 0);
	assert_int_equal(history_print(world.kernels, 5, 0, &style, printed.out), 0);
	fclose(printed.out);
	assert_string_equal(printed.text,
	                    "5 kernels, 6.0 to 6.4\n"
	                    "\n"
	                    "a.probe\n"
	                    "  fins 6.0..6.2: 6, confirmed; 6.3..6.4: 10, confirmed\n"
	                    "\n"
	                    "a.probe on 6.1: skipped: it has no such sysctl\n"
	                    "1 finding changed, 1 is the same on every kernel that answered\n");
	free(printed.text);
	for (size_t i = 0; i < 5; i++)
		history_clear(&world.kernels[i]);
}

static void what_a_record_says_is_made_fit_to_print(void **state)
{
	struct record *rec = record_new();
	struct history_kernel kernels[2] = {{.label = HOSTILE, .release = HOSTILE},
	                                    {.label = "6.2", .release = "6.2"}};
	const struct value value = {.kind = VALUE_TEXT, .text = HOSTILE};
	struct finding finding = {.claim = HOSTILE,
	                          .in_case = HOSTILE,
	                          .name = HOSTILE,
	                          .note = HOSTILE,
	                          .measured = value,
	                          .predicts = value,
	                          .model = MODEL_HOLDS};
	struct bisect bisect = {.kernels = kernels, .count = 2};
	struct history_bisection bisection;
	struct printed printed;
	struct history_change change = {.question = {.probe = HOSTILE}, .first = 1};

	(void)state;
	printed_open(&printed);
	assert_non_null(rec);
	rec->probe = rec->reason = HOSTILE;
	rec->finished = true;
	assert_int_equal(record_add_finding(rec, &finding), 0);
	assert_int_equal(history_take(&kernels[0], rec), 0);
	rec->outcome = OUTCOME_ERROR;
	rec->finding_count = 0;
	assert_int_equal(history_take(&kernels[1], rec), 0);
	change.question.id = finding_id_of(&kernels[0].records[0]->findings[0]);
	bisect.changes = &change;
	bisect.change_count = 1;
	bisection = bisect_bisection(&bisect);
	step_print(&bisect, &change, 0, &printed);
	step_print(&bisect, &change, 1, &printed);
	assert_int_equal(bisection_print(&bisection, &style, printed.out), 0);
	assert_int_equal(history_print(kernels, 2, 0, &style, printed.out), 0);
	fclose(printed.out);
	for (const char *s = printed.text; *s; s++)
		assert_false(((unsigned char)*s < ' ' && *s != '\n') || *s == '\x7f');
	free(printed.text);
	history_clear(&kernels[0]);
	history_clear(&kernels[1]);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_is_found_in_a_logarithm_of_steps),
		cmocka_unit_test(who_does_not_tell_is_stepped_over),
		cmocka_unit_test(a_broken_stretch_costs_few_steps),
		cmocka_unit_test(two_findings_are_found_each_where_it_changed),
		cmocka_unit_test(a_finding_that_goes_back_and_forth_has_a_place_too),
		cmocka_unit_test(ends_that_answer_alike_and_ends_that_do_not_tell),
		cmocka_unit_test(steps_and_places_are_told),
		cmocka_unit_test(a_history_has_a_line_a_finding_that_changed),
		cmocka_unit_test(what_a_record_says_is_made_fit_to_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
