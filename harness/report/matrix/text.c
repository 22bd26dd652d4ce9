// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text: the matrix as a table.
 *
 *   Linux 5.10, 6.1, 6.12, virtual time, faithful, IPv4   3 claims by 1 probe, 6 min of kernel time
 *
 *   finding              says     5.10      6.1       6.12      verdict    model
 *
 *   loss.syn  Every SYN is lost
 *     syn_segments       7         7         7       *11        (below)    held
 *       5.10, 6.1: confirmed; 6.12: REFUTED
 *     lifetime           -         127 s     127 s   !131 s     -          FAILED
 *       6.12: MODEL FAILED  predicted 127.00..128.10 s  measured 131.07 s
 *
 * Where there is no room for it, a finding is
 *
 *     syn_segments: says 7, (below)
 *       5.10, 6.1: 7; 6.12: *11
 */
#include "text.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "../../base/buffer.h"
#include "../heading.h"
#include "../verdict_words.h"

#define WIDTH_DEFAULT 120
#define WIDTH_LEAST 60
#define FEW_BLOCKS 3 /* of which every row is shown */
static_assert(2 * MATRIX_COLUMNS + 6 <= SHEET_CELLS, "a row is printed at once");

struct printer {
	const struct matrix *mx;
	struct sheet sheet;
	enum matrix_rows which;
	struct matrix_layout layout;
};

static const struct {
	const char *text;
	enum attr attr;
} marks[] = {
	[MARK_NONE] = {"", ATTR_PLAIN},     [MARK_DIFFERS] = {"*", ATTR_YELLOW},
	[MARK_PHASES] = {"~", ATTR_YELLOW}, [MARK_UNDECIDED] = {"?", ATTR_MAGENTA},
	[MARK_FAILED] = {"!", ATTR_RED},
};
static_assert(sizeof(marks) / sizeof(marks[0]) == MARK_COUNT, "a character for every mark");

static const struct {
	const char *word;
	enum attr attr;
} models[] = {
	[MODEL_UNJUDGED] = {"-", ATTR_DIM},
	[MODEL_HOLDS] = {"held", ATTR_GREEN},
	[MODEL_FAILS] = {"FAILED", ATTR_RED},
};

const char *mark_text(enum cell_mark mark)
{
	return marks[mark].text;
}

const char *matrix_verdict_word(const struct matrix_row *row)
{
	if (row->verdict_differs)
		return "(below)";
	return row->verdict == VERDICT_NONE ? "-" : verdict_word(row->verdict);
}

static enum attr row_attr(const struct matrix_row *row)
{
	return row->verdict_differs ? ATTR_YELLOW : verdict_attr(row->verdict);
}

bool matrix_row_is_shown(const struct matrix_row *row, enum matrix_rows which)
{
	switch (which) {
	case MATRIX_ROWS_USUAL:
		return row->news;
	case MATRIX_ROWS_DIFFERING:
		return row->disagree;
	case MATRIX_ROWS_ALL:
		break;
	}
	return true;
}

/* A row as it is put together; blanks between cells are cells of their own. */
struct cells {
	struct sheet_cell items[SHEET_CELLS];
	size_t count;
};

static void cells_add(struct cells *cells, const char *text, unsigned int columns, enum attr attr)
{
	cells->items[cells->count++] =
		(struct sheet_cell){.text = text, .columns = columns, .attr = attr, .tight = true};
}

static void cells_begin(const struct printer *pr, struct cells *cells, const char *name,
                        const char *says, enum attr name_attr)
{
	cells->count = 0;
	cells_add(cells, name, pr->layout.name, name_attr);
	cells->items[0].tight = false;
	cells_add(cells, says, pr->layout.says, ATTR_DIM);
}

static void cells_add_value(struct cells *cells, const char *mark, const char *text,
                            unsigned int columns, enum attr attr)
{
	cells->items[cells->count - 1].tight = false;
	cells_add(cells, mark, 1, attr);
	cells_add(cells, text, columns, attr);
}

