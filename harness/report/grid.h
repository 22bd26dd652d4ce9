/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grid: a table as data, for those who put it elsewhere: an issue, a spreadsheet, a program. The
 * tables for people's eyes are each their own; what is in them goes through here in every other
 * format.
 */
#ifndef FINWAIT_REPORT_GRID_H
#define FINWAIT_REPORT_GRID_H

#include <stdbool.h>
#include <stdio.h>

#include "../base/arena.h"
#include "../base/fault.h"

/* How a column is printed; none of them: as it is. */
enum grid_use {
	GRID_CONTEXT = 1 << 0, /* who was asked: in Markdown above the table, if all rows have it */
	GRID_PROGRAMS = 1 << 1, /* not in Markdown: the same again as a number, or of no interest */
	GRID_NUMBER = 1 << 2, /* bare in JSON, null where the cell is empty */
};

struct grid_column {
	const char *name;
	unsigned int use;
};

#define GRID_COLUMNS 32

struct grid {
	const char *title; /* what was asked: "finwait run" */
	struct grid_column columns[GRID_COLUMNS];
	size_t column_count;
	const char **cells; /* row by row */
	size_t cell_count, cell_space;
	struct arena texts;
	bool no_memory;
};

enum grid_format { GRID_MARKDOWN, GRID_CSV, GRID_JSON, GRID_JSONL };

/* A grid without columns and rows; @title outlives it. grid_free() it. */
struct grid grid_open(const char *title);
/* @name is copied. Columns come before rows. */
void grid_column(struct grid *grid, const char *name, unsigned int use);
void grid_columns(struct grid *grid, const struct grid_column *columns, size_t count);
/* The next cell, from left to right and row by row. */
void grid_put(struct grid *grid, const char *fmt, ...) PRINTF(2, 3);
/*
 * Markdown (GitHub's): a line of what was asked and of whom, and a table. CSV: RFC 4180, the
 * columns' names first. JSON: an array of objects; JSON Lines: one a line. Returns 0, -ENOMEM or
 * -EIO.
 */
int grid_print(const struct grid *grid, enum grid_format format, FILE *out) MUST_CHECK;
void grid_free(struct grid *grid);

#endif
