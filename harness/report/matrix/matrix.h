/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix: every finding on every kernel, for the matrix's own files. Theory of operation:
 *
 *   columns -> matrix   build.c      a block a probe, a row a finding, a cell a kernel
 *                       cell.c       what stands in a cell, how it compares with its row
 *                       article.c    what the article comes to where kernels do not agree
 *   matrix  -> lines    text.c       the table
 *                       layout.c     how wide its columns are
 *                       foot.c       marks, notes, what each column is, totals
 *
 * The matrix is built whole before a line of it is printed, so that another printer (a page)
 * needs none of the rules.
 */
#ifndef FINWAIT_REPORT_MATRIX_MATRIX_H
#define FINWAIT_REPORT_MATRIX_MATRIX_H

#include "../../base/arena.h"
#include "../alike.h"
#include "../report.h"

/* Texts; some lists have each of them once. */
struct words {
	const char **items;
	size_t count, space;
};

/* How a cell compares with its row. */
enum cell_mark {
	MARK_NONE,
	MARK_DIFFERS, /* from the first kernel of the row */
	MARK_PHASES, /* not the same in all timer phases */
	MARK_UNDECIDED,
	MARK_FAILED, /* the model did */
	MARK_COUNT,
};

/* One kernel's answer to one question. */
struct matrix_cell {
	const struct record *rec; /* NULL: none */
	const struct finding *finding; /* NULL: none */
	const struct spread *spread; /* over the timer phases; NULL: run once */
	const struct value *value; /* measured, of @spread or else of @finding */
	const char *text; /* with the number of its note: "11 [2]" */
	const char *bare, *note; /* without it, and what the note says; NULL: there is none */
	enum cell_mark mark;
	bool measured, differs, model_ok;
	bool unjudged; /* the run was carried out, and has no such finding */
};

struct matrix_row {
	struct finding_id id; /* claim NULL: a probe without findings */
	const char *title; /* its name, with its case */
	struct matrix_cell *cells; /* one a column */
	enum model model; /* on all kernels together */
	bool says_differ, verdict_differs; /* what the article comes to */
	bool disagree; /* kernels do, in any of these */
	bool news; /* ... or not all is as said and predicted */
	enum verdict verdict; /* of all kernels where it does not differ */
	const char *says; /* what it says, shortly: "(below)" where not the same for all */
	const char *article; /* what it comes to where not the same for all; "" */
	struct words failures; /* "6.12: MODEL FAILED  predicted ..." */
};

/* A probe's rows. */
struct matrix_block {
	const struct record *rec; /* one of its records: id, title, family */
	struct words conditions; /* "6.12 was run with other parameters than 5.10" */
	size_t row, row_count; /* in matrix.rows */
};

struct matrix_tally {
	size_t findings, differ, held, failed, missing;
};

struct matrix {
	const struct matrix_column *columns;
	size_t count;
	int64_t slack_ns;
	struct matrix_block *blocks;
	size_t block_count, block_space;
	struct matrix_row *rows;
	size_t row_count, row_space;
	struct matrix_tally *tally; /* one a column */
	struct words notes; /* footnotes, [1] first */
	struct words split; /* claims whose verdict is not the same everywhere */
	size_t findings, differ, failed; /* rows */
	struct arena texts;
	bool no_memory;
};

/* 0 or -ENOMEM; matrix_free() it either way. The columns outlive it. */
int matrix_build(const struct matrix_column *columns, size_t count, int64_t slack_ns,
                 struct matrix *mx) MUST_CHECK;
void matrix_free(struct matrix *mx);

/* ---- for building ---- */

/* A text that lives as long as @mx; "" without memory, which is remembered. */
const char *matrix_text(struct matrix *mx, const char *fmt, ...) PRINTF(2, 3);
/* Adds @text, which lives as long as @mx, at the end. */
void words_add(struct matrix *mx, struct words *list, const char *text);
/* The number of @text in @list from 1 on, added where it is new. */
size_t words_number(struct matrix *mx, struct words *list, const char *text);
/* The record of @probe in a column, of the same family; NULL: none. */
const struct record *matrix_record(const struct matrix *mx, size_t column,
                                   const struct record *like);

/* cell.c: fill in the cells of @row, whose question is set. */
void row_fill(struct matrix *mx, const struct matrix_block *block, struct matrix_row *row);
/* article.c: of a row whose cells are filled in. */
void row_article(struct matrix *mx, struct matrix_row *row);

#endif
