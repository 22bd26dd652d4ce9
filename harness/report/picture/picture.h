/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * picture: a ladder as a drawing, for its own files. Theory of operation:
 *
 *   ladder  -> rungs     ../ladder     what happened, in words, and what shares a line
 *   rungs   -> picture   layout*.c     where each shape and each word stands
 *   picture -> SVG       svg.c         markup, and nothing from a record in it unescaped
 *
 * A rung is a row. Rows follow one another from the top, however much time passed between them; a
 * silence of QUIET_NS or more is a row of its own with its length, a break in both rails. Between
 * two rows time is taken as even, so that a state or a timer which ends between them ends there.
 *
 * Coordinates are pixels. Letters are taken as CHAR_PIXELS wide: the fonts are monospaced ones.
 * The layout knows no markup and no colours, and depends on nothing but the record: not on the
 * locale either.
 */
#ifndef FINWAIT_REPORT_PICTURE_PICTURE_H
#define FINWAIT_REPORT_PICTURE_PICTURE_H

#include "../ladder/ladder.h"

#define CHAR_PIXELS 6.7
#define LINE_PIXELS 14
#define WIRE_PIXELS 340
#define LANE_COLUMNS 32
#define SPAN_PIXELS 12 /* the width of a state's span */
#define SPAN_STEP 14
#define BRACKET_STEP 8
#define SPANS_MOST 8 /* sockets of one host beside one another; more are counted in words */
#define BRACKETS_MOST 6

/* What a piece of words or a line is; the style sheet has a class for each. */
enum paint {
	PAINT_PLAIN,
	PAINT_TITLE,
	PAINT_DIM,
	PAINT_STATE,
	PAINT_CALL, /* what the probe did: calls, sysctls, rules */
	PAINT_LOSS,
	PAINT_NOTE,
	PAINT_LATE,
	PAINT_WIRE, /* injected, copied */
	PAINT_SYN, /* segments, by their flags */
	PAINT_FIN,
	PAINT_RST,
	PAINT_HELD,
	PAINT_COUNT,
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END, ANCHOR_COUNT };

struct piece {
	enum paint paint;
	const char *text;
};

/* A line of words: pieces, one after another. */
struct words_shape {
	int x, y;
	enum anchor anchor;
	bool upward; /* turned to be read from below */
	size_t piece;
	unsigned int count;
};

struct span_shape {
	int x, y, height;
	enum tcp_state state;
	bool mini; /* carried by a request or time-wait sock */
	const char *title;
};

struct point {
	int x, y;
};

enum tip { TIP_NONE, TIP_ARROW, TIP_CROSS, TIP_HELD };

/* A packet's way: lines between points, what its end looks like, and whether it waits between. */
struct path_shape {
	struct point points[4];
	unsigned int count;
	enum paint paint;
	enum tip tip;
	bool from_wire; /* a mark at its beginning */
	bool waits; /* between the second and the third point it was held */
	const char *title;
};

enum bracket_end { BRACKET_FIRED, BRACKET_STOPPED, BRACKET_BEYOND };

/* A timer: from when it was seen set to when it was due, or no longer seen. */
struct bracket_shape {
	int x, y, end_y;
	enum side side;
	enum bracket_end end;
	const char *title;
};

/* Time that is not drawn to scale; its words are among the others. */
struct break_shape {
	int y;
	int gap; /* how wide the words are, in the middle of the wire */
	bool folded; /* rungs are left out here, too */
};

struct picture {
	int width, height;
	int rail[SIDE_COUNT]; /* x */
	int top, bottom; /* of the rails */
	bool alone; /* there is no server's rail */
	const char *title;
	struct words_shape *words;
	struct piece *pieces;
	struct span_shape *spans;
	struct path_shape *paths;
	struct bracket_shape *brackets;
	struct break_shape *breaks;
	size_t word_count, word_space, piece_count, piece_space, span_count, span_space;
	size_t path_count, path_space, bracket_count, bracket_space, break_count, break_space;
	size_t folded; /* rungs that are not drawn */
	struct arena texts;
	bool failed; /* no memory: something is missing */
};

