// SPDX-License-Identifier: GPL-2.0-or-later
/* store: what is kept comes back as it was, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../harness/base/file.h"
#include "../../harness/run/registry.h"
#include "../../harness/store/survey.h"

const struct registry_entry registry[] = {{0}};

#define GUEST "6.12.1-amd64-0123456789abcdef"
#define FILE_OF_TWO GUEST "/ab/cdef0123456789"

static char top[64];
static struct store store;
static struct answer_key key = {
	.guest = GUEST, .digest = 0xabcdef0123456789ULL, .text = (char *)"key 1\njob {}\n"};

static int folder_setup(void **state)
{
	struct fault f;

	(void)state;
	snprintf(top, sizeof(top), "/tmp/finwait-store-XXXXXX");
	return mkdtemp(top) && setenv("XDG_CACHE_HOME", top, 1) == 0 ? store_open(&store, &f) : -1;
}

static int folder_teardown(void **state)
{
	struct fault f;

	(void)state;
	return cache_remove(top, &f);
}

static void path_of(const char *name, char path[CACHE_PATH])
{
	struct fault f;

	assert_int_equal(path_join(path, store.path, name, &f), 0);
}

static void put(const char *lines, const char *result)
{
	struct answer answer = {.took_ns = 7};
	struct fault f;

	buffer_add(&answer.lines, "%s", lines);
	buffer_add(&answer.result, "%s", result);
	assert_int_equal(store_put(&store, &key, &answer, &f), 0);
	answer_clear(&answer);
}

/* What is found of @extent: 1, and whether it is what put() was given. */
static int get(enum answer_extent extent, const char *lines, const char *result)
{
	struct answer answer;
	struct fault f;
	int found = store_get(&store, &key, extent, &answer, &f);

	if (found == 1) {
		assert_string_equal(buffer_text(&answer.lines), lines);
		assert_string_equal(buffer_text(&answer.result), result);
		assert_int_equal(answer.took_ns, 7);
	}
	answer_clear(&answer);
	return found;
}

static void what_is_put_comes_back(void **state)
{
	(void)state;
	assert_int_equal(get(ANSWER_WHOLE, "", ""), 0);
	put("{\"a\":1}\n{}\n", "{\"b\":2}\n");
	assert_int_equal(get(ANSWER_WHOLE, "{\"a\":1}\n{}\n", "{\"b\":2}\n"), 1);
	assert_int_equal(get(ANSWER_RESULT, "", "{\"b\":2}\n"), 1);
	put("new\n", "{}\n"); /* takes its place */
	assert_int_equal(get(ANSWER_WHOLE, "new\n", "{}\n"), 1);
}

/* A part that does not fit what is read with the head. */
static void large_parts_come_back(void **state)
{
	size_t size = 300000;
	char *lines = malloc(size + 1);
	uint64_t random = 1;

	(void)state;
	assert_non_null(lines);
	for (size_t i = 0; i < size; i++) {
		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		lines[i] = (char)('!' + (random >> 58));
	}
	lines[size] = '\0';
	put(lines, "{}\n");
	assert_int_equal(get(ANSWER_WHOLE, lines, "{}\n"), 1);
	put("x\n", lines);
	assert_int_equal(get(ANSWER_RESULT, "", lines), 1);
	assert_int_equal(get(ANSWER_WHOLE, "x\n", lines), 1);
	free(lines);
}

static void another_key_of_this_digest_is_no_answer(void **state)
{
	char *text = key.text;

	(void)state;
	put("a\n", "b\n");
	key.text = (char *)"key 1\njob []\n"; /* as long */
	assert_int_equal(get(ANSWER_WHOLE, "", ""), 0);
	key.text = (char *)"key 1\njob {}\n+";
	assert_int_equal(get(ANSWER_WHOLE, "", ""), 0);
	put("c\n", "d\n"); /* one of the two has the place */
	key.text = text;
	assert_int_equal(get(ANSWER_WHOLE, "", ""), 0);
}

static char *answer_bytes(size_t *size)
{
	char path[CACHE_PATH], *data;
	struct fault f;

	path_of(FILE_OF_TWO, path);
	data = file_read(path, size, &f);
	assert_non_null(data);
	return data;
}

static void answer_replace(const char *data, size_t size)
{
	char path[CACHE_PATH];
	struct fault f;

	path_of(FILE_OF_TWO, path);
	assert_int_equal(file_write(path, data, size, &f), 0);
}

static void nothing_wrong_comes_back(void **state)
{
	size_t size;
	char *data;

	(void)state;
	put("lines\n", "result\n");
	data = answer_bytes(&size);
	for (size_t i = 0; i < size; i++) { /* torn */
		answer_replace(data, i);
		assert_int_equal(get(ANSWER_WHOLE, "", ""), -EBADMSG);
		assert_int_equal(get(ANSWER_RESULT, "", ""), -EBADMSG);
	}
	for (size_t i = 0; i < size * 8; i++) { /* a bit is another one */
		data[i / 8] ^= (char)(1 << i % 8);
		answer_replace(data, size);
		assert_int_not_equal(get(ANSWER_WHOLE, "lines\n", "result\n"), 1);
		(void)get(ANSWER_RESULT, "", "result\n"); /* right, where it is one */
		data[i / 8] ^= (char)(1 << i % 8);
	}
	put("lines\n", "result\n"); /* rebuilt */
	assert_int_equal(get(ANSWER_WHOLE, "lines\n", "result\n"), 1);
	free(data);
}

