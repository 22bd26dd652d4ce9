// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text: the matrix as a table.
 *
 *   finding              says      5.10     6.1      6.12     model
 *
 *   loss.syn  Every SYN is lost
 *     syn_segments       7          7        7       *11      held
 *     lifetime           -          127 s    127 s   !131 s   FAILED
 *       6.12: MODEL FAILED  predicted 127.00..128.10 s  measured 131.07 s
 */
#include "text.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 80
#define INDENT 2
#define NAME_COLUMNS 24
#define SAYS_COLUMNS 14
#define MODEL_COLUMNS 6
#define VALUE_GOOD 12 /* the article's figure gives way when values get narrower */
#define VALUE_MIN 8
#define VALUE_MOST 34 /* a few short columns look lost far apart */
#define CELL_GAP 2 /* a blank and the mark */
static_assert(2 * MATRIX_COLUMNS + 4 <= SHEET_CELLS, "a row is printed at once");

struct printer {
	const struct matrix *mx;
	struct sheet sheet;
	unsigned int says, value; /* columns of text; says 0: not shown */
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

static void printer_measure(struct printer *pr)
{
	unsigned int fixed = INDENT + NAME_COLUMNS + CELL_GAP + MODEL_COLUMNS;
	unsigned int columns = pr->mx->count ? (unsigned int)pr->mx->count : 1;
	unsigned int room = pr->sheet.width - fixed;

	pr->says = SAYS_COLUMNS;
	if ((room - SAYS_COLUMNS - 1) / columns < VALUE_GOOD + CELL_GAP)
		pr->says = 0;
	else
		room -= SAYS_COLUMNS + 1;
	pr->value = room / columns > VALUE_MIN + CELL_GAP ? room / columns - CELL_GAP : VALUE_MIN;
	if (pr->value > VALUE_MOST)
		pr->value = VALUE_MOST;
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
	cells_add(cells, name, NAME_COLUMNS, name_attr);
	if (pr->says)
		cells_add(cells, says, pr->says + 1, ATTR_DIM);
}

static void cells_add_value(struct cells *cells, const char *mark, const char *text,
                            unsigned int columns, enum attr attr)
{
	cells->items[cells->count - 1].tight = false;
	cells_add(cells, mark, 1, attr);
	cells_add(cells, text, columns, attr);
}

static void cells_print(const struct printer *pr, struct cells *cells, const char *model,
                        enum attr attr)
{
	cells->items[cells->count - 1].tight = false;
	cells_add(cells, "", 1, ATTR_PLAIN);
	cells_add(cells, model, 0, attr);
	sheet_row(&pr->sheet, INDENT, cells->items, cells->count);
}

/* Nothing is lost where such a cell is not printed again: alike times may yet differ. */
static bool is_plain_words(const struct matrix_cell *cell)
{
	return cell->measured && cell->value->kind == VALUE_TEXT && cell->mark == MARK_NONE;
}

/* Long words that are the same everywhere are told once, over all columns. */
static bool is_told_once(const struct printer *pr, const struct matrix_row *row)
{
	for (size_t i = 0; i < pr->mx->count; i++)
		if (!is_plain_words(&row->cells[i]))
			return false;
	return text_columns(row->cells[0].text) > pr->value;
}

static void cells_add_values(const struct printer *pr, const struct matrix_row *row,
                             struct cells *cells)
{
	bool told = false;

	for (size_t i = 0; i < pr->mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		bool is_long = text_columns(cell->text) > pr->value;
		bool same = told && is_long && is_plain_words(cell);

		cells_add_value(cells, marks[cell->mark].text, same ? "same" : cell->text,
		                pr->value, marks[cell->mark].attr);
		told |= cell->measured;
	}
}

static void print_row(const struct printer *pr, const struct matrix_row *row)
{
	unsigned int all = (unsigned int)pr->mx->count * (pr->value + CELL_GAP) - CELL_GAP;
	struct cells cells;

	cells_begin(pr, &cells, row->title, row->says, ATTR_PLAIN);
	if (is_told_once(pr, row))
		cells_add_value(&cells, "", row->cells[0].text, all, ATTR_PLAIN);
	else
		cells_add_values(pr, row, &cells);
	cells_print(pr, &cells, row->id.claim ? models[row->model].word : "",
	            models[row->model].attr);
	sheet_text(&pr->sheet, INDENT + 2, ATTR_YELLOW, row->article);
	for (size_t i = 0; i < row->failures.count; i++)
		sheet_text(&pr->sheet, INDENT + 2, ATTR_RED, row->failures.items[i]);
}

static void print_block(const struct printer *pr, const struct matrix_block *block)
{
	const struct sheet *sheet = &pr->sheet;
	const char *claim = "";

	sheet_end_line(sheet);
	sheet_put(sheet, ATTR_BOLD, block->rec->probe, 0);
	if (*block->rec->title) {
		sheet_blanks(sheet, 2);
		sheet_put(sheet, ATTR_PLAIN, block->rec->title, 0);
	}
	if (block->rec->family == FAMILY_IPV6)
		sheet_put(sheet, ATTR_DIM, "  IPv6", 0);
	sheet_end_line(sheet);
	for (size_t i = 0; i < block->conditions.count; i++)
		sheet_text(sheet, INDENT + 2, ATTR_YELLOW, block->conditions.items[i]);
	for (size_t i = block->row; i < block->row + block->row_count; i++) {
		const struct matrix_row *row = &pr->mx->rows[i];

		if (row->id.claim && strcmp(claim, row->id.claim) &&
		    strcmp(block->rec->probe, row->id.claim))
			sheet_text(sheet, INDENT, ATTR_CYAN, row->id.claim);
		claim = row->id.claim ? row->id.claim : "";
		print_row(pr, row);
	}
}

static void print_heads(const struct printer *pr)
{
	struct cells cells;

	cells_begin(pr, &cells, "finding", "says", ATTR_DIM);
	for (size_t i = 0; i < pr->mx->count; i++)
		cells_add_value(&cells, "", pr->mx->columns[i].name, pr->value, ATTR_BOLD);
	cells_print(pr, &cells, "model", ATTR_DIM);
}

int matrix_print(const struct matrix_column *columns, size_t count, int64_t slack_ns,
                 const struct report_style *style, FILE *out)
{
	struct matrix mx;
	struct printer pr = {.mx = &mx, .sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN)};
	int err;

	if (count > MATRIX_COLUMNS)
		return -E2BIG;
	err = matrix_build(columns, count, slack_ns, &mx);
	if (!err) {
		printer_measure(&pr);
		print_heads(&pr);
		for (size_t i = 0; i < mx.block_count; i++)
			print_block(&pr, &mx.blocks[i]);
		matrix_print_foot(&mx, &pr.sheet);
	}
	matrix_free(&mx);
	if (err)
		return err;
	return ferror(out) ? -EIO : 0;
}
