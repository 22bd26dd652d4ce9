/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist: data that waits behind a window of zero. */
#ifndef FINWAIT_JUDGE_MODEL_PERSIST_H
#define FINWAIT_JUDGE_MODEL_PERSIST_H

#include "chain.h"

struct persist {
	const struct sample *at_close; /* the socket when the window closed: its RTO is used */
	bool orphan; /* nobody owns the socket any more */
	/* the peer is there, and says that its window is still closed, by tcp_invalid_ratelimit */
	bool answered;
	int64_t user_timeout_ms; /* TCP_USER_TIMEOUT; 0: none */
};

/*
 * The window probes and the end: tcp_probe_timer(), tcp_probe0_when(), tcp_ack_probe().
 * at[0] is the first probe's time after the timer was set, when data was queued or its
 * acknowledgement came with nothing else out. @schedule ends in endless where the
 * socket goes on for ever. False: a sysctl is missing from the record, no RTO was read, or it
 * cannot be told whether so many probes find no answer that the socket is given up.
 */
bool model_persist(const struct record *rec, enum side host, const struct persist *persist,
                   struct schedule *schedule);

/* How long the timer runs after @probes: tcp_send_probe0(), tcp_probe0_when(). */
int64_t model_persist_timeout_ns(const struct record *rec, enum side host, int64_t rto_ns,
                                 unsigned int probes);

#endif