static void another_format_is_told(void **state)
{
	char path[CACHE_PATH];
	struct answer answer;
	struct fault f;

	(void)state;
	put("a\n", "b\n");
	path_of(FILE_OF_TWO, path);
	assert_int_equal(file_write(path, "finwait-answer/2\n", 17, &f), 0);
	assert_int_equal(store_get(&store, &key, ANSWER_WHOLE, &answer, &f), -EBADMSG);
	assert_non_null(strstr(f.what, "is of another format"));
	assert_non_null(strstr(f.what, "cdef0123456789"));
}

static void what_others_may_write_is_not_used(void **state)
{
	char path[CACHE_PATH], other[CACHE_PATH];

	(void)state;
	put("a\n", "b\n");
	path_of(FILE_OF_TWO, path);
	path_of("elsewhere", other);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(get(ANSWER_WHOLE, "", ""), -EPERM);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(get(ANSWER_WHOLE, "a\n", "b\n"), 1);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(get(ANSWER_WHOLE, "", ""), -EPERM);
		assert_int_equal(chown(path, 0, 0), 0);
	}
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(get(ANSWER_WHOLE, "", ""), -ELOOP);
	put("a\n", "b\n"); /* in place of the link */
	assert_int_equal(get(ANSWER_WHOLE, "a\n", "b\n"), 1);
}

static struct store_survey survey(void)
{
	struct store_survey is;
	struct fault f;

	assert_int_equal(store_survey(&store, &is, &f), 0);
	return is;
}

