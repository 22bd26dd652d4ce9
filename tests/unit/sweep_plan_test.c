// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep_plan: a plan says what was asked, and of a file from anywhere nothing is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../harness/run/registry.h"
#include "../../harness/session/sweep_plan.h"

const struct registry_entry registry[] = {{0}};

#define PROGRAM 0xfeedULL

static char path[] = "/tmp/finwait-plan-XXXXXX";

static int file_setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int file_teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static const char *const words[] = {"wave4.*", "./my.probe.c"}, *const kernels[] = {"6.1", "6.12"},
			 *const guests[] = {"6.1-a", "6.12-b"}, *const numbers[] = {"0", "1", "2"},
			 *const names[] = {"reno", "cu\"bic\xc3\xa4"};
static const struct sweep_axis axes[] = {
	{"server:tcp_orphan_retries", false, numbers, 3},
	{"late", true, names, 2},
};
static const size_t ends[] = {5, 7, 24};

static struct sweep sweep_whole(void)
{
	return (struct sweep){
		.request = {.form = FORM_FAITHFUL,
	                    .seed = 7,
	                    .phase_count = 2,
	                    .time_limit_s = 33,
	                    .families = {[FAMILY_IPV6] = true},
	                    .slack_ms = 12},
		.axes = axes,
		.axis_count = 2,
		.kernels = kernels,
		.kernel_count = 2,
		.words = words,
		.word_count = 2,
		.stamp = {.program = PROGRAM, .points = 24, .guests = guests},
	};
}

static void same_texts(const char *const *a, size_t count_a, const char *const *b, size_t count_b)
{
	assert_int_equal(count_a, count_b);
	for (size_t i = 0; i < count_a; i++)
		assert_string_equal(a[i], b[i]);
}

static void what_is_written_is_read(void **state)
{
	struct sweep sweep = sweep_whole();
	const struct sweep *read;
	struct sweep_plan plan;
	struct fault f;

	(void)state;
	assert_int_equal(sweep_plan_write(path, &sweep, ends, 3, &f), 0);
	assert_int_equal(sweep_plan_read(path, PROGRAM, &plan, &f), 0);
	read = &plan.sweep;
	assert_int_equal(read->request.form, FORM_FAITHFUL);
	assert_int_equal(read->request.seed, 7);
	assert_int_equal(read->request.phase_count, 2);
	assert_int_equal(read->request.time_limit_s, 33);
	assert_int_equal(read->request.slack_ms, 12);
	assert_false(read->request.families[FAMILY_IPV4]);
	assert_true(read->request.families[FAMILY_IPV6]);
	same_texts(read->words, read->word_count, words, 2);
	same_texts(read->kernels, read->kernel_count, kernels, 2);
	same_texts(read->stamp.guests, read->kernel_count, guests, 2);
	assert_int_equal(read->stamp.points, 24);
	assert_int_equal(read->axis_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(read->axes[i].name, axes[i].name);
		assert_int_equal(read->axes[i].is_param, axes[i].is_param);
		same_texts(read->axes[i].values, read->axes[i].count, axes[i].values,
		           axes[i].count);
	}
	assert_int_equal(plan.chunks, 3);
	assert_memory_equal(plan.ends, ends, sizeof(ends));
	assert_int_equal(read->to, 0); /* all of them, until a chunk is named */
	sweep_plan_free(&plan);
}

static void chunks_are_ranges(void **state)
{
	struct sweep sweep = sweep_whole();
	struct sweep_plan plan;
	struct fault f;

	(void)state;
	assert_int_equal(sweep_plan_write(path, &sweep, ends, 3, &f), 0);
	assert_int_equal(sweep_plan_read(path, PROGRAM, &plan, &f), 0);
	assert_true(sweep_plan_chunk(&plan, 0));
	assert_int_equal(plan.sweep.from, 0);
	assert_int_equal(plan.sweep.to, 5);
	assert_true(sweep_plan_chunk(&plan, 2));
	assert_int_equal(plan.sweep.from, 7);
	assert_int_equal(plan.sweep.to, 24);
	assert_false(sweep_plan_chunk(&plan, 3));
	sweep_plan_free(&plan);
}