/* A cell to the right of the values. */
static void cells_add_word(struct cells *cells, const char *text, unsigned int columns,
                           enum attr attr)
{
	cells->items[cells->count - 1].tight = false;
	cells_add(cells, text, columns, attr);
}

/* Long words that are the same everywhere are told once, over all columns. */
static bool is_told_once(const struct printer *pr, const struct matrix_row *row)
{
	return matrix_row_is_plain(pr->mx, row) &&
	       text_columns(row->cells[0].text) > pr->layout.value;
}

static void cells_add_values(const struct printer *pr, const struct matrix_row *row,
                             struct cells *cells)
{
	bool told = false;

	for (size_t i = 0; i < pr->mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		bool is_long = text_columns(cell->text) > pr->layout.value;
		bool same = told && is_long && matrix_cell_is_plain(cell);

		cells_add_value(cells, marks[cell->mark].text, same ? "same" : cell->text,
		                pr->layout.value, marks[cell->mark].attr);
		told |= cell->measured;
	}
}

static void print_cells(const struct printer *pr, const struct matrix_row *row)
{
	const struct matrix_layout *layout = &pr->layout;
	unsigned int all = (unsigned int)pr->mx->count * (layout->value + CELL_GAP) - CELL_GAP;
	bool long_name = text_columns(row->title) > layout->name;
	struct cells cells;

	if (long_name)
		sheet_text(&pr->sheet, MATRIX_INDENT, ATTR_PLAIN, row->title);
	cells_begin(pr, &cells, long_name ? "" : row->title, row->says, ATTR_PLAIN);
	if (is_told_once(pr, row))
		cells_add_value(&cells, "", row->cells[0].text, all, ATTR_PLAIN);
	else
		cells_add_values(pr, row, &cells);
	cells_add_word(&cells, row->id.claim ? matrix_verdict_word(row) : "", layout->verdict,
	               row_attr(row));
	cells_add_word(&cells, row->id.claim ? models[row->model].word : "", MODEL_COLUMNS,
	               models[row->model].attr);
	sheet_row(&pr->sheet, MATRIX_INDENT, cells.items, cells.count);
}

/* ---- where there is no room for columns ---- */

static bool same_cell(const struct matrix_cell *a, const struct matrix_cell *b)
{
	return a->mark == b->mark && !strcmp(a->text, b->text);
}

static bool cell_is_told(const struct matrix_row *row, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_cell(&row->cells[i], &row->cells[at]))
			return true;
	return false;
}

/* "5.10, 6.1: 7", of all kernels that have what column @at has. */
static void cell_add_words(const struct matrix *mx, const struct matrix_row *row, size_t at,
                           struct buffer *words)
{
	const char *separator = at ? "; " : "";

	for (size_t i = at; i < mx->count; i++) {
		if (!same_cell(&row->cells[i], &row->cells[at]))
			continue;
		buffer_add(words, "%s%s", separator, mx->columns[i].name);
		separator = ", ";
	}
	buffer_add(words, ": %s%s", marks[row->cells[at].mark].text, row->cells[at].text);
}

static void print_words(const struct printer *pr, const struct matrix_row *row)
{
	struct buffer words = {0};
	const char *text;

	sheet_text(&pr->sheet, MATRIX_INDENT, ATTR_PLAIN, row->title);
	if (row->id.claim && row->verdict != VERDICT_NONE && !row->says_differ)
		sheet_format(&pr->sheet, MATRIX_INDENT + 2, row_attr(row), "says %s: %s", row->says,
		             matrix_verdict_word(row));
	for (size_t i = 0; i < pr->mx->count; i++)
		if (!cell_is_told(row, i))
			cell_add_words(pr->mx, row, i, &words);
	text = buffer_text(&words);
	sheet_text(&pr->sheet, MATRIX_INDENT + 2, ATTR_PLAIN,
	           text ? text : "(no memory for these words)");
	buffer_free(&words);
}

