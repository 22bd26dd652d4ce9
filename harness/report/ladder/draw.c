// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * draw: rungs as lines of text.
 *
 *       time   client's lane │ the wire                     │ server's lane
 *   0.021 ms   SYN_SENT      │────── SYN, seq 0 ───────────►│ SYN_RECV
 */
#include <errno.h>
#include <stdlib.h>

#include "line.h"

#define TIME_COLUMNS 12

/* The client's words end at its rail, the server's begin at its own. */
static void lane_draw(const struct ladder *ladder, struct line *line, enum side side,
                      const struct lane_text *lane, size_t at)
{
	unsigned int x = ladder->right + 2;
	const struct lane_line *words;

	if (at >= lane->count)
		return;
	words = &lane->lines[at];
	if (side == SIDE_CLIENT)
		x = ladder->left - 1 - words->used;
	for (unsigned int i = 0; i < words->used && x + i < WIDTH_MAX; i++)
		line->cells[x + i] = words->cells[i];
}

static void rails_draw(const struct pen *pen, struct line *line, enum glyph glyph)
{
	line_draw(pen, line, pen->ladder->left, glyph, ATTR_DIM);
	if (!pen->ladder->alone)
		line_draw(pen, line, pen->ladder->right, glyph, ATTR_DIM);
}

const char *moment_text(int64_t t_ns, char *buf, size_t size)
{
	if (t_ns < NS_PER_S)
		snprintf(buf, size, "%.3f ms", (double)t_ns / NS_PER_MS);
	else
		snprintf(buf, size, "%.4f s", (double)t_ns / NS_PER_S);
	return buf;
}

static void time_draw(struct line *line, const struct rung *rung)
{
	char moment[32], text[40];
	int64_t t_ns = rung->t_ns;

	moment_text(t_ns, moment, sizeof(moment));
	snprintf(text, sizeof(text), "%*s", t_ns < NS_PER_S ? TIME_COLUMNS : TIME_COLUMNS - 1,
	         moment);
	line_put(line, 0, text, ATTR_DIM);
	if (rung->late)
		line_put(line, 0, LATE_MARK, ATTR_YELLOW);
}

static void draw_words_line(const struct pen *pen, const struct rung *rung, const char *words,
                            enum attr attr, bool first)
{
	const struct ladder *ladder = pen->ladder;
	unsigned int x = ladder->left + 2;
	struct line line;

	if (rung->words->kind == ITEM_RULE)
		x += (pen->span - 2 - text_columns(words)) / 2;
	line_clear(&line);
	rails_draw(pen, &line, GLYPH_RAIL);
	if (first)
		time_draw(&line, rung);
	columns_draw(pen, &line);
	line_put(&line, x, words, attr);
	line_print(ladder, &line);
}

/* Words on the wire: a rule's in its middle, broken to its width; others over all of it. */
static void draw_words(const struct pen *pen, const struct rung *rung)
{
	const struct ladder *ladder = pen->ladder;
	const struct item *item = rung->words;
	unsigned int width = pen->span - 2;
	char words[TEXT_MAX];
	bool first = true;

	if (item->kind != ITEM_RULE)
		width = ladder->width - ladder->left - 4;
	for (size_t i = 0; i < item->chunk_count; i++) {
		const struct chunk *chunk = &ladder->items.chunks[item->chunk + i];
		const char *rest = chunk->text;

		while (text_fold(&rest, width, words, sizeof(words))) {
			draw_words_line(pen, rung, words, chunk_attr(item->kind, chunk->role),
			                first);
			first = false;
		}
	}
}

static void draw_rung(struct pen *pen, const struct rung *rung)
{
	const struct ladder *ladder = pen->ladder;
	size_t lines = 1;
	struct line line;

	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		lane_build(pen, rung->lane[side], ladder->lane, &pen->lanes[side]);
		if (pen->lanes[side].count > lines)
			lines = pen->lanes[side].count;
	}
	for (size_t at = 0; at < lines; at++) {
		line_clear(&line);
		rails_draw(pen, &line, GLYPH_RAIL);
		columns_draw(pen, &line);
		if (at == 0) {
			time_draw(&line, rung);
			wire_draw(pen, &line, rung);
		}
		for (unsigned int side = 0; side < SIDE_COUNT; side++)
			lane_draw(ladder, &line, side, &pen->lanes[side], at);
		line_print(ladder, &line);
	}
}

static void draw_quiet(const struct pen *pen, int64_t ns)
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

void ladder_draw_heads(const struct ladder *ladder, const char *const heads[SIDE_COUNT][2])
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

struct pen pen_of(const struct ladder *ladder)
{
	return (struct pen){
		.ladder = ladder,
		.span = ladder->right - ladder->left - 1,
		.end_ns = NEVER,
	};
}

void pen_free(struct pen *pen)
{
	for (unsigned int side = 0; side < SIDE_COUNT; side++)
		free(pen->lanes[side].lines);
	free(pen->columns);
}

void pen_draw(struct pen *pen, const struct rungs *rungs)
{
	for (size_t i = 0; !pen->failed && i < rungs->count; i++) {
		const struct rung *rung = &rungs->items[i];

		if (pen->end_ns != NEVER && rung->t_ns - pen->end_ns >= QUIET_NS)
			draw_quiet(pen, rung->t_ns - pen->end_ns);
		if (rung->op == WIRE_WORDS)
			draw_words(pen, rung);
		else
			draw_rung(pen, rung);
		if (!rung->late || rung->end_ns > pen->end_ns)
			pen->end_ns = rung->end_ns;
	}
}

int rungs_draw(const struct ladder *ladder, const struct rungs *rungs)
{
	struct pen pen = pen_of(ladder);

	pen_draw(&pen, rungs);
	pen_free(&pen);
	if (pen.failed)
		return -ENOMEM;
	return ferror(ladder->out) ? -EIO : 0;
}