static void another_build_is_refused(void **state)
{
	struct sweep sweep = sweep_whole();
	struct sweep_plan plan;
	struct fault f;

	(void)state;
	assert_int_equal(sweep_plan_write(path, &sweep, ends, 3, &f), 0);
	assert_int_equal(sweep_plan_read(path, PROGRAM + 1, &plan, &f), -ESTALE);
	assert_non_null(strstr(f.what, "another build of finwait"));
	sweep_plan_free(&plan);
}

static void what_is_no_utf8_is_not_written(void **state)
{
	static const char *const bad[] = {"caf\xe9"};
	struct sweep sweep = sweep_whole();
	struct fault f;

	(void)state;
	sweep.words = bad;
	sweep.word_count = 1;
	assert_int_equal(sweep_plan_write(path, &sweep, ends, 3, &f), -EINVAL);
}

/* ---- hostile files */

static void file_fill(const char *text, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Refused, in one line that a terminal may be shown. */
static void refuse(const char *text, const char *why)
{
	struct sweep_plan plan;
	struct fault f;

	file_fill(text, strlen(text));
	if (sweep_plan_read(path, PROGRAM, &plan, &f) != -EINVAL)
		fail_msg("taken: %s", text);
	if (!strstr(f.what, why))
		fail_msg("%s: %s", text, f.what);
	for (const char *s = f.what; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			fail_msg("a control character is said: %s", text);
	sweep_plan_free(&plan);
}

#define STAMP "{\"format\":\"finwait-plan/1\",\"program\":\"feed\","
#define HEAD                                                                                       \
	"\"form\":\"usual\",\"ipv4\":true,\"ipv6\":false,\"phases\":0,\"seed\":0,"                 \
	"\"time_limit_s\":0,\"slack_ms\":10,\"points\":9,"
#define LISTS "\"probes\":[\"a\"],\"kernels\":[\"6.1\"],\"guests\":[\"g\"],"
#define AXES "\"axes\":[{\"set\":\"x\",\"values\":[\"1\"]}],"
#define ENDS "\"chunks\":2,\"ends\":[4,9]}"

static void files_of_all_kinds(void **state)
{
	struct sweep_plan plan;
	struct fault f;

	(void)state;
	file_fill(STAMP HEAD LISTS AXES ENDS, strlen(STAMP HEAD LISTS AXES ENDS));
	assert_int_equal(sweep_plan_read(path, PROGRAM, &plan, &f), 0); /* so far it is one */
	sweep_plan_free(&plan);
	refuse("", "");
	refuse("not json \x1b[31m", "");
	refuse("[]", "no object");
	refuse("{}", "format");
	refuse("{\"format\":\"finwait-plan/2\",\"program\":\"feed\"}", "finwait-plan/1");
	refuse("{\"format\":1,\"program\":\"feed\"}", "format");
	refuse(STAMP "\"form\":\"\x1b[2J\"}", "");
	refuse(STAMP "\"form\":\"\\u001b[2J\"}", "form");
	refuse(STAMP "\"form\":\"slow\"}", "slow");
	refuse(STAMP HEAD "\"probes\":{}}", "probes");
	refuse(STAMP HEAD "\"probes\":[1]}", "no word");
	refuse(STAMP HEAD "\"probes\":[\"\"]}", "no word");
	refuse(STAMP HEAD "\"probes\":[\"\\u001b[2J\"]}", "no word");
	refuse(STAMP HEAD "\"probes\":[\"a\"],\"kernels\":[],\"guests\":[]," AXES ENDS, "guest");
	refuse(STAMP HEAD "\"probes\":[\"a\"],\"kernels\":[\"6.1\"],\"guests\":[]," AXES ENDS,
	       "guest");
	refuse(STAMP HEAD LISTS "\"axes\":[1]," ENDS, "axes");
	refuse(STAMP HEAD LISTS "\"axes\":[{\"set\":\"x\",\"values\":[]}]," ENDS, "no values");
	refuse(STAMP HEAD LISTS "\"axes\":[{\"values\":[\"1\"]}]," ENDS, "no name");
	refuse(STAMP HEAD LISTS "\"axes\":[{\"set\":3,\"values\":[\"1\"]}]," ENDS, "set");
	refuse(STAMP HEAD LISTS AXES "\"ends\":7}", "ends");
	refuse(STAMP HEAD LISTS AXES "\"ends\":[4]}", "ends");
	refuse(STAMP HEAD LISTS AXES "\"ends\":[4,4,9]}", "ends");
	refuse(STAMP HEAD LISTS AXES "\"ends\":[-1,9]}", "ends");
	refuse(STAMP HEAD LISTS AXES "\"ends\":[\"4\",9]}", "ends");
	refuse(STAMP HEAD LISTS AXES "\"ends\":[9223372036854775807]}", "ends");
}

static void numbers_have_their_range(void **state)
{
	static const char *const bad[] = {
		"\"phases\":1001", "\"phases\":-1",      "\"seed\":-1",     "\"time_limit_s\":1e99",
		"\"points\":0",    "\"slack_ms\":10001", "\"ipv4\":\"yes\""};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[1000];

		/* of two keys the last one is taken */
		snprintf(text, sizeof(text), STAMP HEAD LISTS AXES "%s," ENDS, bad[i]);
		refuse(text, "");
	}
}

/* A sweep of 10^10 combinations, in a few hundred kB. */
static void what_would_never_end(void **state)
{
	enum { VALUES = 100000 };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	fputs(STAMP HEAD LISTS "\"axes\":[", out);
	for (int axis = 0; axis < 2; axis++) {
		fprintf(out, "%s{\"set\":\"x%d\",\"values\":[\"0\"", axis ? "," : "", axis);
		for (int i = 1; i < VALUES; i++)
			fprintf(out, ",\"%d\"", i);
		fputs("]}", out);
	}
	fputs("]," ENDS, out);
	fclose(out);
	refuse(text, "combinations");
	free(text);
}

static void every_cut_and_every_bit(void **state)
{
	static const char whole[] = STAMP HEAD LISTS AXES ENDS;
	struct sweep_plan plan;
	struct fault f;

	(void)state;
	for (size_t size = 0; size + 1 < sizeof(whole) - 1; size++) {
		file_fill(whole, size);
		assert_int_equal(sweep_plan_read(path, PROGRAM, &plan, &f), -EINVAL);
		sweep_plan_free(&plan);
	}
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		char other[sizeof(whole)];

		memcpy(other, whole, sizeof(whole));
		other[i] = (char)(other[i] ^ 1 << i % 8);
		file_fill(other, sizeof(whole) - 1);
		if (sweep_plan_read(path, PROGRAM, &plan, &f) == 0)
			assert_true(plan.chunks && plan.sweep.kernel_count); /* another plan */
		sweep_plan_free(&plan);
	}
}

static void no_file_and_no_regular_one(void **state)
{
	struct sweep_plan plan;
	struct fault f;

	(void)state;
	assert_int_equal(sweep_plan_read("/nonexistent/plan", PROGRAM, &plan, &f), -ENOENT);
	sweep_plan_free(&plan);
	assert_int_equal(sweep_plan_read("/tmp", PROGRAM, &plan, &f), -EISDIR);
	sweep_plan_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(chunks_are_ranges),
		cmocka_unit_test(another_build_is_refused),
		cmocka_unit_test(what_is_no_utf8_is_not_written),
		cmocka_unit_test(files_of_all_kinds),
		cmocka_unit_test(numbers_have_their_range),
		cmocka_unit_test(what_would_never_end),
		cmocka_unit_test(every_cut_and_every_bit),
		cmocka_unit_test(no_file_and_no_regular_one),
	};

	return cmocka_run_group_tests(tests, file_setup, file_teardown);
}
