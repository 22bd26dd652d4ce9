/* SPDX-License-Identifier: GPL-2.0-or-later */
/* orphans: when there are too many of them for one more, or for one that was there. */
#ifndef FINWAIT_JUDGE_MODEL_ORPHANS_H
#define FINWAIT_JUDGE_MODEL_ORPHANS_H

#include "timer.h"

/* What one orphan is held against: tcp_check_oom(). */
struct orphans {
	/*
	 * As many as there were on the whole machine when tcp_orphan_update() last summed them
	 * up: 100 ms ago, or longer where the processor slept, for its timer wakes none. Since
	 * 19757cebf0c5 (5.15, and the stable kernels of November 2021); the close() that asks
	 * is not yet among them.
	 */
	int64_t counted;
	int64_t most; /* tcp_max_orphans */
	/* Only its retransmission timer asks for these; close() does not. */
	bool soft_error; /* an ICMP error came, and no ACK since: sk_err_soft */
	int64_t idle_ns; /* since it last sent data, or was established: lsndtime */
};

/*
 * Whether it is reset. tcp_out_of_resources() doubles what was counted for an orphan that has
 * been idle for more than twice the greatest RTO, and doubles it for one with an ICMP error.
 */
bool model_orphan_is_reset(const struct record *rec, enum side host, const struct orphans *orphans);

/* From when on tcp_out_of_resources() doubles for it. */
int64_t model_orphan_idle_ns(const struct record *rec, enum side host);

#endif
