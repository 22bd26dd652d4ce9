/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness: what moved a socket from one box to another; for the map's own files. */
#ifndef FINWAIT_REPORT_MAP_WITNESS_H
#define FINWAIT_REPORT_MAP_WITNESS_H

#include "../../story/story.h"
#include "map.h"

#define EVER (NEVER + 1) /* as long ago as any time that is one */

struct witness {
	struct state_map *map;
	const struct story *story;
	const struct life *life;
};

/* From one box to another; the timer that was seen running before. */
struct step {
	enum map_node from, to;
	enum diag_timer timer;
};

struct cause {
	const char *word; /* the call's, the timer's */
	const char *text; /* for people */
	enum map_cause by; /* CAUSE_COUNT: unknown */
	bool traced;
};

/* The edge from one box to another that @cause may be of; NULL: there is none. */
const struct map_edge *map_edge_find(enum map_node from, enum map_node to,
                                     const struct cause *cause);
/* The only edge between two boxes; NULL: there is none, or there are more. */
const struct map_edge *map_edge_only(enum map_node from, enum map_node to);

/* The last segment that came to the end from @from_ns to @to_ns; NULL: none. */
const struct flight *segment_last(const struct life *life, int64_t from_ns, int64_t to_ns);

struct cause cause_make(enum map_cause by, const char *word, bool traced);
/* By trace's words; "packet" is @segment. */
struct cause cause_of_words(const char *words, const struct flight *segment);
/* What led to @state of the life. */
struct cause cause_of_state(const struct witness *w, struct step step,
                            const struct life_state *state);
/* What began a request sock. */
struct cause cause_of_request(const struct witness *w, const struct life_state *state);
/*
 * By what others saw from @from_ns to @to_ns: the first that may lead from one box to the other. A
 * request sock's timer reads as the socket's own.
 */
struct cause cause_infer(const struct witness *w, struct step step, int64_t from_ns, int64_t to_ns);

#endif
