/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * life: the states of one end of one connection, stitched from what trace and
 * diag saw of its request sock, its socket and its time-wait sock.
 */
#ifndef FINWAIT_STORY_LIFE_H
#define FINWAIT_STORY_LIFE_H

#include "../record/record.h"

struct life_state {
	enum tcp_state state;
	enum sock_object object;
	int64_t t_ns; /* entered at, as first seen */
	int64_t gap_ns; /* entered at most this long before t_ns; 0: traced */
	enum observer source;
	enum diag_timer timer; /* last seen running in this state */
	int64_t expires_ms; /* of it, when first seen */
	char cause[48]; /* traced: what made it so */
};

#define LIFE_STATES 64
struct life {
	enum side host;
	char sock[SOCK_LABEL_SIZE];
	struct life_state states[LIFE_STATES];
	size_t count;
	bool truncated;
};

/*
 * The life of the socket labelled @sock at @host, from the first state it was seen
 * to enter (not the CLOSE of a new socket, which only trace could tell), STATE_CLOSE
 * last when its end was seen.
 *
 * Rules, in order of trust: a traced transition is a fact with an exact time.
 * A mini-socket's timer start is the request sock's SYN_RECV or the time-wait
 * sock's TIME_WAIT (or FIN_WAIT2, which only a sample can tell). A sample adds a
 * state that trace cannot see, or every state when trace was absent. A full
 * socket's traced CLOSE that a time-wait sock of the same flow outlives is not
 * the end of the life and is left out. Nothing that no observer saw is added.
 */
void life_stitch(const struct record *rec, enum side host, const char *sock, struct life *life);

/* "SYN_SENT ESTABLISHED FIN_WAIT1"; returns @buf. */
const char *life_walk(const struct life *life, char *buf, size_t size);

/* The index of the first @state, or -1. */
int life_find(const struct life *life, enum tcp_state state);

/* Every label that has events at @host, in order of first appearance. */
size_t life_labels(const struct record *rec, enum side host, char labels[][SOCK_LABEL_SIZE],
                   size_t max);

#endif