static void print_row(const struct printer *pr, const struct matrix_row *row)
{
	if (pr->layout.in_words)
		print_words(pr, row);
	else
		print_cells(pr, row);
	sheet_text(&pr->sheet, MATRIX_INDENT + 2, row_attr(row), row->article);
	for (size_t i = 0; i < row->failures.count; i++)
		sheet_text(&pr->sheet, MATRIX_INDENT + 2, ATTR_RED, row->failures.items[i]);
}

static void print_title(const struct printer *pr, const struct matrix_block *block)
{
	const char *title = block->rec->title, *id = block->rec->probe;
	const char *family = block->rec->family == FAMILY_IPV6 ? "  IPv6" : "";
	const struct sheet *sheet = &pr->sheet;
	bool fits =
		text_columns(id) + 2 + text_columns(title) + text_columns(family) <= sheet->width;

	sheet_end_line(sheet);
	sheet_put(sheet, ATTR_BOLD, id, 0);
	if (*title && fits) {
		sheet_blanks(sheet, 2);
		sheet_put(sheet, ATTR_PLAIN, title, 0);
	}
	sheet_put(sheet, ATTR_DIM, family, 0);
	sheet_end_line(sheet);
	if (!fits)
		sheet_text(sheet, MATRIX_INDENT + 2, ATTR_PLAIN, title);
	for (size_t i = 0; i < block->conditions.count; i++)
		sheet_text(sheet, MATRIX_INDENT + 2, ATTR_YELLOW, block->conditions.items[i]);
}

/* Returns how many rows it left out. */
static size_t print_block(const struct printer *pr, const struct matrix_block *block)
{
	const char *claim = "";
	size_t shown = 0;

	for (size_t i = block->row; i < block->row + block->row_count; i++) {
		const struct matrix_row *row = &pr->mx->rows[i];

		if (!matrix_row_is_shown(row, pr->which))
			continue;
		if (!shown++)
			print_title(pr, block);
		if (row->id.claim && strcmp(claim, row->id.claim) &&
		    strcmp(block->rec->probe, row->id.claim))
			sheet_text(&pr->sheet, MATRIX_INDENT, ATTR_CYAN, row->id.claim);
		claim = row->id.claim ? row->id.claim : "";
		print_row(pr, row);
	}
	return block->row_count - shown;
}

static void print_heads(const struct printer *pr)
{
	struct cells cells;

	if (pr->layout.in_words)
		return;
	cells_begin(pr, &cells, "finding", "says", ATTR_DIM);
	for (size_t i = 0; i < pr->mx->count; i++)
		cells_add_value(&cells, "", pr->mx->columns[i].name, pr->layout.value, ATTR_BOLD);
	cells_add_word(&cells, "verdict", pr->layout.verdict, ATTR_DIM);
	cells_add_word(&cells, "model", MODEL_COLUMNS, ATTR_DIM);
	sheet_row(&pr->sheet, MATRIX_INDENT, cells.items, cells.count);
}

static void print_matrix(struct printer *pr)
{
	const struct matrix *mx = pr->mx;
	size_t left_out = 0;

	if (pr->which == MATRIX_ROWS_USUAL && mx->block_count <= FEW_BLOCKS)
		pr->which = MATRIX_ROWS_ALL;
	heading_print_columns(&pr->sheet, mx->columns, mx->count);
	sheet_end_line(&pr->sheet);
	matrix_layout_find(mx, pr->which, pr->sheet.width, &pr->layout);
	print_heads(pr);
	for (size_t i = 0; i < mx->block_count; i++)
		left_out += print_block(pr, &mx->blocks[i]);
	matrix_print_foot(mx, &pr->sheet, pr->which, left_out);
}

int matrix_print(const struct matrix_column *columns, size_t count, int64_t slack_ns,
                 enum matrix_rows which, const struct report_style *style, FILE *out)
{
	struct matrix mx;
	struct printer pr = {
		.mx = &mx,
		.which = which,
		.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_LEAST),
	};
	int err;

	if (count > MATRIX_COLUMNS)
		return -E2BIG;
	err = matrix_build(columns, count, slack_ns, &mx);
	if (!err)
		print_matrix(&pr);
	matrix_free(&mx);
	if (err)
		return err;
	return ferror(out) ? -EIO : 0;
}
