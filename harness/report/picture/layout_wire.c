// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layout_wire: packets between the rails. One that arrives in its own row is a line from rail to
 * rail; one that is on its way while other things happen goes down in a column of its own.
 */
#include "picture.h"

#define SLOPE 4 /* of a packet that passes at once */
#define SLANT_MOST 36 /* farther down it goes by a column, so that its words stay level */
#define LOST_AT (WIRE_PIXELS * 6 / 10)
#define HELD_AT (WIRE_PIXELS * 62 / 100)
#define APPEAR_AT 96
#define LABEL_COLUMNS 48

static int wire_x(const struct layout *l, enum side from, int distance)
{
	return l->pic->rail[from] - distance * layout_outward(from);
}

static enum paint packet_paint(const struct packet *packet)
{
	if (packet->flags & TCP_FLAG_RST)
		return PAINT_RST;
	if (packet->flags & TCP_FLAG_SYN)
		return PAINT_SYN;
	return packet->flags & TCP_FLAG_FIN ? PAINT_FIN : PAINT_PLAIN;
}

/* What a pointer that rests on it is told: every number, and when it left and came. */
static const char *flight_title(struct layout *l, const struct flight *flight)
{
	char words[WIDTH_MAX], left[32] = "?", came[32] = "?";

	flight_words(l->ladder, flight, WIDTH_MAX, true, words);
	if (l->brief)
		return picture_text(l->pic, "%s", words);
	if (flight->depart_ns != NEVER)
		(void)moment_text(flight->depart_ns, left, sizeof(left));
	if (flight->arrive_ns != NEVER)
		(void)moment_text(flight->arrive_ns, came, sizeof(came));
	return picture_text(l->pic, "%s; left %s, came %s", words, left, came);
}

static void place_label(struct layout *l, const struct flight *flight, struct point at,
                        enum anchor anchor)
{
	char words[WIDTH_MAX];

	flight_words(l->ladder, flight, LABEL_COLUMNS, false, words);
	words_one(l->pic, at, anchor, packet_paint(flight->packet), words);
}

static struct path_shape path_of(struct layout *l, const struct flight *flight)
{
	return (struct path_shape){
		.paint = packet_paint(flight->packet),
		.tip = TIP_ARROW,
		.title = flight_title(l, flight),
	};
}

static void path_to(struct path_shape *path, int x, int y)
{
	path->points[path->count++] = (struct point){x, y};
}

static void place_straight(struct layout *l, const struct flight *flight, int y, int end_y)
{
	struct path_shape path = path_of(l, flight);

	path_to(&path, wire_x(l, flight->from, 1), y);
	path_to(&path, wire_x(l, flight->from, WIRE_PIXELS - 1), end_y);
	path_add(l->pic, path);
	place_label(
		l, flight,
		(struct point){wire_x(l, flight->from, WIRE_PIXELS / 2), y + (end_y - y) / 2 - 5},
		ANCHOR_MIDDLE);
}

/* How far from the sender its column is: one that no other packet is in from @y on. */
static int column_distance(struct layout *l, const struct flight *flight, int y, int end_y)
{
	int begin = flight->held_ns != NEVER ? HELD_AT : WIRE_PIXELS - 24;
	int *ends = l->column_end_y[flight->from];
	int slot = 0;

	while (slot < COLUMN_SLOTS - 1 && ends[slot] >= y)
		slot++;
	ends[slot] = end_y;
	return begin - 9 * slot;
}

static void place_column(struct layout *l, const struct flight *flight, int y, int end_y)
{
	int distance = column_distance(l, flight, y, end_y);
	struct path_shape path = path_of(l, flight);
	bool held = flight->held_ns != NEVER;
	char mark[MARK_SIZE];

	path.waits = held;
	path_to(&path, wire_x(l, flight->from, 1), y);
	path_to(&path, wire_x(l, flight->from, distance), y);
	path_to(&path, wire_x(l, flight->from, distance), end_y);
	path_to(&path, wire_x(l, flight->from, WIRE_PIXELS - 1), end_y);
	path_add(l->pic, path);
	place_label(l, flight, (struct point){wire_x(l, flight->from, 8), y - 4},
	            flight->from == SIDE_CLIENT ? ANCHOR_START : ANCHOR_END);
	if (held)
		words_one(l->pic, (struct point){wire_x(l, flight->from, distance + 8), y + 4},
		          flight->from == SIDE_CLIENT ? ANCHOR_START : ANCHOR_END, PAINT_HELD,
		          wire_mark_text(flight, "held", mark));
}

