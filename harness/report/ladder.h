/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ladder: the parts of the ladder, for its own files. Theory of operation:
 *
 *   story  -> items       ladder_item.c    what happened, in words, in order of time
 *          -> rungs       ladder_layout.c  items that belong on one line together
 *          -> lines       ladder_draw.c    cells with glyphs and colours
 *
 * A rung has a lane on either side and one thing on the wire between. Reading a
 * rung from the sender's lane over the wire to the receiver's lane is reading in
 * order of time; what would break that order begins a rung of its own.
 */
#ifndef FINWAIT_REPORT_LADDER_H
#define FINWAIT_REPORT_LADDER_H

#include "../story/story.h"
#include "report.h"
#include "text.h"

/* ---- packets ---- */

#define ISN_MAX 8
/* The first sequence numbers seen from one endpoint to another. */
struct isn_base {
	struct endpoint src, dst;
	uint32_t base[ISN_MAX];
	unsigned int count;
};
#define ISN_FLOWS 32
struct isn_table {
	struct isn_base flows[ISN_FLOWS];
	size_t count;
};
void isn_collect(const struct flights *flights, struct isn_table *isns);

/*
 * What fits @columns of "SYN ACK, seq 0, ack 1, win 65160, mss 1460": numbers are
 * relative to the flow's first SYN, as tcpdump's; a later one's are "#2+1".
 */
void packet_text(const struct isn_table *isns, const struct packet *packet, unsigned int columns,
                 bool verbose, char *buf, size_t size);

/* ---- items ---- */

#define CHUNKS 6
#define CHUNK_SIZE 176

struct chunk {
	char text[CHUNK_SIZE];
	enum attr attr;
};

enum item_kind {
	ITEM_LANE, /* words in a host's lane */
	ITEM_DEPART, /* a flight leaves its sender */
	ITEM_ARRIVE, /* it reaches its receiver */
	ITEM_WIRE, /* words on the wire: a rule */
	ITEM_NOTE, /* words over the whole width */
};

struct item {
	int64_t t_ns;
	enum item_kind kind;
	size_t order; /* of one instant: as made */
	enum side side; /* of the lane */
	size_t flight;
	struct chunk chunks[CHUNKS]; /* the first is what happened, the rest are details */
	size_t chunk_count;
};

struct items {
	struct item *items;
	size_t count, space;
};

int items_collect(const struct story *story, bool verbose, struct items *items);

/* ---- rungs ---- */

enum wire_op {
	WIRE_EMPTY,
	WIRE_PASS, /* from one host to the other in one line */
	WIRE_DEPART, /* into the wire, to arrive on a later rung */
	WIRE_ARRIVE,
	WIRE_LOST, /* into the wire and no further */
	WIRE_APPEAR, /* from the wire: injected, doubled, or not seen departing */
	WIRE_WORDS,
};

struct rung {
	int64_t t_ns, end_ns;
	enum wire_op op;
	const struct item *lane[SIDE_COUNT], *words; /* NULL: none */
	size_t flight;
};

struct rungs {
	struct rung *items;
	size_t count;
};

int rungs_layout(const struct items *items, const struct flights *flights, struct rungs *rungs);

/* ---- lines ---- */

struct ladder {
	const struct record *rec;
	const struct story *story;
	const struct report_style *style;
	FILE *out;
	const struct flights *flights;
	struct isn_table isns;
	bool utf8, alone; /* alone: one host that talks to itself, no server */
	unsigned int width, lane, left, right; /* columns: of a lane, of the two rails */
};

int rungs_draw(struct ladder *ladder, const struct rungs *rungs);
/* The lane's words above the first rung: "client 10.0.0.1". */
void ladder_draw_heads(struct ladder *ladder, const char *const heads[SIDE_COUNT][2]);

#endif
