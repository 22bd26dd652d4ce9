/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss: a segment of an open connection that is never acknowledged. */
#ifndef FINWAIT_JUDGE_MODEL_LOSS_H
#define FINWAIT_JUDGE_MODEL_LOSS_H

#include "chain.h"

struct loss {
	const struct sample *at_send; /* the socket when it sent: its RTO and RTT are used */
	bool orphan; /* nobody owns the socket any more */
	bool established; /* it is in ESTABLISHED */
	unsigned int segments; /* sent and not acknowledged; 0 stands for 1 */
	int64_t user_timeout_ms; /* TCP_USER_TIMEOUT; 0: none */
	bool soft_error; /* an ICMP error came for it: sk_err_soft */
	bool reverts; /* ...and for each send, one that takes the doubling back: RFC 6069 */
};

/*
 * A tail loss probe comes first (tcp_schedule_loss_probe(): tcp_early_retrans, SACK as it
 * was negotiated), then the retransmission timer: tcp_retransmit_timer() doubles it up to
 * the greatest RTO, or not at once where tcp_thin_linear_timeouts has it so, or not at all
 * where ICMP takes it back (tcp_ld_RTO_revert());
 * tcp_write_timeout() ends it when the time has passed that tcp_retries2,
 * tcp_orphan_retries() or TCP_USER_TIMEOUT stands for. False: a sysctl is missing from the
 * record, no RTO was read, or more is sent than a schedule holds.
 */
bool model_loss(const struct record *rec, enum side host, const struct loss *loss,
                struct schedule *schedule);

/* Whether the timer of @loss is doubled after so many time-outs: thin streams wait with that. */
bool model_backs_off(const struct record *rec, enum side host, const struct loss *loss,
                     unsigned int timeouts);

/*
 * After what time a tail loss probe is sent where there is one: tcp_schedule_loss_probe(). Of
 * @loss its sample and segments count. False: no RTO was read, or HZ is not known.
 */
bool model_loss_probe(const struct record *rec, enum side host, const struct loss *loss,
                      struct span *after);

/* A FIN whose socket is an orphan. */
bool model_orphan(const struct record *rec, enum side host, const struct sample *at_send,
                  struct schedule *schedule);

/* Data from a socket in ESTABLISHED with an owner. */
bool model_retries2(const struct record *rec, enum side host, const struct sample *at_send,
                    struct schedule *schedule);

#endif
