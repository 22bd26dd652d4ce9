// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wire: what happens between the rails.
 *
 * A packet that is on its way while other things happen goes down the wire in a
 * column of its own until it arrives. Places on the wire are told as the
 * distance from the sender's rail, so that both directions are drawn by the same
 * code: 1 is next to the rail, `span` next to the other one.
 */
#include <string.h>

#include "../../base/array.h"
#include "line.h"

static unsigned int wire_x(const struct pen *pen, enum side from, unsigned int distance)
{
	return from == SIDE_CLIENT ? pen->ladder->left + distance : pen->ladder->right - distance;
}

static bool is_column(const struct pen *pen, unsigned int x)
{
	for (size_t i = 0; i < pen->column_count; i++) {
		if (pen->columns[i].x == x)
			return true;
	}
	return false;
}

void columns_draw(const struct pen *pen, struct line *line)
{
	for (size_t i = 0; i < pen->column_count; i++) {
		const struct column *column = &pen->columns[i];

		line_draw(pen, line, column->x, column->held ? GLYPH_WAIT : GLYPH_DOWN,
		          column->held ? ATTR_YELLOW : ATTR_PLAIN);
	}
}

static void wire_line(const struct pen *pen, struct line *line, enum side from, unsigned int first,
                      unsigned int last, enum attr attr)
{
	for (unsigned int d = first; d <= last; d++) {
		unsigned int x = wire_x(pen, from, d);

		line_draw(pen, line, x, is_column(pen, x) ? GLYPH_CROSS : GLYPH_LINE, attr);
	}
}

/* Words that begin @distance from the sender's rail, read from left to right. */
static void wire_put(const struct pen *pen, struct line *line, enum side from,
                     unsigned int distance, const char *text, enum attr attr)
{
	unsigned int columns = text_columns(text);

	if (columns)
		line_put(line,
		         from == SIDE_CLIENT ? wire_x(pen, from, distance)
		                             : wire_x(pen, from, distance + columns - 1),
		         text, attr);
}

/* The widest stretch of @first..@last that no other packet's column crosses. */
static void wire_stretch(const struct pen *pen, enum side from, unsigned int *first,
                         unsigned int *last)
{
	unsigned int begin = *first, best = *first, length = 0;

	for (unsigned int d = *first; d <= *last + 1; d++) {
		if (d <= *last && !is_column(pen, wire_x(pen, from, d)))
			continue;
		if (d - begin > length) {
			best = begin;
			length = d - begin;
		}
		begin = d + 1;
	}
	*first = best;
	*last = best + length - 1;
}

static enum attr packet_attr(const struct packet *packet)
{
	if (packet->flags & TCP_FLAG_RST)
		return ATTR_RED;
	if (packet->flags & TCP_FLAG_SYN)
		return ATTR_GREEN;
	return packet->flags & TCP_FLAG_FIN ? ATTR_BLUE : ATTR_PLAIN;
}

/* The packet's words in the middle of @first..@last, a blank and some line around. */
static void wire_label(const struct pen *pen, struct line *line, const struct flight *flight,
                       unsigned int first, unsigned int last)
{
	const struct ladder *ladder = pen->ladder;
	char words[WIDTH_MAX], label[WIDTH_MAX + 2];
	unsigned int room, columns;

	if (last < first)
		return;
	wire_stretch(pen, flight->from, &first, &last);
	room = last + 1 - first;
	if (last < first || room < 5)
		return;
	flight_words(ladder, flight, room - 4, ladder->style->verbose, words);
	if (!words[0])
		return;
	snprintf(label, sizeof(label), " %s ", words);
	columns = text_columns(label);
	wire_put(pen, line, flight->from, first + (room - columns) / 2, label,
	         packet_attr(flight->packet));
}

static enum glyph arrow(enum side from)
{
	return from == SIDE_CLIENT ? GLYPH_TO_RIGHT : GLYPH_TO_LEFT;
}

static void draw_pass(const struct pen *pen, struct line *line, const struct flight *flight)
{
	enum attr attr = packet_attr(flight->packet);

	wire_line(pen, line, flight->from, 1, pen->span - 1, attr);
	wire_label(pen, line, flight, 1, pen->span - 1);
	line_draw(pen, line, wire_x(pen, flight->from, pen->span), arrow(flight->from), attr);
}

/* A free column: far from the sender, so that the words have room. */
static unsigned int column_distance(const struct pen *pen, const struct flight *flight)
{
	unsigned int begin = flight->held_ns != NEVER ? pen->span * 64 / 100 : pen->span - 4;

	for (unsigned int d = begin; d > 8; d -= 3) {
		if (!is_column(pen, wire_x(pen, flight->from, d)))
			return d;
	}
	return 8;
}

static void column_add(struct pen *pen, struct column column)
{
	struct column *columns = array_reserve(pen->columns, &pen->column_space,
	                                       pen->column_count + 1, sizeof(*columns));

	if (!columns) {
		pen->failed = true;
		return;
	}
	pen->columns = columns;
	columns[pen->column_count++] = column;
}

static void draw_depart(struct pen *pen, struct line *line, size_t index)
{
	const struct flight *flight = &pen->ladder->flights->items[index];
	enum attr attr = packet_attr(flight->packet);
	unsigned int d = column_distance(pen, flight), x = wire_x(pen, flight->from, d);
	bool held = flight->held_ns != NEVER;
	enum glyph turn = flight->from == SIDE_CLIENT ? GLYPH_RIGHT_DOWN : GLYPH_LEFT_DOWN;
	char words[MARK_SIZE];

	wire_line(pen, line, flight->from, 1, d - 1, attr);
	wire_label(pen, line, flight, 1, d - 1);
	line_draw(pen, line, x, held ? GLYPH_HELD : turn, held ? ATTR_YELLOW : attr);
	if (held && text_columns(wire_mark_text(flight, "held", words)) <= pen->span - d)
		wire_put(pen, line, flight->from, d + 1, words, ATTR_YELLOW);
	column_add(pen, (struct column){.flight = index,
	                                .from = flight->from,
	                                .depart_ns = flight->depart_ns,
	                                .x = x,
	                                .held = held});
}

