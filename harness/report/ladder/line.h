/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line: lines of cells, and the pen that draws on them; for the ladder's own files. */
#ifndef FINWAIT_REPORT_LADDER_LINE_H
#define FINWAIT_REPORT_LADDER_LINE_H

#include "ladder.h"

#define LATE_MARK "^" /* beside the time of a rung that belongs above */
#define TEXT_MAX (4 * WIDTH_MAX + 1) /* bytes of a line of words */

enum glyph {
	GLYPH_RAIL,
	GLYPH_QUIET_RAIL,
	GLYPH_LINE,
	GLYPH_DOWN, /* a packet's column */
	GLYPH_WAIT, /* a held packet's column */
	GLYPH_CROSS,
	GLYPH_TO_RIGHT,
	GLYPH_TO_LEFT,
	GLYPH_RIGHT_DOWN, /* from the left, then down */
	GLYPH_LEFT_DOWN,
	GLYPH_DOWN_RIGHT, /* from above, then to the right */
	GLYPH_DOWN_LEFT,
	GLYPH_LOST,
	GLYPH_HELD,
	GLYPH_INJECT,
	GLYPH_QUIET,
	GLYPH_COUNT,
};

struct cell {
	char glyph[5]; /* "": the second half of a wide character */
	enum attr attr;
};

struct line {
	struct cell cells[WIDTH_MAX];
};

/* A packet that is on its way: where it goes down the wire. */
struct column {
	size_t flight;
	enum side from; /* it left this host then, whatever its number */
	int64_t depart_ns;
	unsigned int x;
	bool held;
};

/* A lane's words, broken into lines. */
struct lane_line {
	struct cell cells[WIDTH_MAX];
	unsigned int used;
};

struct lane_text {
	struct lane_line *lines;
	size_t count, space;
};

/* What draws text. Another one would draw the same rungs as a picture. */
struct pen {
	const struct ladder *ladder;
	unsigned int span; /* cells between the rails */
	struct column *columns; /* packets that are on their way */
	size_t column_count, column_space;
	struct lane_text lanes[SIDE_COUNT]; /* of the rung at hand; the memory is kept */
	int64_t end_ns; /* of the rungs so far; NEVER: there are none */
	bool failed; /* no memory: something is missing */
};

struct pen pen_of(const struct ladder *ladder);
/* Goes on where it left off; see pen->failed. */
void pen_draw(struct pen *pen, const struct rungs *rungs);
void pen_free(struct pen *pen);

/* The colour of a piece of an item's words. */
enum attr chunk_attr(enum item_kind kind, enum chunk_role role);

/* Breaks the words of @item (NULL: none) into lines of @width columns. */
void lane_build(struct pen *pen, const struct item *item, unsigned int width,
                struct lane_text *lane);

void line_clear(struct line *line);
/* What does not fit is cut. */
void line_put(struct line *line, unsigned int x, const char *text, enum attr attr);
void line_draw(const struct pen *pen, struct line *line, unsigned int x, enum glyph glyph,
               enum attr attr);
void line_print(const struct ladder *ladder, const struct line *line);

/* The packets that are on their way, as far as this line is concerned. */
void columns_draw(const struct pen *pen, struct line *line);
/* What @rung has on the wire; begins and ends packets' columns. */
void wire_draw(struct pen *pen, struct line *line, const struct rung *rung);

#endif