struct picture_options {
	size_t most_rungs; /* of a longer ladder the middle is left out; 0: of none */
	bool bare; /* no title and no outcome: they stand around it; shorter words for a pointer */
};

/* 0 or -ENOMEM; picture_free() it either way. @rec may be freed before. */
int picture_layout(const struct record *rec, const struct picture_options *options,
                   struct picture *pic) MUST_CHECK;
void picture_free(struct picture *pic);

/* The picture as an <svg>; @alone: with its style sheet, to be a file by itself. */
void picture_print(const struct picture *pic, bool alone, FILE *out);
/* What a page has once for all of its pictures: the style sheet, the hatching's pattern. */
void picture_print_style(FILE *out);
void picture_print_hatch(FILE *out);

/*
 * stairs.c: the sends of one schedule as an <svg>, each against when it was expected. @first is
 * the first of rec->intervals that belong to it, stairs_count() how many do.
 */
void stairs_print(const struct record *rec, size_t first, FILE *out);
size_t stairs_count(const struct record *rec, size_t first);

/* ---- for the layout's own files ---- */

struct moment {
	int64_t t_ns;
	int y;
};

#define COLUMN_SLOTS 10

struct layout {
	const struct ladder *ladder;
	struct rungs rungs;
	struct picture *pic;
	struct moment *moments; /* in order of both */
	size_t moment_count, moment_space;
	int words_x[SIDE_COUNT]; /* where a lane's words begin, or end */
	int spans_at[SIDE_COUNT], brackets_at[SIDE_COUNT]; /* distance of the first from the rail */
	int *depart_y; /* of each flight that is under way; 0: it is not */
	int column_end_y[SIDE_COUNT][COLUMN_SLOTS]; /* where the last column in each slot ends */
	unsigned int *tracks; /* of each life: which span from the rail it is; SPANS_MOST: none */
	unsigned int span_tracks[SIDE_COUNT], bracket_tracks[SIDE_COUNT];
	unsigned int *bracket_track; /* of each item */
	size_t undrawn[SIDE_COUNT]; /* lives */
	bool brief; /* a pointer is told less: there are many pictures */
	int64_t fold_from_ns,
		fold_to_ns; /* what is left out: all that begins and ends in between */
	int y; /* where the next row begins */
};

/* Adds a line of words; its pieces follow. */
void words_begin(struct picture *pic, int x, int y, enum anchor anchor);
void words_piece(struct picture *pic, enum paint paint, const char *text);
void words_one(struct picture *pic, struct point at, enum anchor anchor, enum paint paint,
               const char *text);
/* A text that lives as long as @pic; "" without memory, which is remembered. */
const char *picture_text(struct picture *pic, const char *fmt, ...) PRINTF(2, 3);
void path_add(struct picture *pic, struct path_shape path);

/* Where @t_ns is, between the rows. */
int layout_y(const struct layout *l, int64_t t_ns);
/* Whether all of it is in what is left out. */
bool layout_folds(const struct layout *l, int64_t from_ns, int64_t to_ns);
/* -1 or 1: away from the wire. */
int layout_outward(enum side side);

/* layout_track.c: which span and which bracket goes where, by their times alone. */
int tracks_assign(struct layout *l) MUST_CHECK;
/* layout_span.c: when all rows have their places. */
void spans_place(struct layout *l);
void brackets_place(struct layout *l);
/* layout_lane.c: the words of @item in its lane, the first line at @y; returns how many lines. */
unsigned int lane_place(struct layout *l, const struct item *item, int y);
enum paint chunk_paint(enum item_kind kind, enum chunk_role role);
/* layout_wire.c: what a rung has on the wire, at @y. */
void wire_place(struct layout *l, const struct rung *rung, int y);
/* Packets that are under way where the drawing ends, or that arrive where it is folded. */
void wire_finish(struct layout *l);

#endif
