// SPDX-License-Identifier: GPL-2.0-or-later
#include "sheet.h"

#include <stdarg.h>
#include <stdlib.h>

#define LINE_SIZE 1024 /* bytes; what is longer goes on in the next line */
#define CELL_SIZE 512

struct sheet sheet_open(FILE *out, const struct report_style *style, unsigned int normal,
                        unsigned int least)
{
	unsigned int width = style->width ? style->width : normal;

	return (struct sheet){.out = out, .style = style, .width = width < least ? least : width};
}

void sheet_put(const struct sheet *sheet, enum attr attr, const char *text, unsigned int columns)
{
	text_print(sheet->out, text, attr, sheet->style->colour, columns);
}

void sheet_blanks(const struct sheet *sheet, unsigned int columns)
{
	fprintf(sheet->out, "%*s", (int)columns, "");
}

void sheet_end_line(const struct sheet *sheet)
{
	fputc('\n', sheet->out);
}

void sheet_text(const struct sheet *sheet, unsigned int indent, enum attr attr, const char *text)
{
	/* Width 0 asks for paragraphs in one piece; columns have their own width. */
	unsigned int width = sheet->style->width ? sheet->width - indent : 0;
	char line[LINE_SIZE];

	while (text_fold(&text, width, line, sizeof(line))) {
		sheet_blanks(sheet, indent);
		sheet_put(sheet, attr, line, 0);
		sheet_end_line(sheet);
	}
}

void sheet_format(const struct sheet *sheet, unsigned int indent, enum attr attr, const char *fmt,
                  ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	sheet_text(sheet, indent, attr, text ? text : "(no memory for these words)");
	free(text);
}

/* False when all cells were at their end. */
static bool row_line(const struct sheet *sheet, unsigned int indent, const struct sheet_cell *cells,
                     const char *rest[], size_t count)
{
	char parts[SHEET_CELLS][CELL_SIZE];
	size_t last = count;

	for (size_t i = 0; i < count; i++) {
		parts[i][0] = '\0';
		if (text_fold(&rest[i], cells[i].columns, parts[i], sizeof(parts[i])))
			last = i;
	}
	if (last == count)
		return false;
	sheet_blanks(sheet, indent);
	for (size_t i = 0; i <= last; i++)
		sheet_put(sheet, cells[i].attr, parts[i],
		          i < last ? cells[i].columns + !cells[i].tight : 0);
	sheet_end_line(sheet);
	return true;
}

void sheet_row(const struct sheet *sheet, unsigned int indent, const struct sheet_cell *cells,
               size_t count)
{
	const char *rest[SHEET_CELLS];

	if (count > SHEET_CELLS)
		abort(); /* a row of ours with more cells than any has: never in the field */
	for (size_t i = 0; i < count; i++)
		rest[i] = cells[i].text;
	while (row_line(sheet, indent, cells, rest, count))
		;
}
