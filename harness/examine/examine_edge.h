/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examine_edge: the edges between the states, with their causes; for examine's own files. */
#ifndef FINWAIT_EXAMINE_EXAMINE_EDGE_H
#define FINWAIT_EXAMINE_EXAMINE_EDGE_H

#include "examine_parts.h"

/* What may move a socket from one state to another. */
enum stimulus {
	BY_CONNECT,
	BY_LISTEN,
	BY_CLOSE,
	BY_SHUTDOWN,
	BY_SYN, /* the peer's SYN */
	BY_NEXT_SYN, /* a SYN on the same four-tuple, which another socket takes */
	BY_SYN_ACK, /* the peer's SYN, which acknowledges ours */
	BY_ACK_OF_SYN,
	BY_ACK_OF_FIN,
	BY_FIN,
	BY_RESET,
	BY_REFUSAL, /* a segment that it answers with a reset of its own */
	BY_LATE_DATA, /* data for a socket that will not read it any more */
	BY_ICMP,
	BY_WRITE_TIMER,
	BY_KEEPALIVE_TIMER,
	BY_REQUEST_TIMER,
	BY_TIME_WAIT_TIMER,
	BY_DESTROY,
	STIMULUS_COUNT,
};

struct edge {
	enum tcp_state from, to;
	enum stimulus by;
	bool must; /* it cannot come and leave the state as it is */
};

/* The next edge from @from behind @after (NULL: the first); NULL: no more. */
const struct edge *edge_next(enum tcp_state from, const struct edge *after);

unsigned int stimulus_effects(enum stimulus by);

/* Whether trace's word @cause ("" where it has none) may be of this stimulus. */
bool stimulus_has_cause(enum stimulus by, const char *cause);

/*
 * Whether anybody saw such a thing happen to @end at some time from @from_ns to @to_ns, or
 * so shortly before that it may take effect then.
 */
bool stimulus_seen(const struct exam *exam, const struct end *end, enum stimulus by,
                   int64_t from_ns, int64_t to_ns);

/*
 * When the last SYN on the four-tuple of @end, which is in TIME_WAIT, came and set its timer
 * anew: tcp_timewait_state_process(). NEVER: none did.
 */
int64_t next_syn_restarts_ns(const struct exam *exam, const struct end *end, int64_t from_ns,
                             int64_t to_ns);

/*
 * How many ICMP errors for the segment at @seq of @end came to its host in that time of which
 * each takes a doubling of the RTO back: tcp_ld_RTO_revert(), RFC 6069.
 */
unsigned int icmp_reverts(const struct exam *exam, const struct end *end, uint32_t seq,
                          int64_t from_ns, int64_t to_ns);

/* ---- examine_timer.c ---- */

/* Whether the timer may have fired then; true where nothing is known of it. */
bool timer_may_fire(const struct exam *exam, const struct end *end, enum stimulus by,
                    int64_t from_ns, int64_t to_ns);

#endif
