/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: what a person or a CI system reads. Each is a function of records and a FILE *. */
#ifndef FINWAIT_REPORT_REPORT_H
#define FINWAIT_REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "../base/fault.h"
#include "../record/phases.h"
#include "../record/record.h"

struct report_style {
	bool colour; /* a terminal, and NO_COLOR unset or empty */
	unsigned int width; /* columns; 0: do not fold */
	bool piped; /* the width is nobody's: a line of counts stays one */
	bool verbose;
};

/*
 * The table: a block a probe, a row a finding: claim, says, predicts, measured,
 * verdict; refuted ones easy to spot; what was not observed and why; then one
 * line of totals.
 */
int table_print(const struct record *const *records, size_t count, const struct report_style *style,
                FILE *out);

/*
 * One screen instead: a line a claim that is refuted or qualified, what was not answered and
 * why, then the totals; of several kernels a screen each. Returns 0 or -EIO.
 */
int digest_print(const struct record *const *records, size_t count,
                 const struct report_style *style, FILE *out);

/*
 * The ladder of one record: lanes for both ends, packets as arrows between. Returns 0,
 * -ENODATA where there was nothing to draw (it says so), -ENOMEM or -EIO.
 */
int ladder_print(const struct record *rec, const struct report_style *style, FILE *out) MUST_CHECK;

/* The same in Markdown: a heading and a block of code. It says nothing where it fails. */
int ladder_markdown(const struct record *rec, const struct report_style *style,
                    FILE *out) MUST_CHECK;

/*
 * The same while the record grows. What is drawn stays: a rung waits until nothing of its time is
 * likely to come any more, and what comes later all the same has a mark beside its time.
 */
struct live_ladder;
/* @style and @out outlive it. NULL: no memory. */
struct live_ladder *live_open(const struct report_style *style, FILE *out);
/* What has settled by @now_ns, CLOCK_MONOTONIC, if it was not drawn yet. 0, -ENOMEM or -EIO. */
int live_draw(struct live_ladder *live, const struct record *rec, int64_t now_ns) MUST_CHECK;
/* The rest, and the foot: nothing comes any more. 0, -ENOMEM or -EIO. */
int live_end(struct live_ladder *live, const struct record *rec) MUST_CHECK;
void live_close(struct live_ladder *live);

/* The same as a picture, a whole SVG document. Returns 0, -ENOMEM or -EIO. */
int ladder_svg(const struct record *rec, FILE *out) MUST_CHECK;

/*
 * The packets of one record, which is in order of time, as a capture file
 * (draft-ietf-opsawg-pcapng): each port of the wire an interface, nanoseconds since the run began,
 * remarks on what packets caused and what became of them. Headers are as they were, payload is made
 * up. Returns 0, -ENODATA where there was no packet, -ENOMEM or -EIO.
 */
int pcapng_write(const struct record *rec, FILE *out) MUST_CHECK;

/*
 * A page of @records: one HTML file that needs nothing else, with the verdicts, the findings kernel
 * beside kernel, and the ladders. From the records alone; the same ones give the same bytes.
 * Returns 0, -ENOMEM or -EIO.
 */
int page_print(const struct record *const *records, size_t count, FILE *out) MUST_CHECK;

/* What a page has beside its records. */
struct page_beside {
	/* Of a run that was kept earlier: what is not as in these is told. */
	const struct record *const *before;
	size_t before_count;
	/* Of each record the address of its capture, from the page on; NULL: none, of one or of all. */
	const char *const *captures;
};

int page_print_beside(const struct record *const *records, size_t count,
                      const struct page_beside *beside, FILE *out) MUST_CHECK;

/*
 * The states of TCP and the ways between them (RFC 9293 figure 5, and Linux's own), each coloured by
 * whether @records show it: a whole SVG document. Returns 0, -ENOMEM or -EIO.
 */
int map_svg(const struct record *const *records, size_t count, FILE *out) MUST_CHECK;
/* The same as rows of @grid, which has no columns yet. Returns 0 or -ENOMEM. */
struct grid;
int map_ways_put(struct grid *grid, const struct record *const *records, size_t count) MUST_CHECK;

/* What each finding came to over all phases: a block a probe, a row a finding. */
int phases_print(const struct phases *phases, const struct report_style *style, FILE *out);

/*
 * Two records of one probe: what differs in findings, in each socket's states and in
 * what each end sent, as lines like those of diff -u; one line when nothing does. Both
 * must be in order of time. Returns 0, -ENOMEM or -EIO.
 */
struct diff_side {
	const char *name; /* as the user gave it: a file, a kernel */
	const struct record *rec;
};
/* What is compared, at the head of it all; NULLs among the records are passed over. */
struct diff_records {
	const char *name;
	const struct record *const *records;
	size_t count;
};
void diff_print_heading(const struct diff_records sides[2], const struct report_style *style,
                        FILE *out);
int diff_print(const struct diff_side sides[2], int64_t slack_ns, const struct report_style *style,
               FILE *out, bool *differ);
/* When times are the same, in words. */
void diff_print_rule(int64_t slack_ns, const struct report_style *style, FILE *out);

/*
 * The matrix: a row a finding, a column a kernel, what differs from the first kernel
 * of the row marked, whether the model held; then what is missing where, and why.
 */
#define MATRIX_COLUMNS 16 /* more are not printed */
struct matrix_column {
	const char *name; /* "6.12", "host" */
	const char *why; /* nothing could be run there, and why; else NULL */
	const struct record *const *records; /* NULLs are passed over */
	size_t count;
	const struct phases *phases; /* NULL: each was run once, as is a probe not in it */
};
enum matrix_rows {
	MATRIX_ROWS_USUAL, /* all of a few probes; of more those with news, the others are counted */
	MATRIX_ROWS_ALL,
	MATRIX_ROWS_DIFFERING, /* those where kernels disagree */
};
int matrix_print(const struct matrix_column *columns, size_t count, int64_t slack_ns,
                 enum matrix_rows which, const struct report_style *style, FILE *out);
/* The same as a grid, all rows but for MATRIX_ROWS_DIFFERING. Returns 0, -ENOMEM or -E2BIG. */
int matrix_put(struct grid *grid, const struct matrix_column *columns, size_t count,
               int64_t slack_ns, enum matrix_rows which) MUST_CHECK;

#endif
