// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ladder_draw: rungs as lines.
 *
 *       time   client's lane │ the wire                     │ server's lane
 *   0.021 ms   SYN_SENT      │────── SYN, seq 0 ───────────►│ SYN_RECV
 */
#include <errno.h>
#include <string.h>

#include "ladder_line.h"

#define LANE_MAX 64
#define LANE_LINES 8
#define TIME_COLUMNS 12
#define QUIET_NS (100 * NS_PER_MS)

/* A lane's words, broken into lines. */
struct lane_text {
	struct cell cells[LANE_LINES][LANE_MAX];
	unsigned int used[LANE_LINES], lines;
};

static void lane_add(struct lane_text *lane, const char *text, enum attr attr)
{
	unsigned int columns, at = lane->lines - 1;
	struct cell cell = {.attr = attr};
	size_t n;

	while ((n = text_next(text, cell.glyph, &columns))) {
		if (lane->used[at] + columns > LANE_MAX)
			return;
		lane->cells[at][lane->used[at]++] = cell;
		if (columns == 2)
			lane->cells[at][lane->used[at]++] = (struct cell){.attr = attr};
		text += n;
	}
}

static void lane_add_chunk(struct lane_text *lane, const struct chunk *chunk, unsigned int width)
{
	const char *rest = chunk->text;
	char part[CHUNK_SIZE];

	while (lane->lines < LANE_LINES && text_fold(&rest, width, part, sizeof(part))) {
		lane->lines++;
		lane_add(lane, part, chunk->attr);
	}
}

/* Chunks share a line while there is room. */
static void lane_build(const struct ladder *ladder, const struct item *item, unsigned int width,
                       struct lane_text *lane)
{
	memset(lane, 0, sizeof(*lane));
	for (size_t i = 0; item && i < item->chunk_count; i++) {
		const struct chunk *chunk = &item->chunks[i];
		const char *between = chunk->text[0] == '=' ? " " : ladder->utf8 ? " · " : ", ";
		unsigned int need = text_columns(chunk->text) + text_columns(between);

		if (lane->lines && lane->used[lane->lines - 1] + need <= width) {
			lane_add(lane, between, ATTR_DIM);
			lane_add(lane, chunk->text, chunk->attr);
		} else {
			lane_add_chunk(lane, chunk, width);
		}
	}
}

/* The client's words end at its rail, the server's begin at its own. */
static void lane_draw(const struct ladder *ladder, struct line *line, enum side side,
                      const struct lane_text *lane, unsigned int at)
{
	unsigned int x = ladder->right + 2;

	if (at >= lane->lines)
		return;
	if (side == SIDE_CLIENT)
		x = ladder->left - 1 - lane->used[at];
	for (unsigned int i = 0; i < lane->used[at] && x + i < WIDTH_MAX; i++)
		line->cells[x + i] = lane->cells[at][i];
}

static void rails_draw(const struct pen *pen, struct line *line, enum glyph glyph)
{
	line_draw(pen, line, pen->ladder->left, glyph, ATTR_DIM);
	if (!pen->ladder->alone)
		line_draw(pen, line, pen->ladder->right, glyph, ATTR_DIM);
}

static void time_draw(struct line *line, int64_t t_ns)
{
	char text[32];

	if (t_ns < NS_PER_S)
		snprintf(text, sizeof(text), "%*.3f ms", TIME_COLUMNS - 3,
		         (double)t_ns / NS_PER_MS);
	else
		snprintf(text, sizeof(text), "%*.4f s ", TIME_COLUMNS - 3, (double)t_ns / NS_PER_S);
	line_put(line, 0, text, ATTR_DIM);
}

