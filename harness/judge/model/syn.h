/* SPDX-License-Identifier: GPL-2.0-or-later */
/* syn: a SYN that is never answered. */
#ifndef FINWAIT_JUDGE_MODEL_SYN_H
#define FINWAIT_JUDGE_MODEL_SYN_H

#include "chain.h"

/*
 * tcp_write_timeout() in SYN_SENT with tcp_syn_retries, tcp_syn_linear_timeouts (none
 * where the kernel lacks it) and retransmits_timed_out() from the first SYN on. False: a
 * sysctl is missing from the record.
 */
bool model_syn(const struct record *rec, enum side host, struct schedule *schedule);

/* The same for a socket that was given TCP_SYNCNT; 0: none, tcp_syn_retries counts. */
bool model_syn_of(const struct record *rec, enum side host, int64_t syncnt,
                  struct schedule *schedule) MUST_CHECK;

/*
 * The same of a SYN that is answered at once by what acknowledges nothing of it: its timer is cut
 * to TCP_TIMEOUT_MIN, as long as it has not fired (tcp_rcv_synsent_state_process()). What
 * answers the SYNs behind it changes nothing.
 */
bool model_syn_hurried(const struct record *rec, enum side host,
                       struct schedule *schedule) MUST_CHECK;

/* Whether the RTO doubles with the time-out number @timeouts (1: the first) in SYN_SENT: tcp_retransmit_timer(). */
bool model_syn_backs_off(const struct record *rec, enum side host, int64_t timeouts);

#endif
