/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sheet: what reports write on. It knows the width, folds and colours. */
#ifndef FINWAIT_REPORT_SHEET_H
#define FINWAIT_REPORT_SHEET_H

#include "../base/fault.h"
#include "report.h"
#include "text.h"

struct sheet {
	FILE *out;
	const struct report_style *style;
	unsigned int width; /* columns; 0: no limit */
	unsigned int indent; /* blanks before each line */
};

/* @text on lines of its own, folded; nothing for "". */
void sheet_text(const struct sheet *sheet, enum attr attr, const char *text);
void sheet_format(const struct sheet *sheet, enum attr attr, const char *fmt, ...) PRINTF(3, 4);
/* A piece of a line: no fold, no newline. */
void sheet_put(const struct sheet *sheet, enum attr attr, const char *text);

#endif
