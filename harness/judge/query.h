/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query: what a judge asks of a record. Pure; a record is in order of time here. */
#ifndef FINWAIT_JUDGE_QUERY_H
#define FINWAIT_JUDGE_QUERY_H

#include "../story/life.h"
#include "../record/record.h"

#define QUERY_PACKETS 256

struct sent_packet {
	int64_t t_ns;
	struct packet packet;
	bool delivered; /* it left the wire on the other side too */
};

struct packet_list {
	struct sent_packet items[QUERY_PACKETS];
	size_t count;
	bool truncated;
};

/*
 * Segments that @match's host sent, each once, as they left it; on loopback
 * each once too. Only TCP.
 */
void query_sent(const struct record *rec, const struct packet_match *match,
                struct packet_list *list);
/* Every TCP segment of both hosts, each once, in order of departure. */
void query_sent_all(const struct record *rec, struct packet_list *list);

/* Leave only what left at or after @from_ns. */
void query_since(struct packet_list *list, int64_t from_ns);

/* "S SA A": the flags of all segments in order of departure; returns @buf. */
const char *query_flags(const struct packet_list *list, char *buf, size_t size);

/* The first call @name on @sock at @host that was made at or after @from_ns; NULL: none. */
const struct event *query_call(const struct record *rec, enum side host, const char *sock,
                               const char *name, int64_t from_ns);

/* When that call was made; INT64_MAX: never. */
int64_t query_called_ns(const struct record *rec, enum side host, const char *sock,
                        const char *name);

/* The last sample of a full socket at or before @until_ns that carries an RTO; NULL: none. */
const struct sample *query_rto(const struct record *rec, enum side host, const char *sock,
                               int64_t until_ns);

/*
 * How long the life stayed in @state from first entering it, with the uncertainty of
 * both ends; still in it at the record's end: a time without an upper end.
 * VALUE_NONE: it was never seen in @state.
 */
struct value query_stay(const struct record *rec, const struct life *life, enum tcp_state state);

/*
 * From @from_ns to the end of the life (CLOSE or gone). A life that was not seen to
 * end lasted at least until the record's last event: a time without an upper end.
 */
struct value query_until_end(const struct record *rec, const struct life *life, int64_t from_ns);

/* A MIB counter's growth over the run; 0 when it did not change. */
int64_t query_counter(const struct record *rec, enum side host, const char *name);

#endif
