/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalive: SO_KEEPALIVE with a peer that has vanished. */
#ifndef FINWAIT_JUDGE_MODEL_KEEPALIVE_H
#define FINWAIT_JUDGE_MODEL_KEEPALIVE_H

#include "chain.h"

/*
 * The probes (at[0] is the first's time after the option was set) and the end,
 * tcp_keepalive_timer() with tcp_keepalive_time, _intvl and _probes. False: a sysctl is
 * missing from the record or one of those that model_unmodelled() tells.
 */
bool model_keepalive(const struct record *rec, enum side host, struct schedule *schedule);

#endif
