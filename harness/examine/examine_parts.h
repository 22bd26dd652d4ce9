/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examine_parts: what the parts of an examination share; for examine's own files. */
#ifndef FINWAIT_EXAMINE_EXAMINE_PARTS_H
#define FINWAIT_EXAMINE_EXAMINE_PARTS_H

#include "examine.h"

/* The stamps of two observers may cross by this much. */
#define EXAMINE_SKEW_NS 50000

#define RESTS(observer) (1u << (observer))

/* What a segment that comes in does to the end it comes to. */
enum effect {
	EFFECT_SYN = 1 << 0, /* the peer's SYN, the first time */
	EFFECT_ACKS_SYN = 1 << 1, /* acknowledges our SYN, the first time */
	EFFECT_ACKS_FIN = 1 << 2, /* acknowledges our FIN, the first time */
	EFFECT_FIN = 1 << 3, /* the peer's FIN, all before it being here */
	EFFECT_RST = 1 << 4, /* a reset with a sequence number that counts */
	EFFECT_DATA = 1 << 5, /* new data in order */
	EFFECT_ASKS_ACK = 1 << 6, /* data, SYN, FIN or something out of place: wants an answer */
	EFFECT_ACKS_NEW = 1 << 7, /* acknowledges something that was not before */
};

/* Something that happened at or to one end: an event of it, or a segment of its. */
struct happening {
	int64_t t_ns;
	const struct event *event; /* NULL: a segment */
	const struct flight *flight; /* NULL: an event */
	bool arrives; /* the segment comes in; else it leaves */
	unsigned int effects; /* enum effect, of a segment that comes in */
	uint32_t rcv_nxt, una; /* after it: what is here without a gap, what the peer has */
	bool outstanding; /* after the segment: something sent is not acknowledged */
	bool several; /* ...and that may be more than one segment */
	bool unsent; /* after it: data or a FIN waits to be sent */
	bool probe; /* a keepalive or window probe that leaves */
	bool again; /* a segment that leaves, and all of it left before */
	bool more; /* ...together with the one before it: the kernel cut them apart */
	unsigned int resends; /* after it: segments sent again since the peer took something */
	enum side host;
	const char *sock;
};

/* A state and when it was entered; STATE_CLOSE: there is no socket, or none yet. */
struct stay {
	enum tcp_state state;
	int64_t from_ns, to_ns; /* entered between these; equal: traced */
};

/* One end of one connection, or a listener. */
struct end {
	enum side host;
	const char *sock; /* "": segments that belong to no socket anyone could name */
	struct happening *items; /* in order of time */
	size_t count;
	bool traced; /* trace told of its states */
	bool is_tcp; /* a socket of TCP's; else UDP's, or segments that are nobody's */
	bool listener;
	unsigned int options; /* calls of setsockopt() */
	int64_t owned_ns; /* a call was made on it first; INT64_MAX: none */
	int64_t closed_ns, closed_last_ns; /* the first and last that let go of it; likewise */
	bool complete; /* its sequence numbers are known from the SYN on */
	uint32_t isn; /* its own, where complete */
	bool sack; /* both ends offered it */
	/* segments that a timer sent; either: a time-out or a loss probe, both were due */
	unsigned int timeouts, loss_probes, either, keepalives, window_probes;
	unsigned int silent_lo, silent_hi; /* time-outs of a request that sent nothing */
	unsigned int maybe; /* in time for either, but perhaps an answer to what came in */
	unsigned int window_ends; /* given up for a closed window, 0 or 1 */
	unsigned int fresh; /* new data that a loss probe may have sent */
	struct stay *stays; /* its states, by those who saw it */
	size_t stay_count, stay_space;
};

struct exam {
	const struct story *story;
	struct examination *out;
	struct happening *happenings; /* all ends' */
	struct end *ends; /* in order of host and label */
	size_t end_count;
	/* of all ends, in order of time: who looks for a cause shall not look through everything */
	const struct flight **icmp; /* messages that arrived */
	const struct happening **connects; /* calls of connect() */
	const struct end **listeners;
	size_t icmp_count, connect_count, listener_count;
	bool labelled; /* packets say whose they are */
	int64_t slack_ns; /* how far apart one thing may be stamped by two observers */
	int err; /* -ENOMEM */
};

