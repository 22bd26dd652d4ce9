/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sheet: what reports write on. It folds, cuts and colours for all of them. */
#ifndef FINWAIT_REPORT_SHEET_H
#define FINWAIT_REPORT_SHEET_H

#include "report.h"
#include "text.h"

struct sheet {
	FILE *out;
	const struct report_style *style;
	unsigned int width; /* columns that paragraphs are folded to; 0: they are not */
};

/* A sheet as wide as @style asks, at least @least, or of @normal columns where it does not care. */
struct sheet sheet_open(FILE *out, const struct report_style *style, unsigned int normal,
                        unsigned int least);

/* A piece of a line, padded with blanks to @columns (0: as it is). */
void sheet_put(const struct sheet *sheet, enum attr attr, const char *text, unsigned int columns);
void sheet_blanks(const struct sheet *sheet, unsigned int columns);
void sheet_end_line(const struct sheet *sheet);

/* @text on lines of its own, folded, each with @indent blanks before it; nothing for "". */
void sheet_text(const struct sheet *sheet, unsigned int indent, enum attr attr, const char *text);
void sheet_format(const struct sheet *sheet, unsigned int indent, enum attr attr, const char *fmt,
                  ...) PRINTF(4, 5);

/* A cell of a row: @text folded to @columns. */
struct sheet_cell {
	const char *text;
	unsigned int columns;
	enum attr attr;
	bool tight; /* the next one follows without a blank */
};

#define SHEET_CELLS 40 /* of a row, at most */
/*
 * Cells side by side, a blank between them, over as many lines as the longest needs. No
 * blanks are left at the end of a line.
 */
void sheet_row(const struct sheet *sheet, unsigned int indent, const struct sheet_cell *cells,
               size_t count);

#endif
