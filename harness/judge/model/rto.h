/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rto: what a round trip makes of a socket's retransmission time-out: RFC 6298, as
 * tcp_rtt_estimator() and tcp_set_rto() have it.
 *
 * sock_diag tells the RTO and the smoothed round trip, but not the deviation that the next
 * round trip is weighed against (mdev_us); it is never above rttvar_us, which follows from the
 * two. So what comes after a reading is a range.
 */
#ifndef FINWAIT_JUDGE_MODEL_RTO_H
#define FINWAIT_JUDGE_MODEL_RTO_H

#include "timer.h"

struct rto {
	struct span timeout; /* icsk_rto */
	struct span srtt; /* the smoothed round trip; hi 0: none was measured so far */
	struct span var; /* rttvar_us */
};

/* icsk_rto_min: tcp_rto_min_us where the kernel has it, in whole ticks. */
int64_t model_rto_min_ns(const struct record *rec, enum side host);

/*
 * The RTO as @sample of a full socket tells it. Where it was backed off, what the round trips make
 * of it lies between that and the same without the doubling.
 */
struct rto model_rto(const struct record *rec, enum side host, const struct sample *sample);

/* One more round trip was measured, which took @rtt. */
void model_rto_measure(const struct record *rec, enum side host, struct rto *rto,
                       const struct span *rtt);

/* It is one of the two, nobody knows which. */
void model_rto_join(struct rto *rto, const struct rto *other);

#endif
