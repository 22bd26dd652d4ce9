/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix: the parts of the matrix, for its own files. matrix.c finds out what stands in
 * each cell and prints the table; matrix_foot.c the footnotes and what each column is.
 */
#ifndef FINWAIT_REPORT_MATRIX_H
#define FINWAIT_REPORT_MATRIX_H

#include "diff.h"

struct matrix_tally {
	size_t probes, findings, differ, held, failed, missing;
};

struct matrix {
	const struct matrix_column *columns;
	size_t count;
	const struct report_style *style;
	FILE *out;
	int64_t slack_ns;
	unsigned int width, says, value; /* columns of text; says 0: not shown */
	char **notes; /* footnotes, [1] first */
	size_t note_count;
	struct matrix_tally tally[MATRIX_COLUMNS];
	size_t rows, rows_differ, rows_failed;
	unsigned int blanks; /* due before what comes next on the line */
	bool no_memory;
};

/* One kernel's answer to one question. */
struct matrix_cell {
	const struct record *rec; /* NULL: none */
	const struct finding *finding; /* NULL: none */
	char text[256];
	char mark; /* ' ', '*' differs, '!' the model failed, '?' inconclusive */
	bool measured, differs;
};

struct matrix_row {
	const char *probe, *claim, *name; /* claim NULL: a probe without findings */
	struct matrix_cell cells[MATRIX_COLUMNS];
	bool all_alike; /* measured on every kernel, the same */
};

/* The number of a footnote with these words, new or not; 0 without memory. */
size_t matrix_note(struct matrix *mx, const char *words);
const struct record *matrix_record(const struct matrix *mx, size_t column, const char *probe);
/* @text in a cell of @columns; no blanks are left at the end of a line. */
void matrix_put(struct matrix *mx, const char *text, enum attr attr, unsigned int columns);
void matrix_end_line(struct matrix *mx);
void matrix_put_folded(struct matrix *mx, unsigned int indent, const char *text, enum attr attr);

/* matrix_cell.c: fill in the cells of @row, whose question is set. */
void matrix_row_fill(struct matrix *mx, struct matrix_row *row);

/* matrix_foot.c */
void matrix_print_foot(struct matrix *mx);

#endif
