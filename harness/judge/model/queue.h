/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue: how many connections a listener keeps, half-open and not yet accepted. */
#ifndef FINWAIT_JUDGE_MODEL_QUEUE_H
#define FINWAIT_JUDGE_MODEL_QUEUE_H

#include "../../record/record.h"

/*
 * What listen(@backlog) comes to: sk_max_ack_backlog. __sys_listen() cuts it to somaxconn,
 * as an unsigned number: a negative one is somaxconn. False: that sysctl is not in the record.
 */
bool model_backlog(const struct record *rec, enum side host, int64_t backlog, int64_t *most);

/* How many wait for accept() behind it: sk_acceptq_is_full() asks for more than it, not as many. */
int64_t model_accept_queue(int64_t most);

/* What it was rounded up to in a table of half-open ones that is no more, ef547f2ac16b (4.3). */
int64_t model_power_above(int64_t backlog);

/* What tcp_conn_request() asks before it keeps one more half-open connection. */
struct half_open {
	int64_t most; /* model_backlog() */
	/*
	 * inet_csk_reqsk_queue_is_full() asks for more than it, since 3479c7549fb1 (6.13, and the
	 * stable kernels of January 2025); for as many before.
	 */
	bool more;
	/* tcp_syncookies is 0: its last quarter is kept for destinations "proven to be alive". */
	bool quarter;
	int64_t max_syn_backlog; /* tcp_max_syn_backlog */
};

/* How many half-open ones a listener keeps, of peers that the kernel knows nothing of. */
int64_t model_half_open(const struct half_open *rules);

/* Whether it is the queue of @rules that refuses the next one, counted as TCPReqQFull...; else the quarter. */
bool model_half_open_is_full(const struct half_open *rules);

/*
 * How many of @count half-open connections that came at once are left when
 * reqsk_timer_handler() has run off for the last of them at @timeouts (3: the third time,
 * after 1, 2 and 4 s): where the queue is more than half full and none of it is young,
 * two retransmissions are enough.
 */
int64_t model_half_open_kept(int64_t count, int64_t most, int64_t retries, unsigned int timeouts);

/*
 * How many of @count packets that come in one go a processor's queue takes, which is empty
 * before: enqueue_to_backlog() asks for more than netdev_max_backlog (@most), not as many.
 */
int64_t model_netdev_queue(int64_t count, int64_t most);

#endif
