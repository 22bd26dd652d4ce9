/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: what a person or a CI system reads. Each is a function of records and a FILE *. */
#ifndef FINWAIT_REPORT_REPORT_H
#define FINWAIT_REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "../record/record.h"

struct report_style {
	bool colour; /* a terminal, and NO_COLOR unset or empty */
	unsigned int width; /* columns; 0: do not fold */
	bool verbose;
};

/*
 * What the reports need of a claim besides what the record holds. The title of
 * a probe and the words of a claim live in the probes, not in the record.
 */
struct report_claim {
	const char *id, *article, *text;
};
typedef const char *(*report_title_fn)(const char *probe);
typedef const struct report_claim *(*report_claim_fn)(const char *probe, const char *claim);

/*
 * The table: a block a probe, a row a finding: claim, says, predicts, measured,
 * verdict; refuted ones easy to spot; what was not observed and why; then one
 * line of totals.
 */
int table_print(const struct record *const *records, size_t count,
		report_title_fn title, report_claim_fn claim,
		const struct report_style *style, FILE *out);

/* The ladder of one record: lanes for both ends, packets as arrows between. */
int ladder_print(const struct record *rec, const char *title,
		 const struct report_style *style, FILE *out);

/* KTAP version 1 (Documentation/dev-tools/ktap.rst): one test a probe, a subtest a finding. */
int ktap_print_header(size_t probes, FILE *out);
int ktap_print(const struct record *rec, size_t number, FILE *out);

#endif
