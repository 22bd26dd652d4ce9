/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: what a kernel answers against what was kept; for CI. */
#ifndef FINWAIT_REPORT_EXPECT_H
#define FINWAIT_REPORT_EXPECT_H

#include "report.h"

struct expect {
	const char *name; /* as the user gave it: a folder */
	const struct record *const *kept;
	size_t kept_count;
	const struct run_asked *asked; /* what the records were asked with; NULL: they say so */
};

struct expectation {
	size_t probes; /* that were compared */
	/* Findings: */
	size_t as_expected;
	size_t unexpected; /* changed, gone, or new and not as predicted */
	size_t added; /* not among the kept ones, and as predicted */
	size_t unanswered; /* inconclusive or skipped, then or now */
	/* Probes: */
	size_t otherwise; /* had other settings or another form then: not compared */
	size_t unknown; /* of which nothing is kept */
	size_t unasked; /* kept, but not among those now */
};

/*
 * A row a finding of @records (NULLs are passed over) that is not as @expect has it, with what it
 * was then and is now; then the counts, which are in @came_to as well. Returns 0 or -EIO.
 */
int expect_print(const struct record *const *records, size_t count, const struct expect *expect,
                 const struct report_style *style, FILE *out,
                 struct expectation *came_to) MUST_CHECK;

#endif
