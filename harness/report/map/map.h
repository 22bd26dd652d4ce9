/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map: the states and the ways between them, and which of these a set of records shows. Theory of
 * operation:
 *
 *   map_table.c  the drawing as data: RFC 9293's figure 5 and what Linux adds to it
 *   witness.c    records -> which edges were seen: from each end's life and trace's own events;
 *                witness_cause.c: and by what
 *   map_svg.c    both -> SVG; labels lead to a probe that shows the edge
 *   map_page.c   both -> a table for the page
 *   map_rows.c   both -> rows for other programs
 *
 * A line goes from one box to another and has several edges, one for each thing that may cause
 * the change. Where trace was there the cause is trace's; of segments, and where sock_diag
 * alone watched, it is what came in or was called just before. What is seen and is no edge
 * of the table is kept as a stray, and shown.
 *
 * Coordinates are pixels, as in a picture.
 */
#ifndef FINWAIT_REPORT_MAP_MAP_H
#define FINWAIT_REPORT_MAP_MAP_H

#include "../../base/array.h"
#include "../../record/record.h"
#include "../markup.h"

#define MAP_WIDTH 1300
#define MAP_HEIGHT 1075 /* of the boxes and lines; words follow below */
#define MAP_BOX_WIDTH 128
#define MAP_BOX_HEIGHT 34
#define MAP_LINE_PIXELS 13

enum map_node {
	NODE_CLOSE,
	NODE_LISTEN,
	NODE_REQUEST,
	NODE_SYN_SENT,
	NODE_SYN_RECV,
	NODE_ESTABLISHED,
	NODE_FIN_WAIT1,
	NODE_FIN_WAIT2,
	NODE_FIN_WAIT2_MINI,
	NODE_CLOSING,
	NODE_TIME_WAIT,
	NODE_CLOSE_WAIT,
	NODE_LAST_ACK,
	NODE_END, /* CLOSE again, as the RFC draws it twice */
	NODE_COUNT,
};

struct map_box {
	const char *name; /* the kernel's */
	const char *rfc; /* the RFC's; "" it has none */
	int x, y; /* its middle */
	bool mini; /* a request or a time-wait sock */
};

enum map_line {
	LINE_NONE,
	LINE_CLOSE_LISTEN,
	LINE_LISTEN_CLOSE,
	LINE_CLOSE_SYN_SENT,
	LINE_LISTEN_SYN_SENT, /* the RFC's, not Linux's */
	LINE_LISTEN_REQUEST,
	LINE_REQUEST_LISTEN, /* the RFC's, not Linux's */
	LINE_LISTEN_SYN_RECV,
	LINE_REQUEST_SYN_RECV,
	LINE_REQUEST_END,
	LINE_SYN_SENT_SYN_RECV,
	LINE_SYN_SENT_ESTABLISHED,
	LINE_SYN_SENT_END,
	LINE_SYN_RECV_ESTABLISHED,
	LINE_SYN_RECV_FIN_WAIT1,
	LINE_SYN_RECV_END,
	LINE_ESTABLISHED_FIN_WAIT1,
	LINE_ESTABLISHED_CLOSE_WAIT,
	LINE_ESTABLISHED_TIME_WAIT, /* the RFC's, not Linux's */
	LINE_ESTABLISHED_END,
	LINE_FIN_WAIT1_FIN_WAIT2,
	LINE_FIN_WAIT1_CLOSING,
	LINE_FIN_WAIT1_TIME_WAIT, /* the RFC's, not Linux's */
	LINE_FIN_WAIT1_SELF,
	LINE_FIN_WAIT1_END,
	LINE_FIN_WAIT2_MINI,
	LINE_FIN_WAIT2_TIME_WAIT,
	LINE_FIN_WAIT2_SELF,
	LINE_FIN_WAIT2_END,
	LINE_MINI_TIME_WAIT,
	LINE_MINI_END,
	LINE_CLOSING_TIME_WAIT,
	LINE_CLOSING_SELF,
	LINE_CLOSING_END,
	LINE_CLOSE_WAIT_LAST_ACK,
	LINE_CLOSE_WAIT_END,
	LINE_LAST_ACK_END, /* by the ACK of its FIN: in the figure */
	LINE_LAST_ACK_ABORT,
	LINE_LAST_ACK_SELF,
	LINE_TIME_WAIT_END, /* by its timer: in the figure */
	LINE_TIME_WAIT_ABORT,
	LINE_COUNT,
};