/* On a host's own loopback: out and back to the same rail. */
static void place_loop(struct layout *l, const struct flight *flight, int y, int end_y)
{
	struct path_shape path = path_of(l, flight);
	int distance = 40 + column_distance(l, flight, y, end_y) - (WIRE_PIXELS - 24);

	distance = distance < 12 ? 12 : distance;
	path_to(&path, wire_x(l, flight->from, 1), y);
	path_to(&path, wire_x(l, flight->from, distance), y);
	path_to(&path, wire_x(l, flight->from, distance), end_y > y + 4 ? end_y : y + 4);
	path_to(&path, wire_x(l, flight->from, 1), end_y > y + 4 ? end_y : y + 4);
	path_add(l->pic, path);
	place_label(l, flight, (struct point){wire_x(l, flight->from, 50), y + 4},
	            flight->from == SIDE_CLIENT ? ANCHOR_START : ANCHOR_END);
}

static void place_flight(struct layout *l, const struct flight *flight, int y, int end_y)
{
	if (flight->loopback)
		place_loop(l, flight, y, end_y);
	else if (flight->held_ns == NEVER && end_y - y <= SLANT_MOST)
		place_straight(l, flight, y, end_y);
	else
		place_column(l, flight, y, end_y);
}

static void place_lost(struct layout *l, const struct flight *flight, int y)
{
	bool held = flight->fate == FATE_HELD, client = flight->from == SIDE_CLIENT;
	enum anchor anchor = client ? ANCHOR_START : ANCHOR_END;
	struct path_shape path = path_of(l, flight);
	char mark[MARK_SIZE];

	path.tip = held ? TIP_HELD : TIP_CROSS;
	path_to(&path, wire_x(l, flight->from, 1), y);
	path_to(&path, wire_x(l, flight->from, LOST_AT), y);
	path_add(l->pic, path);
	place_label(l, flight, (struct point){wire_x(l, flight->from, 8), y - 4}, anchor);
	words_one(l->pic, (struct point){wire_x(l, flight->from, LOST_AT + 6), y + 4}, anchor,
	          held ? PAINT_HELD : PAINT_LOSS, wire_mark_text(flight, fate_word(flight), mark));
}

static void place_appear(struct layout *l, const struct flight *flight, int y)
{
	bool client = flight->from == SIDE_CLIENT;
	struct path_shape path = path_of(l, flight);

	path.from_wire = true;
	path_to(&path, wire_x(l, flight->from, APPEAR_AT), y);
	path_to(&path, wire_x(l, flight->from, WIRE_PIXELS - 1), y);
	path_add(l->pic, path);
	words_one(l->pic, (struct point){wire_x(l, flight->from, 8), y + 4},
	          client ? ANCHOR_START : ANCHOR_END, PAINT_WIRE, origin_word(flight));
	place_label(l, flight,
	            (struct point){wire_x(l, flight->from, (APPEAR_AT + WIRE_PIXELS) / 2), y - 5},
	            ANCHOR_MIDDLE);
}

void wire_place(struct layout *l, const struct rung *rung, int y)
{
	const struct flight *flight = &l->ladder->flights->items[rung->flight];
	int *depart_y = &l->depart_y[rung->flight];

	switch (rung->op) {
	case WIRE_PASS:
		place_straight(l, flight, y - SLOPE / 2, y + SLOPE / 2);
		return;
	case WIRE_DEPART:
		*depart_y = y;
		return;
	case WIRE_ARRIVE:
		place_flight(l, flight, *depart_y ? *depart_y : layout_y(l, flight->depart_ns), y);
		*depart_y = 0;
		return;
	case WIRE_LOST:
		place_lost(l, flight, y);
		return;
	case WIRE_APPEAR:
		place_appear(l, flight, y);
		return;
	case WIRE_EMPTY:
	case WIRE_WORDS:
		return;
	}
}

void wire_finish(struct layout *l)
{
	for (size_t i = 0; i < l->ladder->flights->count; i++)
		if (l->depart_y[i])
			place_flight(l, &l->ladder->flights->items[i], l->depart_y[i],
			             layout_y(l, l->ladder->flights->items[i].arrive_ns));
}
