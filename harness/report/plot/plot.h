/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plot: what a probe measures against the one setting that its runs differ in. Theory of operation:
 *
 *   records -> sweeps   sweep.c    runs of one probe that were asked the same but for one setting
 *   sweep   -> plots    layout.c   a plot a figure that is not the same for all; where marks stand
 *                       scale.c    numbers as pixels: even, or by their logarithm; ticks
 *   plot    -> SVG      svg.c      markup, and nothing from a record in it unescaped
 *
 * What is predicted is a band from the least to the greatest value, what is measured a dot; over
 * timer phases (--phases) a line from the least to the greatest. Between the values that were run
 * the band is only drawn.
 */
#ifndef FINWAIT_REPORT_PLOT_PLOT_H
#define FINWAIT_REPORT_PLOT_PLOT_H

#include <stdio.h>

#include "../../record/phases.h"

#define SWEEP_VALUES 3 /* of fewer there is nothing to see */

/*
 * The plots of @records, which are of one probe, as HTML; nothing where they are no sweep. Returns
 * 0 or -ENOMEM.
 */
int plots_print(const struct record *const *records, size_t count, FILE *out) MUST_CHECK;
void plots_print_style(FILE *out);

/* ---- sweep.c ---- */

struct sweep_run {
	int64_t x; /* the setting's value */
	const struct record *rec;
};

struct sweep {
	const char *name; /* "tcp_orphan_retries", as it was asked for */
	struct sweep_run *runs; /* by their values */
	size_t count, space;
};

struct sweeps {
	struct sweep *items;
	size_t count, space;
};

/* 0 or -ENOMEM; sweeps_free() it either way. NULLs among @records are passed over. */
int sweeps_collect(const struct record *const *records, size_t count,
                   struct sweeps *sweeps) MUST_CHECK;
void sweeps_free(struct sweeps *sweeps);

/* ---- scale.c ---- */

struct scale {
	int64_t lo, hi; /* by the logarithm: lo > 0 */
	int from, to; /* pixels of @lo and @hi */
	bool by_log;
	int zero; /* by the logarithm: the pixel of what is not above 0 */
};

/* Spans @lo to @hi between two pixels; by the logarithm where they are decades apart. */
struct scale scale_over(int64_t lo, int64_t least_positive, int64_t hi, int from, int to);
/* The pixel of @value; of what lies outside the nearest one. */
int scale_at(const struct scale *scale, int64_t value);
/* The next tick above @value, INT64_MAX: there is none. From scale->lo - 1 on it gives all. */
int64_t scale_tick_after(const struct scale *scale, int64_t value);

/* ---- layout.c ---- */

/* A stretch in pixels, from its upper to its lower end. */
struct stretch {
	bool there;
	int top, bottom;
};

struct plot_mark {
	int x, y;
	int64_t value; /* of the setting */
	struct finding finding;
	const struct spread *spread; /* NULL: it was run once */
	struct stretch predicted, says, phases;
};

struct plot {
	const struct sweep *sweep;
	struct finding_id id;
	enum value_kind kind;
	int width, height;
	struct scale x, y;
	struct plot_mark *marks; /* by x */
	size_t count;
};

/*
 * The plot of figure @id; of one that is not a number, or the same for all of the sweep, count is
 * 0. Returns 0 or -ENOMEM; plot_free() it either way.
 */
int plot_layout(const struct sweep *sweep, struct finding_id id, struct plot *plot) MUST_CHECK;
void plot_free(struct plot *plot);

#endif
