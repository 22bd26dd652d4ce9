/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oow: how often one socket answers segments that are out of its window. */
#ifndef FINWAIT_JUDGE_MODEL_OOW_H
#define FINWAIT_JUDGE_MODEL_OOW_H

#include "timer.h"

/* last_oow_ack_time of a socket or of a request sock; all zeros: it has answered none. */
struct oow {
	bool answered;
	int64_t last_ns; /* when it last did */
};

enum oow_fate {
	OOW_ANSWERED,
	OOW_SKIPPED, /* TcpExt.TCPACKSkippedSynRecv, TcpExt.TCPACKSkippedChallenge, ... */
	OOW_EITHER, /* it came as long after the last answer as the limit is */
	OOW_FATE_COUNT,
};

/* tcp_invalid_ratelimit, in nanoseconds. */
int64_t model_oow_limit_ns(const struct record *rec, enum side host);

/*
 * What becomes of one that comes at @t_ns: __tcp_oow_rate_limited() with tcp_invalid_ratelimit,
 * both stamps in jiffies. It counts SYNs and bare ACKs only (tcp_oow_rate_limited()).
 */
enum oow_fate model_oow(const struct record *rec, enum side host, struct oow *oow, int64_t t_ns);

/*
 * How many of @count challenge ACKs that different sockets owe within a second or less are sent:
 * tcp_challenge_ack_limit, of which tcp_send_challenge_ack() draws from half to one and a half
 * each second anew, and a second may begin among them. False: 0 is none, or
 * no limit to speak of (model_challenge_is_sent()).
 */
bool model_challenges(int64_t limit, int64_t count, struct value *sent) MUST_CHECK;

#endif