/* ---- examine.c ---- */

/* What a complaint rests on, and when it happened. */
struct ground {
	int64_t t_ns;
	int64_t from_ns, to_ns; /* lateness in here can explain it; 0, 0: shortly before t_ns */
	int64_t excess_ns; /* by how much the machine must have been late then; 0: any lateness */
	bool early; /* a spell of lateness that reaches into that time counts whole: see LATE_TICK */
	unsigned int rests_on;
	bool hole; /* others saw it, and trace did not: it lost an event */
};

/* Something is not explained: @fmt says what, and why that cannot be. */
void complain(struct exam *exam, const struct ground *ground, const char *fmt, ...) PRINTF(3, 4);

/* Whether the observer was there. */
bool examine_has(const struct exam *exam, enum observer observer);

/* An ICMP message about a segment of @end came to its host in that time. */
bool icmp_came(const struct exam *exam, const struct end *end, int64_t from_ns, int64_t to_ns);
/* The record ends so soon after @t_ns that what should follow may be missing. */
bool examine_ends_before(const struct exam *exam, int64_t t_ns);

#define WHERE_SIZE 40
/* "server s1", "client" for what has no label. */
const char *end_name(const struct end *end, char buf[WHERE_SIZE]);
#define SEGMENT_SIZE 96
/* "client c1 FA seq 4711 ack 815 len 0 at 0.043 s" */
const char *segment_text(const struct end *end, const struct happening *segment,
                         char buf[SEGMENT_SIZE]);

/* Something is looked at: examination.looks. */
static inline void exam_look(const struct exam *exam)
{
	exam->out->looks++;
}

/* ---- examine_end.c ---- */

/* All ends with what happened to them. 0 or -ENOMEM. */
int ends_collect(struct exam *exam) MUST_CHECK;
void ends_free(struct exam *exam);
/* The end @sock at @host; NULL: nothing was seen of it. */
const struct end *end_find(const struct exam *exam, enum side host, const char *sock);

static inline bool is_event(const struct happening *h, enum event_kind kind)
{
	return h->event && h->event->kind == kind;
}

static inline bool is_segment(const struct happening *h, bool arrives)
{
	return h->flight && h->arrives == arrives;
}

/* The first of the end's happenings that is not before @t_ns; its count: none. */
size_t end_from(const struct end *end, int64_t t_ns);
/* Whether trace or sock_diag had it as a request sock at @t_ns. */
bool end_was_request(const struct end *end, int64_t t_ns);
/* The first ICMP message that did not arrive before @t_ns; icmp_count: none. */
size_t icmp_from(const struct exam *exam, int64_t t_ns);
/* The first connect() that was not before @t_ns; connect_count: none. */
size_t connects_from(const struct exam *exam, int64_t t_ns);

bool is_call(const struct happening *h, const char *name);
/* A call that lets go of the socket: close(), or the end of the child that has it. */
bool is_closing_call(const struct happening *h);

/*
 * Whether @sample is of a socket that tcp_fastopen_create_child() made: it is there before its
 * SYN+ACK is acknowledged, which is its request's, as the timer is (tcp_fastopen_synack_timer()).
 */
bool is_fast_open_child(const struct end *end, const struct sample *sample);

/* ---- the parts, in the order in which they are called ---- */

void examine_segments(struct exam *exam, struct end *end);
void examine_states(struct exam *exam, struct end *end);
void examine_samples(struct exam *exam, const struct end *end);
void examine_timers(struct exam *exam, struct end *end);
void examine_trace(struct exam *exam, const struct end *end);
void examine_calls(struct exam *exam, const struct end *end);
void examine_wire(struct exam *exam);
void examine_counters(struct exam *exam);

/* ---- sequence numbers, RFC 9293 3.4 ---- */

static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool seq_after(uint32_t a, uint32_t b)
{
	return seq_before(b, a);
}

/* SYN and FIN take a number each. */
static inline uint32_t segment_end(const struct packet *packet)
{
	return packet->seq + packet->len + !!(packet->flags & TCP_FLAG_SYN) +
	       !!(packet->flags & TCP_FLAG_FIN);
}

#endif