struct map_point {
	int x, y;
};

#define MAP_POINTS 4

struct map_way {
	enum map_node from, to;
	struct map_point
		points[MAP_POINTS]; /* the last one has the arrow's tip; all 0: words alone */
	struct map_point words; /* the first line of them */
	bool end; /* they end there, else begin */
	const char *action; /* of all its edges, below them; "" nothing is sent */
};

/* What moves the socket. */
enum map_cause {
	CAUSE_CALL,
	CAUSE_SEGMENT, /* that is no reset */
	CAUSE_DATA, /* one with data, where that makes a difference */
	CAUSE_RESET,
	CAUSE_ICMP,
	CAUSE_TIMER,
	CAUSE_NOTHING, /* Linux has no such edge */
	CAUSE_COUNT,
};

struct map_edge {
	enum map_line line;
	enum map_cause by;
	const char *word; /* the call's or the timer's name; "" any */
	const char *event; /* as the RFC's figure has it, above its line */
	const char *function; /* of the kernel; of an edge that Linux has not: what it does */
	const char *rfc; /* section or note; "" Linux's own */
	enum map_line denies; /* whoever shows this edge shows that Linux has not that one */
};

extern const struct map_box map_boxes[NODE_COUNT];
extern const struct map_way map_ways[LINE_COUNT];
extern const struct map_edge map_edges[];
extern const size_t map_edge_count;

/* Which records show an edge, each once, in their order. */
struct map_seen {
	const struct record **records;
	size_t count, space;
	size_t traced; /* of them had it from trace */
};

/* What was seen and is no edge of the table. */
struct map_stray {
	enum map_node from, to;
	const char *cause; /* trace's word, or what was seen just before; the record's own */
	bool traced; /* else read: what lay between two readings was not seen */
	struct map_seen seen;
};

struct state_map {
	const struct record *const *records;
	size_t record_count;
	struct map_seen *seen; /* of each edge */
	struct map_stray *strays;
	size_t stray_count, stray_space;
	size_t kernels; /* how many there are among the records */
	unsigned int families; /* 1 << FAMILY_... */
	bool failed; /* no memory: something is missing */
};

/* How many of the records' kernels show something. */
enum map_extent { EXTENT_NONE, EXTENT_SOME, EXTENT_ALL, EXTENT_COUNT };

/* 0 or -ENOMEM; state_map_free() it either way. The records outlive the map. */
int state_map_build(const struct record *const *records, size_t count,
                    struct state_map *map) MUST_CHECK;
void state_map_free(struct state_map *map);

size_t map_kernels(const struct record *const *records, size_t count);
/* Whether no record before the @index-th is of its kernel, of its probe. */
bool map_kernel_is_new(const struct record *const *records, size_t index);
bool map_probe_is_new(const struct record *const *records, size_t index);
enum map_extent map_extent_of(const struct state_map *map, const struct map_seen *seen);
/* "CAUSE_NOTHING" edges are the RFC's alone. */
bool map_edge_denied(const struct map_edge *edge);

/* Who knows where on the page a record's probe is; NULL: nowhere. */
struct map_links {
	const char *(*anchor)(const void *arg, const struct record *rec);
	const void *arg;
};

/* As an <svg>; @alone: with its style sheet, to be a file by itself, without links. */
void map_print(const struct state_map *map, const struct map_links *links, bool alone, FILE *out);
void map_print_style(FILE *out);
/* A row an edge: what it is, where it is from, who shows it. */
void map_print_table(const struct state_map *map, const struct map_links *links, FILE *out);

/* "12 of 14 probes ... ": who shows it, for a pointer and for the table. */
void map_witnesses(const struct state_map *map, const struct map_seen *seen, FILE *out);

#endif
