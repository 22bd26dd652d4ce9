/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ktap: records as the kernel's own tests print what they came to. */
#ifndef FINWAIT_REPORT_KTAP_H
#define FINWAIT_REPORT_KTAP_H

#include <stdio.h>

#include "test_result.h"

/* What is being printed: one plan, tests as they come, totals. */
struct ktap {
	FILE *out;
	unsigned int by[TEST_RESULT_COUNT];
	unsigned int number; /* tests so far */
};

/* The version and the plan. */
void ktap_begin(struct ktap *ktap, size_t probes, FILE *out);
/*
 * One test, and a subtest for each finding that was decided. @phases: NULL: it was run once; it
 * passes where it passed in every one.
 */
void ktap_print(struct ktap *ktap, const struct record *rec, const struct phases *phases);
/* The totals. Returns 0 or -EIO. */
int ktap_end(const struct ktap *ktap);

#endif
