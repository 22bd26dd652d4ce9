/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query: single facts of a record, for models and for a probe that must know how long to
 * wait. What a judge asks is measure.h. Events are taken in the record's order.
 */
#ifndef FINWAIT_JUDGE_QUERY_H
#define FINWAIT_JUDGE_QUERY_H

#include "../record/record.h"

/*
 * The segment number @index (0: the first) that @match's host sent on @sock ("": on any), as
 * it left; NULL: none.
 */
const struct event *query_sent(const struct record *rec, const char *sock,
                               const struct packet_match *match, size_t index);

/* Whether a packet is of the end @sock, or nobody could name its connection; "" is any. */
bool packet_is_on(const struct event *packet, const char *sock);

/* Whether this is a call @name on @sock at @host. */
bool event_is_call(const struct event *event, enum side host, const char *sock, const char *name);

/* The first call @name on @sock at @host that was made at or after @from_ns; NULL: none. */
const struct event *query_call(const struct record *rec, enum side host, const char *sock,
                               const char *name, int64_t from_ns);

/* The last sample of a full socket at or before @until_ns that carries an RTO; NULL: none. */
const struct sample *query_rto(const struct record *rec, enum side host, const char *sock,
                               int64_t until_ns);

/* A MIB counter's growth over the run; 0 when it did not change. */
int64_t query_counter(const struct record *rec, enum side host, const char *name);

#endif