static void a_full_disk_keeps_what_was_there(void **state)
{
	struct rlimit before, small = {.rlim_cur = 100};
	struct answer answer = {0};
	struct store_survey is;
	struct fault f;

	(void)state;
	put("a\n", "b\n");
	buffer_add(&answer.lines, "c\n");
	buffer_add(&answer.result, "d\n");
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(store_put(&store, &key, &answer, &f), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	answer_clear(&answer);
	assert_int_equal(get(ANSWER_WHOLE, "a\n", "b\n"), 1);
	is = survey();
	assert_int_equal(is.leftovers, 0);
	assert_int_equal(is.all.answers, 1);
	store_survey_free(&is);
}

static void age(const char *name, time_t by_s)
{
	struct timespec times[2] = {{.tv_sec = time(NULL) - by_s}, {.tv_sec = time(NULL) - by_s}};
	char path[CACHE_PATH];

	path_of(name, path);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void bad_count(const char *path, const struct fault *fault, void *arg)
{
	assert_non_null(strstr(path, "/ab/"));
	assert_int_equal(fault->err, EBADMSG);
	++*(size_t *)arg;
}

/* Two kernels, of the older one two guests, an answer torn, one that nobody finished. */
static void store_fill(void)
{
	char path[CACHE_PATH];
	struct fault f;

	put("a\n", "b\n");
	age(FILE_OF_TWO, 3 * 86400);
	snprintf(key.guest, sizeof(key.guest), "6.12.1-amd64-ffffffffffffffff");
	put("a\n", "b\n");
	snprintf(key.guest, sizeof(key.guest), "6.9.0-amd64-0123456789abcdef");
	put("a\n", "b\n");
	path_of("6.9.0-amd64-0123456789abcdef/ab/cdef0123456789", path);
	assert_int_equal(truncate(path, 60), 0);
	snprintf(key.guest, sizeof(key.guest), "%s", GUEST);
	path_of(GUEST "/ab/.new-0", path);
	assert_int_equal(file_write(path, "half", 4, &f), 0);
}

static void a_survey_counts_by_kernel(void **state)
{
	struct store_survey is;
	size_t bad = 0, answers, broken;
	struct fault f;

	(void)state;
	store_fill();
	is = survey();
	assert_int_equal(is.count, 2);
	assert_string_equal(is.shares[0].release, "6.9.0-amd64");
	assert_int_equal(is.shares[0].answers, 1);
	assert_int_equal(is.shares[1].answers, 2);
	assert_int_equal(is.shares[1].guests, 2);
	assert_int_equal(is.all.answers, 3);
	assert_int_equal(is.leftovers, 1);
	assert_true(is.all.newest - is.all.oldest >= 3 * 86400);
	store_survey_free(&is);
	assert_int_equal(store_check(&store, bad_count, &bad, &answers, &broken, &f), 0);
	assert_int_equal(answers, 3);
	assert_int_equal(broken, 1);
	assert_int_equal(bad, 1);
}

static void pruning_takes_what_is_old(void **state)
{
	struct store_survey is;
	uint64_t bytes;
	size_t answers;
	struct fault f;
	char path[CACHE_PATH];

	(void)state;
	store_fill();
	assert_int_equal(store_prune(&store, time(NULL) - 86400, &answers, &bytes, &f), 0);
	assert_int_equal(answers, 1);
	is = survey();
	assert_int_equal(is.all.answers, 2);
	assert_int_equal(is.leftovers, 1); /* its writer may be at it */
	store_survey_free(&is);
	age(GUEST "/ab/.new-0", 3600);
	assert_int_equal(store_prune(&store, time(NULL) + 1, &answers, &bytes, &f), 0);
	assert_int_equal(answers, 2);
	path_of(GUEST, path);
	assert_int_equal(access(path, F_OK), -1); /* folders that are empty go, too */
	put("a\n", "b\n");
	assert_int_equal(get(ANSWER_WHOLE, "a\n", "b\n"), 1);
}

/* ---- keys */

struct question {
	struct vm_machine vm;
	struct run_plan plan;
	struct job_times times;
};

static struct question question(void)
{
	struct question q = {
		.vm = {.kernel = {.release = "6.12.1-amd64"}, .clock = QEMU_VIRTUAL, .digest = 5},
		.plan = {.id = "a.probe", .slack_ms = 10},
	};

	assert_int_equal(settings_put(&q.plan.params, "p", "1"), 0);
	assert_int_equal(settings_put(&q.plan.sysctls[SIDE_CLIENT], "net.ipv4.x", "1"), 0);
	return q;
}

static struct answer_key key_of(struct question *q)
{
	struct answer_key is;
	struct fault f;

	assert_int_equal(answer_key_make(&q->vm, &q->plan, &q->times, &is, &f), 0);
	settings_clear(&q->plan.params);
	settings_clear(&q->plan.sysctls[SIDE_CLIENT]);
	settings_clear(&q->plan.sysctls[SIDE_SERVER]);
	return is;
}

static void key_differs_from_usual(struct question *q)
{
	struct question usual = question();
	struct answer_key a = key_of(&usual), b = key_of(q);

	assert_string_not_equal(a.text, b.text);
	assert_true(a.digest != b.digest);
	answer_key_clear(&a);
	answer_key_clear(&b);
}

static void a_key_has_all_that_an_answer_depends_on(void **state)
{
	struct question q = question(), same = question();
	struct answer_key a = key_of(&q), b = key_of(&same);

	(void)state;
	assert_string_equal(a.text, b.text);
	assert_string_equal(a.guest, "6.12.1-amd64-0000000000000005");
	assert_true(a.digest == b.digest);
	answer_key_clear(&a);
	answer_key_clear(&b);
	q = question(), q.vm.digest++, key_differs_from_usual(&q);
	q = question(), q.vm.kernel.release[5] = '2', key_differs_from_usual(&q);
	q = question(), q.plan.id = "b.probe", key_differs_from_usual(&q);
	q = question(), q.plan.family = FAMILY_IPV6, key_differs_from_usual(&q);
	q = question(), q.plan.slack_ms++, key_differs_from_usual(&q);
	q = question(), q.plan.faithful = true, key_differs_from_usual(&q);
	q = question(), q.times.seed = 1, key_differs_from_usual(&q);
	q = question(), q.times.phase_ns = 1, key_differs_from_usual(&q);
	q = question(), assert_int_equal(settings_put(&q.plan.params, "p", "2"), 0);
	key_differs_from_usual(&q);
	q = question(), assert_int_equal(settings_put(&q.plan.sysctls[SIDE_CLIENT], "n", "1"), 0);
	key_differs_from_usual(&q);
	q = question(), assert_int_equal(settings_put(&q.plan.sysctls[SIDE_SERVER], "n", "1"), 0);
	key_differs_from_usual(&q);
}

static void real_time_has_no_key(void **state)
{
	struct question q = question();
	struct answer_key none;
	struct fault f;

	(void)state;
	q.vm.clock = QEMU_REAL_TCG;
	assert_int_equal(answer_key_make(&q.vm, &q.plan, &q.times, &none, &f), -ENOTSUP);
	answer_key_clear(&none);
	q.vm.clock = QEMU_VIRTUAL;
	q.vm.warm.state_fd = -1; /* booted each time */
	assert_int_equal(answer_key_make(&q.vm, &q.plan, &q.times, &none, &f), -ENOTSUP);
	answer_key_clear(&none);
	settings_clear(&q.plan.params);
	settings_clear(&q.plan.sysctls[SIDE_CLIENT]);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(what_is_put_comes_back),
		WITH_FOLDER(large_parts_come_back),
		WITH_FOLDER(another_key_of_this_digest_is_no_answer),
		WITH_FOLDER(nothing_wrong_comes_back),
		WITH_FOLDER(another_format_is_told),
		WITH_FOLDER(what_others_may_write_is_not_used),
		WITH_FOLDER(a_full_disk_keeps_what_was_there),
		WITH_FOLDER(a_survey_counts_by_kernel),
		WITH_FOLDER(pruning_takes_what_is_old),
		cmocka_unit_test(a_key_has_all_that_an_answer_depends_on),
		cmocka_unit_test(real_time_has_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
