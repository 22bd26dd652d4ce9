/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text: the matrix as lines of text; for its own files. */
#ifndef FINWAIT_REPORT_MATRIX_TEXT_H
#define FINWAIT_REPORT_MATRIX_TEXT_H

#include "../sheet.h"
#include "matrix.h"

/* What stands before a cell; "" for MARK_NONE. */
const char *mark_text(enum cell_mark mark);

/* foot.c: below the table. */
void matrix_print_foot(const struct matrix *mx, const struct sheet *sheet);

#endif
