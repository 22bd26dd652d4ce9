/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalive: SO_KEEPALIVE with a peer that has vanished. */
#ifndef FINWAIT_JUDGE_MODEL_KEEPALIVE_H
#define FINWAIT_JUDGE_MODEL_KEEPALIVE_H

#include "chain.h"

/* What the socket has of its own; 0: what the sysctl says. */
struct keepalive {
	int64_t time_s, intvl_s, probes; /* TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT */
	int64_t user_timeout_ms; /* TCP_USER_TIMEOUT, which takes the place of the count */
};

/*
 * The probes (at[0] is the first's time after the option was set on a connection that has
 * been idle no longer, sends 0 where none is sent) and the end, tcp_keepalive_timer() with
 * tcp_keepalive_time, _intvl and _probes. False: a sysctl is missing from the record or is
 * one of those that model_unmodelled() tells.
 */
bool model_keepalive_of(const struct record *rec, enum side host, const struct keepalive *keepalive,
                        struct schedule *schedule);

/* The same for a socket without options of its own. */
bool model_keepalive(const struct record *rec, enum side host, struct schedule *schedule);

/* @own, with what it leaves to the sysctls. False: as for model_keepalive_of(). */
bool model_keepalive_rules(const struct record *rec, enum side host, const struct keepalive *own,
                           struct keepalive *rules) MUST_CHECK;

#endif
