// SPDX-License-Identifier: GPL-2.0-or-later
/* vm: which kernels there are, in which order, and what they are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../harness/run/registry.h"
#include "../../harness/vm/known.h"

const struct registry_entry registry[] = {{0}};

static char top[64];

static int folder_setup(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/finwait-known-XXXXXX");
	return mkdtemp(top) && setenv("XDG_CACHE_HOME", top, 1) == 0 ? 0 : -1;
}

static int folder_teardown(void **state)
{
	struct fault f;

	(void)state;
	return cache_remove(top, &f);
}

/* "a/b/c" below the top: its folders, and with @text the file. */
static void put(const char *name, const char *text)
{
	char path[CACHE_PATH];
	struct fault f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	for (char *slash = strchr(path + strlen(top) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	if (text)
		assert_int_equal(file_write(path, text, strlen(text), &f), 0);
	else
		mkdir(path, 0755);
}

static void tree_put(const char *dir, const char *release)
{
	char name[200];

	snprintf(name, sizeof(name), "%s/boot/vmlinuz-%s", dir, release);
	put(name, "no kernel");
	snprintf(name, sizeof(name), "%s/lib/modules/%s", dir, release);
	put(name, NULL);
}

static void fetched_put(const char *release, const char *version)
{
	char dir[160], name[200];

	snprintf(dir, sizeof(dir), "finwait/kernels/%s", release);
	tree_put(dir, release);
	snprintf(name, sizeof(name), "%s/version", dir);
	put(name, version);
}

static void never_left_out(const struct fault *why, void *arg)
{
	(void)arg;
	fail_msg("left out: %s", why->what);
}

static void count_left_out(const struct fault *why, void *arg)
{
	(void)why;
	++*(int *)arg;
}

static void releases_are_in_order(void **state)
{
	static const char *const rising[] = {
		"5.10.0-46-amd64", "6.12.0-rc1", "6.12.0-rc1-00012-gab",
		"6.12.0-rc10",     "6.12.0",     "6.12.0-00123-gcd",
		"6.12.1",          "6.12.10",    "7.0.0-rc1"};
	size_t count = sizeof(rising) / sizeof(rising[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = release_compare(rising[i], rising[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

static void a_flavour_is_what_stands_before_the_architecture(void **state)
{
	static const char *const rows[][2] = {
		{"6.12.117+deb13-cloud-amd64", "cloud"},
		{"6.12.117+deb13-rt-amd64", "rt"},
		{"6.12.117+deb13-amd64", "generic"},
		{"5.10.0-46-amd64", "generic"},
		{"6.1.0-0.deb11.48-amd64", "generic"},
		{"6.12.0-rc1", ""},
		{"-amd64", ""},
	};
	char flavour[KERNEL_FLAVOUR];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(kernel_flavour(rows[i][0], flavour), rows[i][1]);
}

/* What a version names is the cloud's kernel, another one where there is none. */
static void a_version_names_the_cloud_flavour_first(void **state)
{
	struct vm_kernel kernel;
	struct fault f;

	(void)state;
	fetched_put("6.12.9+deb13-rt-amd64", "6.12.9-1");
	assert_int_equal(kernel_find("6.12", &kernel, &f), 0);
	assert_string_equal(kernel.release, "6.12.9+deb13-rt-amd64");
	fetched_put("6.12.8+deb13-cloud-amd64", "6.12.8-1");
	assert_int_equal(kernel_find("6.12", &kernel, &f), 0);
	assert_string_equal(kernel.release, "6.12.8+deb13-cloud-amd64");
	assert_int_equal(kernel_find("newest", &kernel, &f), 0);
	assert_string_equal(kernel.release, "6.12.8+deb13-cloud-amd64");
	assert_int_equal(kernel_find("6.12.9+deb13-rt", &kernel, &f), 0);
	assert_string_equal(kernel.release, "6.12.9+deb13-rt-amd64");
}

static void fetched_kernels_are_in_order_and_have_short_names(void **state)
{
	struct known known = {0}, some = {0};
	struct fault f;

	(void)state;
	fetched_put("6.12.9+deb13-cloud-amd64", "6.12.9-1");
	fetched_put("6.1.0-55-cloud-amd64", "6.1.192-1");
	fetched_put("6.1.0-56-cloud-amd64", "6.1.192-2");
	fetched_put("6.9.1-rt-amd64", "6.9.1-1");
	fetched_put("6.10.1-cloud-amd64", "6.10.1-1~bpo12+1");
	assert_int_equal(known_fetched(&known, &f), 0);
	known_label(&known);
	assert_int_equal(known.count, 5);
	assert_string_equal(known.items[0].label, "6.1.0-55-cloud-amd64");
	assert_string_equal(known.items[1].label, "6.1.0-56-cloud-amd64");
	assert_string_equal(known.items[2].label, "6.9.1");
	assert_string_equal(known.items[4].label, "6.12.9");
	assert_int_equal(known_find(&known, "6.1"), 1); /* the newest of several */
	assert_int_equal(known_find(&known, "6.1.0-55"), 0);
	assert_int_equal(known_find(&known, "6.2"), 5);
	/* of one flavour, each once */
	assert_int_equal(known_pick(&some, &known, 0, 4, &f), 0);
	assert_int_equal(known_pick(&some, &known, 3, 4, &f), 0);
	assert_int_equal(some.count, 4);
	known_label(&some);
	assert_string_equal(some.items[2].label, "6.10.1");
	known_free(&some);
	known_free(&known);
}

static void a_folder_of_built_kernels(void **state)
{
	char dir[CACHE_PATH];
	struct known known = {0};
	struct fault f;
	int left_out = 0;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/built", top);
	assert_int_equal(known_built(&known, dir, never_left_out, NULL, &f), -ENOENT);
	tree_put("built/b", "6.12.0-rc2");
	tree_put("built/a", "6.12.0-rc2");
	tree_put("built/z", "6.12.0-rc1");
	tree_put("built", "6.12.0");
	put("built/z/lib/modules/6.12.0-rc9", NULL); /* without a kernel */
	put("built/notes", "no kernel either");
	put("built/.hidden/boot/vmlinuz-6.13.0", "not looked at");
	put("built/vmlinuz-6.12.1", "no bzImage");
	assert_int_equal(known_built(&known, dir, count_left_out, &left_out, &f), 0);
	assert_int_equal(left_out, 1);
	known_label(&known);
	assert_int_equal(known.count, 4);
	assert_string_equal(known.items[0].label, "6.12.0-rc1");
	assert_string_equal(known.items[1].label, "a");
	assert_string_equal(known.items[2].label, "b");
	assert_string_equal(known.items[3].label, "6.12.0");
	assert_non_null(strstr(known.items[3].name, "built/boot/vmlinuz-6.12.0:"));
	known_free(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_in_order),
		cmocka_unit_test(a_flavour_is_what_stands_before_the_architecture),
		cmocka_unit_test_setup_teardown(a_version_names_the_cloud_flavour_first,
	                                        folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(fetched_kernels_are_in_order_and_have_short_names,
	                                        folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(a_folder_of_built_kernels, folder_setup,
	                                        folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
