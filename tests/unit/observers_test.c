// SPDX-License-Identifier: GPL-2.0-or-later
/* observers: whether all that the hosts sent has come to the wire's taps. */
#include "../../harness/step/observers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct counters *counters_of(unsigned int sent)
{
	struct fault f = {0};
	struct counters *counters;
	char dev[256];

	(void)snprintf(dev, sizeof(dev),
	               "Inter-|   Receive\n face |bytes\n"
	               "    lo: 1 1 0 0 0 0 0 0 1 1 0\n"
	               "  eth0: 0 0 0 0 0 0 0 0 0 %u 0\n",
	               sent);
	counters =
		counters_parse(&(struct counter_texts){.snmp = "", .netstat = "", .dev = dev}, &f);
	assert_non_null(counters);
	return counters;
}

static bool saw_all(struct tap *port, uint64_t came, unsigned int before, unsigned int now)
{
	struct observers obs = {
		.taps[SIDE_CLIENT] = port,
		.came[SIDE_CLIENT] = came,
		.counters[SIDE_CLIENT] = counters_of(before),
	};
	struct counts counts = {.of[SIDE_CLIENT] = counters_of(now)};
	bool all = observers_saw_all(&obs, &counts);

	counters_free(obs.counters[SIDE_CLIENT]);
	counters_free(counts.of[SIDE_CLIENT]);
	return all;
}

static void test_saw_all(void **state)
{
	char place; /* that there is a tap is all that matters */
	struct tap *port = (struct tap *)&place;

	(void)state;
	assert_true(saw_all(port, 0, 3, 3));
	assert_true(saw_all(port, 2, 3, 5));
	assert_false(saw_all(port, 1, 3, 5)); /* in a processor's queue */
	assert_true(saw_all(port, 3, 3, 5)); /* sent before the first reading */
	assert_true(saw_all(NULL, 0, 3, 5)); /* one host talks to itself */
}

static void test_not_read(void **state)
{
	char place;
	struct observers obs = {.taps[SIDE_CLIENT] = (struct tap *)&place};

	(void)state;
	assert_true(observers_saw_all(&obs, &(struct counts){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saw_all),
		cmocka_unit_test(test_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
