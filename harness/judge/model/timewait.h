/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timewait: how long a connection stays in FIN_WAIT2 and in TIME_WAIT. */
#ifndef FINWAIT_JUDGE_MODEL_TIMEWAIT_H
#define FINWAIT_JUDGE_MODEL_TIMEWAIT_H

#include "timer.h"

/*
 * How long an orphan stays in FIN_WAIT2: tcp_fin_time() with tcp_fin_timeout, and
 * above TCP_TIMEWAIT_LEN the keepalive timer first, then a time-wait sock for the
 * same length again (tcp_keepalive_timer()).
 */
bool model_finwait2(const struct record *rec, enum side host, int64_t rto_us, struct span *stay);

/* How long a time-wait sock stays. */
struct span model_timewait(const struct record *rec);

#endif
