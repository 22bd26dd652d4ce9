/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure: what a judge asks of the record. Each answer brings the observers that it
 * was read from and, where there is none, the reason: a call that was not made, a socket
 * that nobody saw and a list that was cut are not answered by "no" or 0.
 */
#ifndef FINWAIT_JUDGE_MEASURE_H
#define FINWAIT_JUDGE_MEASURE_H

#include "judge.h"
#include "query.h"

/* Nothing was measured, and why; read from @rests_on. */
struct measured measured_none(unsigned int rests_on, const char *why_not);

/* ---- Calls of the probe ---- */

/* When the first @call on @sock was made. */
struct moment when_called(struct judge *judge, enum side host, const char *sock, const char *call);
/* What that call returned, as a count. */
struct measured measure_result(struct judge *judge, enum side host, const char *sock,
                               const char *call);
/*
 * What all calls @call on @sock that succeeded returned, summed: the bytes of every "send", of
 * every "recv"; 0 where each of them failed.
 */
struct measured measure_total(struct judge *judge, enum side host, const char *sock,
                              const char *call);
/* How many of them succeeded. */
struct measured measure_successes(struct judge *judge, enum side host, const char *sock,
                                  const char *call);
/* The name of the first one's errno, "none" for success. */
struct measured measure_errno(struct judge *judge, enum side host, const char *sock,
                              const char *call);
/* Calls on any socket: where one thing is tried many times. */
struct trials {
	enum side host;
	const char *call; /* "SO_ERROR" */
	int err; /* ECONNREFUSED; 0: success */
	struct moment from; /* those at or after it */
	struct moment to; /* and before it; all zeros: up to the end */
};
/*
 * How many of those calls came to that errno; inconclusive where none of the name was made at all.
 */
struct measured measure_trials(struct judge *judge, const struct trials *trials);
/* When the first note of just this @text was made, to tell one row of trials from the next. */
struct moment when_noted(struct judge *judge, const char *text);
/* The signal that it raised, "none". */
struct measured measure_signal(struct judge *judge, enum side host, const char *sock,
                               const char *call);

/* What sock_option_now() first read of the option @name. */
struct measured measure_option(struct judge *judge, enum side host, const char *sock,
                               const char *name);

/* How long that call slept: from call to return, or up to a millisecond where it did not. */
struct measured measure_took(struct judge *judge, enum side host, const char *sock,
                             const char *call);

/* ---- What left a host ---- */

/*
 * Packets as they left their hosts, each once, in order of departure: of TCP, or of the protocol
 * that the match asks for.
 */
struct sent {
	const struct flight **items; /* the story's; the list lives as long as the record */
	size_t count;
	unsigned int rests_on; /* what the list was read from */
	const char *why_not; /* set: it is not all of them, or cannot be known */
	int64_t from_ns; /* what left before was not asked for */
	int64_t to_ns; /* the record goes on to here */
};

/*
 * Those of the end @sock ("": of any) that match, as they left @match's host at or after
 * @from.
 */
struct sent sent_on(struct judge *judge, const char *sock, const struct packet_match *match,
                    struct moment from);
/* All of one connection's two ends, @sock and @peer. */
struct sent sent_by_both(struct judge *judge, const char *sock, const char *peer,
                         struct moment from);
/* The same of any end, from @from_ns on. */
struct sent sent_since(struct judge *judge, const struct packet_match *match, int64_t from_ns);
/* Those of both hosts. */
struct sent sent_all_since(struct judge *judge, struct moment from);
/* Those of them that left before @until. */
struct sent sent_before(struct sent sent, struct moment until);
/* When the first of them left. */
struct moment when_sent(const struct sent *sent);

struct measured measure_sent(const struct sent *sent);
/* How many after the first; inconclusive where there was no first. */
struct measured measure_resends(const struct sent *sent);
/* How many of them have these flags: (flags & mask) == value. */
struct measured measure_flagged(const struct sent *sent, uint16_t mask, uint16_t value);
/* Whether all have the first one's sequence number. */
struct measured measure_same_seq(const struct sent *sent);
/* Whether none of them arrived; inconclusive where none left. */
struct measured measure_all_lost(const struct sent *sent);
/* Their flags: "FA A FA A". */
struct measured measure_flags(struct judge *judge, const struct sent *sent);
/* From @from to the first of them. */
struct measured measure_first(const struct sent *sent, struct moment from);

/* ---- States ---- */

/* The walk of one end: "SYN_SENT ESTABLISHED". */
struct measured measure_walk(struct judge *judge, enum side host, const char *sock);
/* Whether it was ever in @state. */
struct measured measure_entered(struct judge *judge, enum side host, const char *sock,
                                enum tcp_state state);
/*
 * How long it stayed in @state from first entering it, with the uncertainty of both ends;
 * still in it at the record's end: a time without an upper end.
 */
struct measured measure_stay(struct judge *judge, enum side host, const char *sock,
                             enum tcp_state state);
/*
 * From @from to its end. Not seen to end, it lasted at least until the record's last event:
 * a time without an upper end.
 */
struct measured measure_until_end(struct judge *judge, enum side host, const char *sock,
                                  struct moment from);
/* Whether it ended; where the record ends within @within_ns of @from, that may not be known. */
struct measured measure_ended(struct judge *judge, enum side host, const char *sock,
                              struct moment from, int64_t within_ns);

/*
 * The timer that sock_diag last read of it at or before @at: "none", "on" (retransmission),
 * "keepalive", "timewait", "probe0".
 */
struct measured measure_timer(struct judge *judge, enum side host, const char *sock,
                              struct moment at);
/* Whether nobody owned the full socket when sock_diag last read it at or before @at. */
struct measured measure_orphan(struct judge *judge, enum side host, const char *sock,
                               struct moment at);

/*
 * How long after @from its time-wait sock is to end, by the timer as sock_diag first read it
 * in TIME_WAIT at or after @at: when that was and what was left of it then.
 */
struct measured measure_timewait_set(struct judge *judge, enum side host, const char *sock,
                                     struct moment from, struct moment at);

/* ---- Counters ---- */

/* A MIB counter's growth over the run. */
struct measured measure_counter(struct judge *judge, enum side host, const char *name);
/* The same up to a counters_mark(), or from it on. */
struct measured measure_counter_until(struct judge *judge, enum side host, const char *name,
                                      const char *mark);
struct measured measure_counter_since(struct judge *judge, enum side host, const char *name,
                                      const char *mark);
/* From one mark to a later one. */
struct measured measure_counter_between(struct judge *judge, enum side host, const char *name,
                                        const char *from, const char *to);

/* ---- What was read at an instant ---- */

/* How many sockets there were when socks_on_port() last counted those of @port. */
struct measured measure_sockets(struct judge *judge, enum side host, uint16_t port);
/* How many of them were in @state and of this kind. */
struct measured measure_sockets_in(struct judge *judge, enum side host, uint16_t port,
                                   enum tcp_state state, enum sock_object object);
/* The same by the last count before counters_mark(@mark). */
struct measured measure_sockets_in_until(struct judge *judge, enum side host, uint16_t port,
                                         enum tcp_state state, enum sock_object object,
                                         const char *mark);
/* A sysctl's value where nobody has set it, as sysctl_default() read it. */
struct measured measure_default(struct judge *judge, const char *name);

#endif