/* Words on the wire: in its middle, broken to its width. */
static void draw_words(struct pen *pen, const struct rung *rung)
{
	const struct ladder *ladder = pen->ladder;
	const struct item *item = rung->words;
	bool note = item->kind == ITEM_NOTE, first = true;
	unsigned int width = note ? ladder->width - ladder->left - 4 : pen->span - 2;
	struct line line;
	char part[CHUNK_SIZE];

	for (size_t i = 0; i < item->chunk_count; i++) {
		const char *rest = item->chunks[i].text;

		while (text_fold(&rest, width, part, sizeof(part))) {
			line_clear(&line);
			rails_draw(pen, &line, GLYPH_RAIL);
			if (first)
				time_draw(&line, rung->t_ns);
			columns_draw(pen, &line);
			line_put(&line,
			         ladder->left + 2 + (note ? 0 : (width - text_columns(part)) / 2),
			         part, item->chunks[i].attr);
			line_print(ladder, &line);
			first = false;
		}
	}
}

static void draw_rung(struct pen *pen, const struct rung *rung)
{
	const struct ladder *ladder = pen->ladder;
	struct lane_text lanes[SIDE_COUNT];
	unsigned int lines = 1;
	struct line line;

	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		lane_build(ladder, rung->lane[side], ladder->lane, &lanes[side]);
		if (lanes[side].lines > lines)
			lines = lanes[side].lines;
	}
	for (unsigned int at = 0; at < lines; at++) {
		line_clear(&line);
		rails_draw(pen, &line, GLYPH_RAIL);
		columns_draw(pen, &line);
		if (at == 0) {
			time_draw(&line, rung->t_ns);
			wire_draw(pen, &line, rung);
		}
		for (unsigned int side = 0; side < SIDE_COUNT; side++)
			lane_draw(ladder, &line, side, &lanes[side], at);
		line_print(ladder, &line);
	}
}

static void draw_quiet(struct pen *pen, int64_t ns)
{
	char duration[24], text[32];
	unsigned int columns, x;
	struct line line;

	snprintf(text, sizeof(text), " %s ", duration_text(ns, duration, sizeof(duration)));
	columns = text_columns(text);
	line_clear(&line);
	rails_draw(pen, &line, GLYPH_QUIET_RAIL);
	for (x = 1; x <= pen->span; x++)
		line_draw(pen, &line, pen->ladder->left + x, GLYPH_QUIET, ATTR_DIM);
	columns_draw(pen, &line);
	line_put(&line, pen->ladder->left + 1 + (pen->span - columns) / 2, text, ATTR_DIM);
	line_print(pen->ladder, &line);
}

void ladder_draw_heads(struct ladder *ladder, const char *const heads[SIDE_COUNT][2])
{
	struct pen pen = {.ladder = ladder};
	struct line line;

	for (unsigned int i = 0; i < 2; i++) {
		line_clear(&line);
		for (unsigned int side = 0; side < SIDE_COUNT; side++) {
			unsigned int columns = text_columns(heads[side][i]);
			unsigned int x = side == SIDE_SERVER          ? ladder->right + 2
			                 : columns < ladder->left - 1 ? ladder->left - 1 - columns
			                                              : 0;

			if (side == SIDE_CLIENT || !ladder->alone)
				line_put(&line, x, heads[side][i], i ? ATTR_DIM : ATTR_BOLD);
		}
		rails_draw(&pen, &line, GLYPH_RAIL);
		line_print(ladder, &line);
	}
}

int rungs_draw(struct ladder *ladder, const struct rungs *rungs)
{
	struct pen pen = {.ladder = ladder, .span = ladder->right - ladder->left - 1};

	for (size_t i = 0; i < rungs->count; i++) {
		const struct rung *rung = &rungs->items[i];

		if (i && rung->t_ns - rungs->items[i - 1].end_ns >= QUIET_NS)
			draw_quiet(&pen, rung->t_ns - rungs->items[i - 1].end_ns);
		if (rung->op == WIRE_WORDS)
			draw_words(&pen, rung);
		else
			draw_rung(&pen, rung);
	}
	return ferror(ladder->out) ? -EIO : 0;
}
