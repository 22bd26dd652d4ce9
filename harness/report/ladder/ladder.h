/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ladder: the parts of the ladder, for its own files. Theory of operation:
 *
 *   story  -> items       item.c, item_life.c  what happened, in words, in order of time
 *          -> rungs       rung.c               items that belong on one line together
 *          -> lines       draw.c               cells with glyphs and colours
 *
 * Items and rungs say what a thing is (a state, a call, a loss), not what it looks like:
 * colours and glyphs belong to the pen, so that another pen may draw the same rungs.
 *
 * A rung has a lane on either side and one thing on the wire between. Reading a
 * rung from the sender's lane over the wire to the receiver's lane is reading in
 * order of time; what would break that order begins a rung of its own.
 *
 * All steps take time in proportion to the record (but for sorting by time).
 */
#ifndef FINWAIT_REPORT_LADDER_LADDER_H
#define FINWAIT_REPORT_LADDER_LADDER_H

#include "../../story/story.h"
#include "../numbers.h"
#include "../report.h"
#include "../sheet.h"
#include "../text.h"

/* ---- items ---- */

enum item_kind {
	/* in a host's lane */
	ITEM_STATE,
	ITEM_CALL,
	ITEM_SETTING, /* a sysctl changed */
	ITEM_RESEND, /* a packet that leaves now is a retransmission */
	ITEM_TIMER, /* a timer that stands for a while */
	ITEM_KERNEL, /* what trace saw inside: a reset, a sock destroyed */
	ITEM_LOSS, /* the kernel drops a packet */
	ITEM_COUNTS, /* how many sockets there were */
	/* of a flight */
	ITEM_DEPART,
	ITEM_ARRIVE,
	/* on the wire */
	ITEM_RULE,
	/* over the whole width */
	ITEM_NOTE,
	ITEM_LATE, /* the machine was late */
	ITEM_KIND_COUNT,
};

/* What a piece of an item's words is to it. */
enum chunk_role {
	ROLE_WHAT, /* what happened */
	ROLE_RESULT, /* what it came to: "= -1 EINPROGRESS" */
	ROLE_CARRIER, /* what carries it: "time-wait sock", and that one's timer */
	ROLE_ASIDE, /* why, and how well that is known */
	ROLE_COUNT,
};

struct chunk {
	enum chunk_role role;
	const char *text;
};

struct item {
	int64_t t_ns;
	size_t order; /* of one instant: as made */
	enum item_kind kind;
	enum side side; /* of the lane */
	unsigned int chunk_count;
	size_t chunk; /* the first of its chunks */
	size_t flight;
	/* The timer that it tells of: when it is due, and until when it was seen; NEVER: none. */
	int64_t due_ns, until_ns;
};

struct items {
	struct item *items;
	size_t count, space;
	struct chunk *chunks;
	size_t chunk_count, chunk_space;
	struct arena texts;
	bool open; /* the record goes on: what did not arrive may still do so */
	bool failed; /* no memory: something is missing */
};

bool item_is_in_lane(enum item_kind kind);

/* A new item of @kind, its words follow. After an item_say() it may have moved. */
void item_add(struct items *items, enum item_kind kind, int64_t t_ns, enum side side);
/* Words of the item that was added last. */
void item_say(struct items *items, enum chunk_role role, const char *fmt, ...) PRINTF(3, 4);

/* "c2 ", before what is said of that socket; "" where there is no other that could be meant. */
const char *label_prefix(const struct story *story, const char *sock,
                         char buf[SOCK_LABEL_SIZE + 1]);

/* The states of a life, and the timers that stood. */
void life_add_items(struct items *items, const struct story *story, const struct life *life,
                    bool verbose);

/*
 * The @at-th state, FIN_WAIT2, changes hands from the socket to a time-wait sock without a change
 * of state. When: the first sign of the latter while in it; NEVER.
 */
int64_t life_hand_over_ns(const struct life *life, size_t at);

/* Whether a spell of lateness is worth a line: what the slack allows for is on any machine. */
bool lateness_is_drawn(const struct record *rec, const struct event *event, bool verbose);

/* Everything, in order of time. 0 or -ENOMEM; items_free() it either way. */
int items_collect(const struct story *story, bool verbose, struct items *items) MUST_CHECK;
void items_free(struct items *items);

/* ---- rungs ---- */

#define RUNG_NS NS_PER_MS /* what is farther apart than this does not share a rung */

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
	bool late; /* belongs above rungs that are drawn already */
};

struct rungs {
	struct rung *items;
	size_t count, space;
};

/* 0 or -ENOMEM; free rungs->items either way. */
int rungs_layout(const struct items *items, const struct flights *flights,
                 struct rungs *rungs) MUST_CHECK;

/* "0.021 ms", "1.6897 s" */
const char *moment_text(int64_t t_ns, char *buf, size_t size);

/* ---- flights in words ---- */

#define WIDTH_MAX 200 /* columns of a line */
#define MARK_SIZE 48

struct ladder;
/* What fits @columns of the packet's words, after its connection's name where there are several. */
void flight_words(const struct ladder *ladder, const struct flight *flight, unsigned int columns,
                  bool verbose, char words[WIDTH_MAX]);
/* " held, rule 2": words next to a mark, with a blank on the mark's side. */
const char *wire_mark_text(const struct flight *flight, const char *word, char buf[MARK_SIZE]);
const char *fate_word(const struct flight *flight); /* of one that did not arrive: "dropped" */
const char *origin_word(const struct flight *flight); /* of one that began on the wire: "copy" */

/* ---- lines ---- */

#define QUIET_NS (100 * NS_PER_MS) /* a silence that is shown as one */

struct ladder {
	const struct record *rec;
	const struct story *story;
	const struct report_style *style;
	FILE *out;
	const struct flights *flights;
	struct items items;
	struct numbers numbers;
	bool utf8, alone; /* alone: one host that talks to itself, no server */
	bool crowded; /* several connections: packets say of which they are */
	unsigned int width, lane, left, right; /* columns: of a lane, of the two rails */
};

/* What is asked of the story before anything is drawn; numbers_free() @numbers either way. */
int ladder_prepare(struct ladder *ladder, const struct story *story) MUST_CHECK;
/* The address of @side's end, "" where nobody saw it: of the first connection of several. */
void ladder_address(const struct ladder *ladder, enum side side, char *buf, size_t size);
/* Whom a heading names, and ", x86_64, root, hand wire"; "": no kernel is named */
const char *ladder_origin(const struct record *rec, char *buf, size_t size);

/* The parts of a ladder in their order, rungs_draw() behind the heads. The columns: once, before. */
void ladder_measure(struct ladder *ladder);
void ladder_draw_title(const struct ladder *ladder);
void ladder_draw_ends(const struct ladder *ladder); /* the lanes' heads, with addresses */
void ladder_draw_foot(const struct ladder *ladder);

/* many.c: so many connections that each is a line, and each walk once. 0 or -ENOMEM. */
bool ladder_is_many(const struct ladder *ladder);
int ladder_draw_many(const struct ladder *ladder, const struct sheet *sheet) MUST_CHECK;
int ladder_draw_walkers(const struct ladder *ladder, const struct sheet *sheet) MUST_CHECK;

/* 0, -ENOMEM or -EIO. */
int rungs_draw(const struct ladder *ladder, const struct rungs *rungs) MUST_CHECK;
/* The lane's words above the first rung: "client 10.0.0.1". */
void ladder_draw_heads(const struct ladder *ladder, const char *const heads[SIDE_COUNT][2]);

#endif
