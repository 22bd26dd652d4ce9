// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layout: as wide as what stands in it and the terminal allow. What the article says, its
 * verdict and every kernel's value have the room they need; the names get what is left, and
 * one that is longer has a line of its own, so that none is broken. Where even that is too
 * much (sixteen kernels in eighty columns), a finding is a few lines of words.
 */
#include "text.h"

#include <string.h>

#define VALUE_LEAST 8
#define VALUE_SHORT 12
#define VALUE_MOST 34 /* a few short columns look lost far apart */
#define NAME_LEAST 16
#define NAME_MOST 44

static unsigned int longer(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

static unsigned int shorter(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Of the longest word of @text: it is folded between them. */
static unsigned int word_columns(const char *text)
{
	unsigned int most = 0, used = 0, columns;
	char glyph[5];
	size_t n;

	while ((n = text_next(text, glyph, &columns))) {
		used = *text == ' ' ? 0 : used + columns;
		most = longer(most, used);
		text += n;
	}
	return most;
}

bool matrix_cell_is_plain(const struct matrix_cell *cell)
{
	return cell->measured && cell->value->kind == VALUE_TEXT && cell->mark == MARK_NONE;
}

bool matrix_row_is_plain(const struct matrix *mx, const struct matrix_row *row)
{
	for (size_t i = 0; i < mx->count; i++)
		if (!matrix_cell_is_plain(&row->cells[i]))
			return false;
	return mx->count > 0;
}

/* "60.00 s" and "4 [1]" stay in one line, a walk of states does not. */
static unsigned int cell_least(const struct matrix_cell *cell)
{
	bool whole = cell->measured && cell->value->kind != VALUE_TEXT;

	return whole ? text_columns(cell->text) : word_columns(cell->text);
}

struct wants {
	unsigned int name, value_least, value;
};

static void row_measure(const struct matrix *mx, const struct matrix_row *row, struct wants *wants,
                        struct matrix_layout *layout)
{
	wants->name = longer(wants->name, text_columns(row->title));
	layout->says = longer(layout->says, text_columns(row->says));
	layout->verdict = longer(layout->verdict, text_columns(matrix_verdict_word(row)));
	if (matrix_row_is_plain(mx, row) && text_columns(row->cells[0].text) > VALUE_SHORT)
		return; /* told once, over all columns */
	for (size_t i = 0; i < mx->count; i++) {
		wants->value_least = longer(wants->value_least, cell_least(&row->cells[i]));
		wants->value = longer(wants->value, text_columns(row->cells[i].text));
	}
}

static void wants_find(const struct matrix *mx, enum matrix_rows which, struct wants *wants,
                       struct matrix_layout *layout)
{
	*wants = (struct wants){NAME_LEAST, VALUE_LEAST, VALUE_LEAST};
	*layout = (struct matrix_layout){.says = 4, .verdict = 7};
	for (size_t i = 0; i < mx->count; i++)
		wants->value_least = longer(wants->value_least, text_columns(mx->columns[i].name));
	for (size_t i = 0; i < mx->row_count; i++)
		if (matrix_row_is_shown(&mx->rows[i], which))
			row_measure(mx, &mx->rows[i], wants, layout);
}

void matrix_layout_find(const struct matrix *mx, enum matrix_rows which, unsigned int width,
                        struct matrix_layout *layout)
{
	unsigned int columns = mx->count ? (unsigned int)mx->count : 1, fixed, least, spare;
	struct wants wants;

	wants_find(mx, which, &wants, layout);
	fixed = MATRIX_INDENT + 1 + layout->says + 1 + layout->verdict + 1 + MODEL_COLUMNS;
	least = columns * (wants.value_least + CELL_GAP);
	layout->value = wants.value_least;
	layout->in_words = fixed + NAME_LEAST + least > width;
	if (layout->in_words)
		return;
	spare = width - fixed - least;
	layout->name = shorter(shorter(wants.name, NAME_MOST), spare);
	spare = (spare - layout->name) / columns;
	if (wants.value > layout->value)
		layout->value = longer(layout->value, shorter(shorter(wants.value, VALUE_MOST),
		                                              layout->value + spare));
}
