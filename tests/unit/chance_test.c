// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of what the kernel leaves to chance, against sums made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/judge/model/chance.h"
#include "../../harness/judge/model/port.h"

static void assert_counts(struct value value, int64_t lo, int64_t hi)
{
	assert_int_equal(value.kind, VALUE_COUNT);
	assert_int_equal(value.lo, lo);
	assert_int_equal(value.hi, hi);
}

/* Ten throws of a coin: none at all comes once in 1024. */
static void a_coin(void **state)
{
	(void)state;
	assert_counts(chance_binomial(10, 0.5, 2 / 1000.0), 1, 9);
	assert_counts(chance_binomial(10, 0.5, 2 / 1100.0), 0, 10);
	/* 11 of 1024 are none or one */
	assert_counts(chance_binomial(10, 0.5, 2 * 11.5 / 1024), 2, 8);
	assert_counts(chance_binomial(0, 0.5, CHANCE_DOUBT), 0, 0);
	assert_counts(chance_binomial(7, 0, CHANCE_DOUBT), 0, 0);
	assert_counts(chance_binomial(7, 1, CHANCE_DOUBT), 7, 7);
}

/* 4.9 standard deviations of 50 leave out 1e-6 at both ends together. */
static void many_throws(void **state)
{
	struct value range = chance_binomial(10000, 0.5, CHANCE_DOUBT);

	(void)state;
	assert_int_equal(range.lo + range.hi, 10000);
	assert_in_range(5000 - range.lo, 240, 250);
	range = chance_binomial(1000000, 1e-6, CHANCE_DOUBT); /* Poisson's, of mean 1 */
	assert_counts(range, 0, 9);
}

static void ports_of_a_pass(void **state)
{
	const struct port_range even = {40000, 40031}, odd = {40000, 40002}, one = {7, 7};

	(void)state;
	assert_int_equal(model_ports_a_pass(&even), 16);
	assert_int_equal(model_port_pass(&even, 40030), 0);
	assert_int_equal(model_port_pass(&even, 40031), 1);
	assert_int_equal(model_port_pass(&even, 40032), -1);
	assert_int_equal(model_port_pass(&even, 39999), -1);
	assert_int_equal(model_port_pass(&odd, 40001), 1);
	assert_int_equal(model_port_pass(&odd, 40002), -1); /* remaining &= ~1U */
	assert_int_equal(model_port_pass(&one, 7), 0);
	assert_int_equal(model_port_pass(&one, 8), -1);
	assert_false(model_port_may_repeat(&even));
	assert_true(model_port_may_repeat(&odd));
}

static void hits_of_a_port(void **state)
{
	const struct port_range sixteen = {40000, 40031}, eight = {40000, 40015}, one = {7, 7};
	const struct port_range whole = {1, 65535};
	struct value independent = chance_binomial(300, 1.0 / 8, CHANCE_DOUBT);

	(void)state;
	assert_counts(model_port_hits(&one, 9, CHANCE_DOUBT), 9, 9);
	assert_counts(model_port_hits(&sixteen, 0, CHANCE_DOUBT), 0, 0);
	assert_counts(model_port_hits(&sixteen, 1, CHANCE_DOUBT), 0, 1);
	/* 16 places are more than one step, and no more than two */
	assert_counts(model_port_hits(&sixteen, 2, CHANCE_DOUBT), 0, 1);
	assert_counts(model_port_hits(&sixteen, 3, CHANCE_DOUBT), 0, 2);
	/* One to eight of eight places further on: each is as likely as any other. */
	assert_counts(model_port_hits(&eight, 300, CHANCE_DOUBT), independent.lo, independent.hi);
	/* As many hits as if they were independent, and less spread: a round hits once at most. */
	independent = chance_binomial(800, 1.0 / 16, CHANCE_DOUBT);
	assert_in_range(model_port_hits(&sixteen, 800, CHANCE_DOUBT).lo, independent.lo + 1, 50);
	assert_in_range(model_port_hits(&sixteen, 800, CHANCE_DOUBT).hi, 50, independent.hi - 1);
	assert_int_equal(model_port_hits(&whole, 1000000, CHANCE_DOUBT).kind, VALUE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_coin),
		cmocka_unit_test(many_throws),
		cmocka_unit_test(ports_of_a_pass),
		cmocka_unit_test(hits_of_a_port),
	};

	return cmocka_run_group_tests_name("chance", tests, NULL, NULL);
}
