/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synack: what becomes of a SYN+ACK. */
#ifndef FINWAIT_JUDGE_MODEL_SYNACK_H
#define FINWAIT_JUDGE_MODEL_SYNACK_H

#include "chain.h"

struct synack {
	int64_t syncnt; /* TCP_SYNCNT of the listener; 0: tcp_synack_retries */
	int64_t defer_accept_s; /* TCP_DEFER_ACCEPT of the listener; 0: none */
	bool acked; /* the third ACK came, and no data: TCP_DEFER_ACCEPT goes on waiting */
};

/*
 * The SYN+ACKs of a request sock and its end: reqsk_timer_handler(), syn_ack_recalc(). No
 * SYN comes again, which would send one more and set the timer anew (tcp_check_req()),
 * and the listener's queue is less than half full. False: a sysctl is missing from the
 * record, or the retries are more than the seven bits of num_timeout hold.
 */
bool model_synack(const struct record *rec, enum side host, const struct synack *synack,
                  struct schedule *schedule);

/*
 * TCP_DEFER_ACCEPT's @seconds as the number of time-outs that it takes until they have passed:
 * secs_to_retrans(). 0: it defers nothing.
 */
int64_t model_defer_accept_timeouts(int64_t seconds);

/* How long a request sock waits after @timeouts of them: reqsk_timeout(). */
int64_t model_synack_timeout_ns(const struct record *rec, enum side host, unsigned int timeouts);

/* Whether a SYN+ACK completes a simultaneous open in SYN_RECV, or is only challenged:
 * the feature "simultaneous_synack" that was found by trying. -1: not known. */
int model_synack_in_syn_recv(const struct record *rec);

/*
 * Whether a first challenge ACK is sent. With tcp_challenge_ack_limit=0 tcp_send_challenge_ack()
 * draws from nothing and sends none; since e8a533cbeb79 ("treewide: use
 * get_random_u32_inclusive() when possible"), of 6.2, from 0 to -1, which is nearly always one.
 * Debian's 6.1.0-56 has that, too: it goes by the feature "challenge_without_limit" that was
 * found by trying, and by the release where that is not known.
 */
bool model_challenge_is_sent(const struct record *rec, enum side host);

/* What another SYN comes to that meets a request sock. */
enum syn_fate {
	SYN_REPEATED, /* the SYN+ACK goes again */
	SYN_CHALLENGED, /* an ACK of the SYN that made it: the request stays */
	SYN_RESETS, /* a reset, and the request is gone */
	SYN_FATE_COUNT,
};

/*
 * tcp_check_req() for a SYN of number @seq where the request was made by one of @rcv_isn and its
 * SYN+ACK offered @window: tcp_in_window(). It is not older by its timestamp (PAWS).
 */
enum syn_fate model_syn_again(uint32_t rcv_isn, uint16_t window, uint32_t seq);

/*
 * Whether a SYN+ACK whose sequence number is a cookie may have @seq now, when @before was that
 * of the same SYN @apart_ns ago: its upper 8 bits count minutes, from a beginning that nobody
 * knows, and its lower 24 are a hash anew in each (secure_tcp_syn_cookie(), tcp_cookie_time()).
 */
bool model_cookie_may_follow(uint32_t before, uint32_t seq, int64_t apart_ns);

#endif
