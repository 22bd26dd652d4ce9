// SPDX-License-Identifier: GPL-2.0-or-later
#include "sheet.h"

#include <stdarg.h>
#include <stdlib.h>

void sheet_put(const struct sheet *sheet, enum attr attr, const char *text)
{
	text_print(sheet->out, text, attr, sheet->style->colour, 0);
}

void sheet_text(const struct sheet *sheet, enum attr attr, const char *text)
{
	unsigned int width = sheet->width > sheet->indent ? sheet->width - sheet->indent : 0;
	char line[1024];

	while (text_fold(&text, width, line, sizeof(line))) {
		fprintf(sheet->out, "%*s", (int)sheet->indent, "");
		sheet_put(sheet, attr, line);
		fputc('\n', sheet->out);
	}
}

void sheet_format(const struct sheet *sheet, enum attr attr, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	sheet_text(sheet, attr, text ? text : "(no memory for these words)");
	free(text);
}
