/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timewait: how long a connection stays in FIN_WAIT2 and in TIME_WAIT. */
#ifndef FINWAIT_JUDGE_MODEL_TIMEWAIT_H
#define FINWAIT_JUDGE_MODEL_TIMEWAIT_H

#include "rto.h"

/*
 * Whether the kernel keeps a time-wait sock when it has no other: with
 * tcp_max_tw_buckets=0 inet_twsk_alloc() gives none, and tcp_time_wait() closes the
 * socket instead. That goes for FIN_WAIT2 of an orphan too.
 */
bool model_timewait_is_kept(const struct record *rec, enum side host);

/* What a socket is in that enters TIME_WAIT: that, or STATE_GONE where none is kept.
 */
enum tcp_state model_timewait_state(const struct record *rec, enum side host);

/*
 * What an orphan is when it enters FIN_WAIT2: a time-wait sock, or a full socket where
 * tcp_fin_timeout is over TCP_TIMEWAIT_LEN: tcp_rcv_state_process().
 */
enum sock_object model_finwait2_object(const struct record *rec, enum side host);

/* The same as model_timewait_state() of an orphan that enters FIN_WAIT2. */
enum tcp_state model_finwait2_state(const struct record *rec, enum side host);

/*
 * How long an orphan stays in FIN_WAIT2: tcp_fin_time() with tcp_fin_timeout, and
 * above TCP_TIMEWAIT_LEN the keepalive timer first, then a time-wait sock for the
 * same length again (tcp_keepalive_timer()). @rto_us: when FIN_WAIT2 began; it matters where
 * 3.5 of it are more than tcp_fin_timeout. False: the sysctl or the RTO is missing.
 */
bool model_finwait2(const struct record *rec, enum side host, int64_t rto_us, struct span *stay);

/*
 * The same of a socket with TCP_LINGER2 at @linger2_s: as tcp_fin_timeout, cut to 120 s by
 * do_tcp_setsockopt(); below 0 FIN_WAIT2 is over at once; 0 leaves it to tcp_fin_timeout.
 */
bool model_finwait2_of(const struct record *rec, enum side host, int64_t linger2_s, int64_t rto_us,
                       struct span *stay);

/* model_finwait2_of() where the RTO lies in a range. */
bool model_finwait2_between(const struct record *rec, enum side host, int64_t linger2_s,
                            const struct rto *rto, struct span *stay);

/* What a segment does to a sock in TIME_WAIT. */
enum timewait_effect {
	TIMEWAIT_STAYS, /* nothing, though it may be answered with an ACK */
	TIMEWAIT_RESTARTS, /* its whole time begins anew */
	TIMEWAIT_ENDS, /* assassinated */
	TIMEWAIT_REOPENS, /* a new connection takes its place */
	TIMEWAIT_EFFECT_COUNT,
};

/* What the sock knows when the segment comes. */
struct timewait {
	uint32_t rcv_nxt; /* behind the peer's FIN */
	uint32_t ts_recent; /* the peer's last timestamp; 0: none */
};

/*
 * tcp_timewait_state_process(). The old timestamp of an RST counts in the first second only
 * (tcp_paws_reject()), which is not told apart here.
 */
enum timewait_effect model_timewait_on(const struct record *rec, enum side host,
                                       const struct timewait *sock, const struct packet *packet);

/*
 * Whether a connection that takes TIME_WAIT's place begins 65537 behind the old one's last number,
 * as tcp_timewait_state_process() has it. Since 41eecbd712b7 "tcp: replace
 * TCP_SKB_CB(skb)->tcp_tw_isn with a per-cpu field", of 6.10, tcp_conn_request() gets that number;
 * before, it took one by the clock. Nothing but its effect shows which it is.
 */
bool model_timewait_counts_on(const struct record *rec);

/*
 * How long a time-wait sock stays that no further segment reaches; none at
 * all, but for the slack, where none is kept.
 */
struct span model_timewait(const struct record *rec, enum side host);

/*
 * What its timer is set to, as sock_diag tells: without the wheel's rounding, uncertain by
 * the tick in which it was set and that in which it was read, in whole milliseconds.
 */
struct span model_timewait_set(const struct record *rec);

/* TIME_WAIT set to @ns by somebody else's rule, read in the same way. */
struct span model_timewait_set_to(const struct record *rec, int64_t ns);

/*
 * Whether connect() that looks for a port may take that of a time-wait sock to the same
 * destination, once model_reuse_delay_ns() is over: tcp_twsk_unique(). @loopback: it goes from
 * or to 127.0.0.0/8 or ::1, which is what tcp_tw_reuse 2 asks for.
 */
bool model_timewait_reuse(const struct record *rec, enum side host, bool loopback);

/*
 * After so long it may. Kernels with tcp_tw_reuse_delay (6.14) count milliseconds from TIME_WAIT
 * on; older ones wait for the next whole second of their clock, which is one at most.
 */
int64_t model_reuse_delay_ns(const struct record *rec, enum side host);

/* Whether it may not before: where whole seconds count, that hangs on when they begin. */
bool model_reuse_delay_is_exact(const struct record *rec, enum side host);

#endif
