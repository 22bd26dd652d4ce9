// SPDX-License-Identifier: GPL-2.0-or-later
/* expect: which answers are as expected, which are not, and which tell nothing. */
#include "canned.h"

#include "../../harness/report/expect.h"

struct answer {
	int64_t measured, lo, hi; /* predicted */
	enum model model;
	enum verdict verdict;
};

static struct record *answered(const struct answer *answer, const char *probe)
{
	struct record *rec = record_new();
	const struct finding finding = {
		.claim = probe,
		.name = "segments",
		.predicts = {.kind = VALUE_COUNT,
	                     .lo = answer ? answer->lo : 0,
	                     .hi = answer ? answer->hi : 0},
		.measured = {.kind = VALUE_COUNT,
	                     .lo = answer ? answer->measured : 0,
	                     .hi = answer ? answer->measured : 0},
		.verdict = answer ? answer->verdict : VERDICT_NONE,
		.model = answer ? answer->model : MODEL_UNJUDGED,
	};

	assert_non_null(rec);
	rec->probe = record_text(rec, "%s", probe);
	rec->finished = true;
	if (answer)
		assert_int_equal(record_add_finding(rec, &finding), 0);
	return rec;
}

static char *print(const struct record *now, const struct record *then, struct expectation *came_to)
{
	struct report_style style = {.width = 100};
	struct expect expect = {.name = "kept", .kept = &then, .kept_count = 1};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(expect_print(&now, 1, &expect, &style, out, came_to), 0);
	fclose(out);
	return text;
}

static struct expectation compare(const struct answer *before, const struct answer *after,
                                  bool finished)
{
	struct record *then = answered(before, "a.probe"), *now = answered(after, "a.probe");
	struct expectation came_to;

	now->finished = finished;
	free(print(now, then, &came_to));
	record_free(then);
	record_free(now);
	return came_to;
}

#define HOLDS MODEL_HOLDS, VERDICT_CONFIRMED
#define FAILS MODEL_FAILS, VERDICT_CONFIRMED
#define UNJUDGED MODEL_UNJUDGED, VERDICT_INCONCLUSIVE

static void each_pair_has_one_fit(void **state)
{
	static const struct {
		struct answer before, after;
		size_t as_expected, unexpected, unanswered;
	} rows[] = {
		{{4, 4, 4, HOLDS}, {4, 4, 4, HOLDS}, 1, 0, 0},
		{{4, 4, 4, HOLDS}, {4, 3, 5, HOLDS}, 1, 0, 0}, /* finwait predicts otherwise */
		{{4, 4, 4, HOLDS}, {5, 5, 5, HOLDS}, 0, 1, 0},
		{{4, 3, 5, HOLDS}, {5, 3, 5, HOLDS}, 1, 0, 0}, /* chance */
		{{4, 3, 5, HOLDS}, {6, 3, 5, FAILS}, 0, 1, 0},
		{{4, 4, 4, HOLDS}, {4, 5, 5, FAILS}, 0, 1, 0},
		{{4, 5, 5, FAILS}, {4, 5, 5, FAILS}, 1, 0, 0},
		{{4, 5, 5, FAILS}, {5, 5, 5, HOLDS}, 0, 1, 0},
		{{4, 4, 4, HOLDS}, {4, 4, 4, MODEL_HOLDS, VERDICT_REFUTED}, 0, 1, 0},
		{{4, 4, 4, HOLDS}, {4, 4, 4, UNJUDGED}, 0, 0, 1},
		{{4, 4, 4, UNJUDGED}, {4, 4, 4, HOLDS}, 0, 0, 1},
		{{4, 4, 4, UNJUDGED}, {5, 4, 4, UNJUDGED}, 0, 0, 1},
		{{4, 4, 4, UNJUDGED}, {4, 4, 4, UNJUDGED}, 1, 0, 0},
		{{4, 4, 4, UNJUDGED}, {5, 4, 4, FAILS}, 0, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct expectation came_to = compare(&rows[i].before, &rows[i].after, true);

		print_message("row %zu\n", i);
		assert_int_equal(came_to.as_expected, rows[i].as_expected);
		assert_int_equal(came_to.unexpected, rows[i].unexpected);
		assert_int_equal(came_to.unanswered, rows[i].unanswered);
		assert_int_equal(came_to.added, 0);
	}
}

static void what_is_on_one_side_alone(void **state)
{
	const struct answer holds = {4, 4, 4, HOLDS}, fails = {4, 5, 5, FAILS},
			    unjudged = {4, 4, 4, UNJUDGED};

	(void)state;
	assert_int_equal(compare(NULL, &holds, true).added, 1);
	assert_int_equal(compare(NULL, &fails, true).unexpected, 1);
	assert_int_equal(compare(&holds, NULL, true).unexpected, 1);
	assert_int_equal(compare(&unjudged, NULL, true).unanswered, 1);
	/* it did not come to its judge: nothing is gone */
	assert_int_equal(compare(&holds, NULL, false).unanswered, 1);
}

static void other_probes_are_counted(void **state)
{
	const struct answer holds = {4, 4, 4, HOLDS};
	struct record *then = answered(&holds, "a.probe"), *now = answered(&holds, "b.probe");
	struct expectation came_to;

	(void)state;
	free(print(now, then, &came_to));
	assert_int_equal(came_to.probes, 0);
	assert_int_equal(came_to.unknown, 1);
	assert_int_equal(came_to.unasked, 1);
	record_free(then);
	record_free(now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_has_one_fit),
		cmocka_unit_test(what_is_on_one_side_alone),
		cmocka_unit_test(other_probes_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
