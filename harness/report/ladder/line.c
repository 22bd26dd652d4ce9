// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <string.h>

#include "line.h"

static const char *const glyphs[][2] = {
	[GLYPH_RAIL] = {"|", "│"},       [GLYPH_QUIET_RAIL] = {":", "┊"},
	[GLYPH_LINE] = {"-", "─"},       [GLYPH_DOWN] = {"|", "│"},
	[GLYPH_WAIT] = {":", "┊"},       [GLYPH_CROSS] = {"+", "┼"},
	[GLYPH_TO_RIGHT] = {">", "►"},   [GLYPH_TO_LEFT] = {"<", "◄"},
	[GLYPH_RIGHT_DOWN] = {".", "╮"}, [GLYPH_LEFT_DOWN] = {".", "╭"},
	[GLYPH_DOWN_RIGHT] = {"'", "╰"}, [GLYPH_DOWN_LEFT] = {"'", "╯"},
	[GLYPH_LOST] = {"X", "✗"},       [GLYPH_HELD] = {"#", "■"},
	[GLYPH_INJECT] = {"*", "◆"},     [GLYPH_QUIET] = {".", "┄"},
};
static_assert(sizeof(glyphs) / sizeof(glyphs[0]) == GLYPH_COUNT, "two forms of every glyph");

void line_clear(struct line *line)
{
	for (size_t i = 0; i < WIDTH_MAX; i++)
		line->cells[i] = (struct cell){.glyph = " ", .attr = ATTR_PLAIN};
}

void line_put(struct line *line, unsigned int x, const char *text, enum attr attr)
{
	unsigned int columns;
	struct cell cell = {.attr = attr};
	size_t n;

	while (x < WIDTH_MAX && (n = text_next(text, cell.glyph, &columns))) {
		if (x + columns > WIDTH_MAX)
			return;
		line->cells[x] = cell;
		if (columns == 2)
			line->cells[x + 1] = (struct cell){.glyph = "", .attr = attr};
		x += columns;
		text += n;
	}
}

void line_draw(const struct pen *pen, struct line *line, unsigned int x, enum glyph glyph,
               enum attr attr)
{
	if (x < WIDTH_MAX) {
		strcpy(line->cells[x].glyph, glyphs[glyph][pen->ladder->utf8]);
		line->cells[x].attr = attr;
	}
}

void line_print(const struct ladder *ladder, const struct line *line)
{
	enum attr attr = ATTR_PLAIN;
	unsigned int end = WIDTH_MAX;

	while (end && !strcmp(line->cells[end - 1].glyph, " "))
		end--;
	for (unsigned int i = 0; i < end; i++) {
		const struct cell *cell = &line->cells[i];

		if (ladder->style->colour && cell->attr != attr && cell->glyph[0] != ' ') {
			fprintf(ladder->out, "\033[0m%s", attr_code(cell->attr));
			attr = cell->attr;
		}
		fputs(cell->glyph, ladder->out);
	}
	fputs(attr != ATTR_PLAIN ? "\033[0m\n" : "\n", ladder->out);
}
