/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep: what a sweep came to. Theory of operation
 *
 * A point is a probe asked with one value of each axis, of one kernel, in one timer phase. Of each
 * record that comes no more is kept than what its findings are: a number of four bytes a finding,
 * of a cell, and each cell once: a sweep whose findings are few is small, however many points it
 * has. Points may come in any order; what is printed does not depend on it.
 *
 *   records -> table    build.c
 *   table   -> lines    vary.c   which axes a finding varies with
 *                       walk.c   a finding's rows: neighbours that came to the same are one
 *                       text.c   a block a finding that varies, with a column for each of them
 *                       rows.c   all findings in one table, for Markdown
 *                       lines.c  a line of JSON or of CSV a point and finding
 */
#ifndef FINWAIT_REPORT_SWEEP_SWEEP_H
#define FINWAIT_REPORT_SWEEP_SWEEP_H

#include "../../base/arena.h"
#include "../../base/map.h"
#include "../report.h"

/* A setting and its values: the caller's. */
struct sweep_axis {
	const char *name; /* as it was typed */
	bool is_param; /* --param, else --set */
	const char *const *values;
	size_t count;
};

/* What a finding came to somewhere: each once in a table. */
struct sweep_cell {
	struct value says, predicts, measured;
	enum verdict verdict;
	enum model model;
	const char *note;
};

/* A finding of a probe, over all points. */
struct sweep_question {
	const char *probe; /* the record's id */
	struct finding like; /* what is the same everywhere: claim, case, name, unit, rule */
	uint32_t *cells; /* one a slot: a cell's number, from 1 on; 0: nothing came */
};

/* Points that came to no findings of their own accord, and why. */
struct sweep_trouble {
	const char *probe, *kernel, *reason;
	enum outcome outcome;
	size_t points;
};

struct sweep_table {
	const struct sweep_axis *axes;
	size_t axis_count;
	const char *const *kernels;
	size_t kernel_count, phases;
	const char *whom; /* a heading's first words (../heading.h); the caller's */
	size_t combos; /* of the axes' values */
	size_t slots; /* combos * kernels * phases */
	struct sweep_question *questions;
	size_t question_count, question_space;
	struct sweep_cell *cells;
	size_t cell_count, cell_space;
	struct sweep_trouble *troubles;
	size_t trouble_count, trouble_space;
	struct map cell_places, question_places, texts_by_key;
	struct arena texts;
	size_t points; /* that came */
};

/* Where a record belongs. */
struct sweep_place {
	size_t combo, kernel, phase;
};

/* Fills in all but axes, kernels and phases, which are the caller's and set before. */
void sweep_table_start(struct sweep_table *table);
/* 0 or -ENOMEM. */
int sweep_table_add(struct sweep_table *table, const struct sweep_place *place,
                    const struct record *rec) MUST_CHECK;
void sweep_table_free(struct sweep_table *table);

/* Which of the @axis's values the combination @combo has; the last axis turns fastest. */
size_t combo_value(const struct sweep_axis *axes, size_t axis_count, size_t combo, size_t axis);
size_t slot_of(const struct sweep_table *table, const struct sweep_place *place);
/* Questions by probe, claim, case and name, whatever came first; to be freed, NULL without memory. */
const struct sweep_question **sweep_order(const struct sweep_table *table);

/* Points without an answer by probe, kernel and reason; to be freed, NULL without memory. */
struct sweep_trouble *sweep_troubles(const struct sweep_table *table);

/* 0, -ENOMEM or -EIO. */
int sweep_print(const struct sweep_table *table, const struct report_style *style,
                FILE *out) MUST_CHECK;
/* @lines: an object a line, else all in an array. */
int sweep_print_json(const struct sweep_table *table, bool lines, FILE *out) MUST_CHECK;
int sweep_print_csv(const struct sweep_table *table, FILE *out) MUST_CHECK;
/* As rows of @grid, which has no columns yet. 0 or -ENOMEM. */
struct grid;
int sweep_put(struct grid *grid, const struct sweep_table *table) MUST_CHECK;

#endif