/* Takes the flight's column away; its distance, or the middle when it had none. */
static unsigned int column_take(struct pen *pen, size_t index)
{
	enum side from = pen->ladder->flights->items[index].from;

	for (size_t i = 0; i < pen->column_count; i++) {
		unsigned int x = pen->columns[i].x;

		if (pen->columns[i].flight != index)
			continue;
		pen->columns[i] = pen->columns[--pen->column_count];
		return from == SIDE_CLIENT ? x - pen->ladder->left : pen->ladder->right - x;
	}
	return pen->span / 2;
}

/* Back to the rail that it left from. */
static void draw_return(const struct pen *pen, struct line *line, const struct flight *flight,
                        unsigned int d)
{
	enum attr attr = packet_attr(flight->packet);
	bool client = flight->from == SIDE_CLIENT;

	wire_line(pen, line, flight->from, 2, d - 1, attr);
	line_draw(pen, line, wire_x(pen, flight->from, d),
	          client ? GLYPH_DOWN_LEFT : GLYPH_DOWN_RIGHT, attr);
	line_draw(pen, line, wire_x(pen, flight->from, 1), arrow(side_other(flight->from)), attr);
	wire_put(pen, line, flight->from, d + 1, client ? " lo" : "lo ", ATTR_DIM);
}

static void draw_arrive(struct pen *pen, struct line *line, size_t index)
{
	const struct flight *flight = &pen->ladder->flights->items[index];
	enum attr attr = packet_attr(flight->packet);
	unsigned int d = column_take(pen, index);
	bool client = flight->from == SIDE_CLIENT;

	if (flight->loopback) {
		draw_return(pen, line, flight, d);
		return;
	}
	wire_line(pen, line, flight->from, d + 1, pen->span - 1, attr);
	line_draw(pen, line, wire_x(pen, flight->from, d),
	          client ? GLYPH_DOWN_RIGHT : GLYPH_DOWN_LEFT, attr);
	line_draw(pen, line, wire_x(pen, flight->from, pen->span), arrow(flight->from), attr);
	if (flight->released_ns != NEVER && pen->span - d > 14)
		wire_put(pen, line, flight->from, d + 2, " released ", ATTR_YELLOW);
	else
		wire_label(pen, line, flight, d + 1, pen->span - 1);
}

/* Around the words of a lost packet: line before and after, blanks, the mark. */
#define LOST_AROUND 7

static unsigned int full_columns(const struct ladder *ladder, const struct flight *flight)
{
	char words[WIDTH_MAX];

	flight_words(ladder, flight, WIDTH_MAX, false, words);
	return text_columns(words);
}

static void draw_lost(const struct pen *pen, struct line *line, const struct flight *flight)
{
	enum attr attr = flight->fate == FATE_HELD ? ATTR_YELLOW : ATTR_RED;
	unsigned int need = full_columns(pen->ladder, flight) + LOST_AROUND;
	unsigned int why_columns, end = pen->span * 6 / 10;
	char why[MARK_SIZE];

	why_columns = text_columns(wire_mark_text(flight, fate_word(flight), why));
	/* The packet's own words go first: the mark says that it was lost. */
	if (need + why_columns > pen->span)
		why_columns = text_columns(wire_mark_text(flight, "", why));
	if (end < need)
		end = need;
	if (end + why_columns > pen->span)
		end = pen->span - why_columns;
	wire_line(pen, line, flight->from, 1, end - 1, packet_attr(flight->packet));
	wire_label(pen, line, flight, 1, end - 1);
	line_draw(pen, line, wire_x(pen, flight->from, end),
	          flight->fate == FATE_HELD ? GLYPH_HELD : GLYPH_LOST, attr);
	wire_put(pen, line, flight->from, end + 1, why, attr);
}

static void draw_appear(const struct pen *pen, struct line *line, const struct flight *flight)
{
	const char *why = origin_word(flight);
	enum attr attr = packet_attr(flight->packet);
	unsigned int begin = text_columns(why) + 3;

	wire_put(pen, line, flight->from, 2, why, ATTR_MAGENTA);
	wire_line(pen, line, flight->from, begin + 1, pen->span - 1, attr);
	line_draw(pen, line, wire_x(pen, flight->from, begin), GLYPH_INJECT, ATTR_MAGENTA);
	wire_label(pen, line, flight, begin + 1, pen->span - 1);
	line_draw(pen, line, wire_x(pen, flight->from, pen->span), arrow(flight->from), attr);
}

void wire_draw(struct pen *pen, struct line *line, const struct rung *rung)
{
	const struct flight *flight = &pen->ladder->flights->items[rung->flight];

	switch (rung->op) {
	case WIRE_PASS:
		draw_pass(pen, line, flight);
		return;
	case WIRE_DEPART:
		draw_depart(pen, line, rung->flight);
		return;
	case WIRE_ARRIVE:
		draw_arrive(pen, line, rung->flight);
		return;
	case WIRE_LOST:
		draw_lost(pen, line, flight);
		return;
	case WIRE_APPEAR:
		draw_appear(pen, line, flight);
		return;
	case WIRE_EMPTY:
	case WIRE_WORDS:
		return;
	}
}
