/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix: the parts of the matrix, for its own files. matrix_cell.c finds out what stands
 * in each cell, matrix.c prints the table, matrix_article.c what the article comes to
 * where that is not the same on all, matrix_foot.c the footnotes and what each column is.
 */
#ifndef FINWAIT_REPORT_MATRIX_H
#define FINWAIT_REPORT_MATRIX_H

#include "alike.h"
#include "report.h"
#include "text.h"

#define MATRIX_INDENT 2

struct matrix_tally {
	size_t probes, findings, differ, held, failed, missing;
};

/* Words, each of them once. */
struct words {
	char **items;
	size_t count;
};

struct matrix {
	const struct matrix_column *columns;
	size_t count;
	const struct report_style *style;
	FILE *out;
	int64_t slack_ns;
	unsigned int width, says, value; /* columns of text; says 0: not shown */
	struct words notes; /* footnotes, [1] first */
	struct words split; /* claims whose verdict is not the same everywhere */
	struct matrix_tally tally[MATRIX_COLUMNS];
	size_t rows, rows_differ, rows_failed;
	unsigned int blanks; /* due before what comes next on the line */
	bool no_memory;
};

/* One kernel's answer to one question. */
struct matrix_cell {
	const struct record *rec; /* NULL: none */
	const struct finding *finding; /* NULL: none */
	const struct spread *spread; /* over the timer phases; NULL: run once */
	const struct value *value; /* measured, of @spread or else of @finding */
	char text[256];
	char mark; /* ' ', or of legend: see matrix_foot.c */
	bool measured, differs, model_ok;
};

struct matrix_row {
	const char *probe;
	struct finding_id id; /* claim NULL: a probe without findings */
	struct matrix_cell cells[MATRIX_COLUMNS];
	bool says_differ, verdict_differs; /* what the article comes to */
};

/* The number of these words in @list from 1 on, new or not; 0 without memory. */
size_t matrix_words(struct matrix *mx, struct words *list, const char *words);
const struct record *matrix_record(const struct matrix *mx, size_t column, const char *probe);
/* @text in a cell of @columns; no blanks are left at the end of a line. */
void matrix_put(struct matrix *mx, const char *text, enum attr attr, unsigned int columns);
void matrix_end_line(struct matrix *mx);
void matrix_put_folded(struct matrix *mx, unsigned int indent, const char *text, enum attr attr);

/* matrix_cell.c: fill in the cells of @row, whose question is set. */
void matrix_row_fill(struct matrix *mx, struct matrix_row *row);

/* matrix_article.c: of a row whose cells are filled in; and the line, if it is due. */
void matrix_article_fill(const struct matrix *mx, struct matrix_row *row);
void matrix_print_article(struct matrix *mx, const struct matrix_row *row);

/* matrix_foot.c */
void matrix_print_foot(struct matrix *mx);

#endif
