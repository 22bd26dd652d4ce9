// SPDX-License-Identifier: GPL-2.0-or-later
#include "grid.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "markdown.h"
#include "text.h"

struct grid grid_open(const char *title)
{
	return (struct grid){.title = title};
}

void grid_column(struct grid *grid, const char *name, unsigned int use)
{
	const char *kept = arena_text(&grid->texts, name);

	if (grid->column_count == GRID_COLUMNS)
		abort(); /* a grid of ours with more columns than any has: never in the field */
	grid->no_memory |= !kept;
	grid->columns[grid->column_count++] = (struct grid_column){kept ? kept : "", use};
}

void grid_columns(struct grid *grid, const struct grid_column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		grid_column(grid, columns[i].name, columns[i].use);
}

void grid_put(struct grid *grid, const char *fmt, ...)
{
	const char **cells =
		array_reserve(grid->cells, &grid->cell_space, grid->cell_count + 1, sizeof(*cells));
	const char *kept = NULL;
	va_list args;
	char *text;

	if (!cells) {
		grid->no_memory = true;
		return;
	}
	grid->cells = cells;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0) {
		kept = arena_text(&grid->texts, text);
		free(text);
	}
	va_end(args);
	grid->no_memory |= !kept;
	cells[grid->cell_count++] = kept ? kept : "";
}

void grid_free(struct grid *grid)
{
	arena_clear(&grid->texts);
	free(grid->cells);
	*grid = (struct grid){0};
}

static size_t row_count(const struct grid *grid)
{
	return grid->column_count ? grid->cell_count / grid->column_count : 0;
}

static const char *cell_at(const struct grid *grid, size_t row, size_t column)
{
	return grid->cells[row * grid->column_count + column];
}

/* Each character that may stand there, by @put; what may not is '?' (text_next_utf8()). */
static void put_each(FILE *out, const char *text, void (*put)(FILE *out, const char *glyph))
{
	unsigned int columns;
	char glyph[5];
	size_t n;

	while ((n = text_next_utf8(text, glyph, &columns))) {
		put(out, glyph);
		text += n;
	}
}

/* ---- CSV ---- */

static void csv_glyph(FILE *out, const char *glyph)
{
	fputs(*glyph == '"' ? "\"\"" : glyph, out);
}

/* A spreadsheet would reckon with a cell that begins so: what a record says is not its to run. */
static bool csv_is_formula(const char *text)
{
	return strchr("=+@", *text) ||
	       (*text == '-' && text[1] && !isdigit((unsigned char)text[1]));
}

static void csv_cell(FILE *out, const char *text)
{
	bool formula = *text && csv_is_formula(text);
	bool quoted = formula || strpbrk(text, ",\"") || *text == ' ';

	fputs(quoted ? "\"" : "", out);
	fputs(formula ? "'" : "", out);
	put_each(out, text, csv_glyph);
	fputs(quoted ? "\"" : "", out);
}

static void csv_print(const struct grid *grid, FILE *out)
{
	for (size_t i = 0; i < grid->column_count; i++) {
		fputs(i ? "," : "", out);
		csv_cell(out, grid->columns[i].name);
	}
	fputs("\r\n", out);
	for (size_t row = 0; row < row_count(grid); row++) {
		for (size_t i = 0; i < grid->column_count; i++) {
			fputs(i ? "," : "", out);
			csv_cell(out, cell_at(grid, row, i));
		}
		fputs("\r\n", out);
	}
}

/* ---- JSON ---- */

static void json_glyph(FILE *out, const char *glyph)
{
	if (*glyph == '"' || *glyph == '\\')
		fputc('\\', out);
	fputs(glyph, out);
}

static void json_text(FILE *out, const char *text)
{
	fputc('"', out);
	put_each(out, text, json_glyph);
	fputc('"', out);
}

static void json_row(const struct grid *grid, size_t row, FILE *out)
{
	for (size_t i = 0; i < grid->column_count; i++) {
		const char *cell = cell_at(grid, row, i);

		fputs(i ? "," : "{", out);
		json_text(out, grid->columns[i].name);
		fputc(':', out);
		if (grid->columns[i].use & GRID_NUMBER)
			fputs(*cell ? cell : "null", out);
		else
			json_text(out, cell);
	}
	fputc('}', out);
}

static void json_print(const struct grid *grid, bool lines, FILE *out)
{
	fputs(lines ? "" : "[", out);
	for (size_t row = 0; row < row_count(grid); row++) {
		fputs(lines ? "" : row ? ",\n" : "\n", out);
		json_row(grid, row, out);
		fputs(lines ? "\n" : "", out);
	}
	fputs(lines ? "" : "\n]\n", out);
}

/* ---- Markdown ---- */

/* Whether all rows have the same in @column. */
static bool is_same(const struct grid *grid, size_t column)
{
	for (size_t row = 1; row < row_count(grid); row++)
		if (strcmp(cell_at(grid, row, column), cell_at(grid, 0, column)) != 0)
			return false;
	return row_count(grid) > 0;
}

static bool is_above(const struct grid *grid, size_t column)
{
	return (grid->columns[column].use & GRID_CONTEXT) && is_same(grid, column);
}

static bool is_shown(const struct grid *grid, size_t column)
{
	return !(grid->columns[column].use & GRID_PROGRAMS) && !is_above(grid, column);
}

static void markdown_head(const struct grid *grid, FILE *out)
{
	const char *separator = ": ";

	fputs("**", out);
	markdown_text(out, grid->title);
	fputs("**", out);
	for (size_t i = 0; i < grid->column_count; i++) {
		if (!is_above(grid, i) || !*cell_at(grid, 0, i))
			continue;
		fputs(separator, out);
		markdown_text(out, grid->columns[i].name);
		fputc(' ', out);
		markdown_text(out, cell_at(grid, 0, i));
		separator = ", ";
	}
	fputs("\n\n", out);
}

static void markdown_row(const struct grid *grid, size_t row, FILE *out)
{
	for (size_t i = 0; i < grid->column_count; i++) {
		if (!is_shown(grid, i))
			continue;
		fputs("| ", out);
		markdown_text(out, cell_at(grid, row, i));
		fputc(' ', out);
	}
	fputs("|\n", out);
}

static void markdown_print(const struct grid *grid, FILE *out)
{
	markdown_head(grid, out);
	if (!row_count(grid)) {
		fputs("Nothing.\n", out);
		return;
	}
	for (size_t i = 0; i < grid->column_count; i++)
		if (is_shown(grid, i)) {
			fputs("| ", out);
			markdown_text(out, grid->columns[i].name);
			fputc(' ', out);
		}
	fputs("|\n", out);
	for (size_t i = 0; i < grid->column_count; i++)
		fputs(is_shown(grid, i) ? "| --- " : "", out);
	fputs("|\n", out);
	for (size_t row = 0; row < row_count(grid); row++)
		markdown_row(grid, row, out);
}

int grid_print(const struct grid *grid, enum grid_format format, FILE *out)
{
	if (grid->no_memory)
		return -ENOMEM;
	switch (format) {
	case GRID_MARKDOWN:
		markdown_print(grid, out);
		break;
	case GRID_CSV:
		csv_print(grid, out);
		break;
	case GRID_JSON:
	case GRID_JSONL:
		json_print(grid, format == GRID_JSONL, out);
		break;
	}
	return ferror(out) ? -EIO : 0;
}
