/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text: the matrix as lines of text; for its own files. */
#ifndef FINWAIT_REPORT_MATRIX_TEXT_H
#define FINWAIT_REPORT_MATRIX_TEXT_H

#include "../sheet.h"
#include "matrix.h"

#define MATRIX_INDENT 2
#define MODEL_COLUMNS 6
#define CELL_GAP 2 /* a blank and the mark */

/* What stands before a cell; "" for MARK_NONE. */
const char *mark_text(enum cell_mark mark);
/* "REFUTED"; "(below)" where kernels do not agree; "-" where no article says anything. */
const char *matrix_verdict_word(const struct matrix_row *row);
/*
 * Words that are no news. Nothing is lost where such a cell is not printed again, while alike times
 * may yet differ; of a row they are the same for all kernels.
 */
bool matrix_cell_is_plain(const struct matrix_cell *cell);
bool matrix_row_is_plain(const struct matrix *mx, const struct matrix_row *row);
bool matrix_row_is_shown(const struct matrix_row *row, enum matrix_rows which);

/* layout.c: the columns of text of each column. */
struct matrix_layout {
	unsigned int name, says, value, verdict;
	bool in_words; /* there is no room for columns */
};
void matrix_layout_find(const struct matrix *mx, enum matrix_rows which, unsigned int width,
                        struct matrix_layout *layout);

/* foot.c: below the table, of whose rows @left_out were not printed. */
void matrix_print_foot(const struct matrix *mx, const struct sheet *sheet, enum matrix_rows which,
                       size_t left_out);

#endif
