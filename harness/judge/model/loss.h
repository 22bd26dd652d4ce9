/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss: a segment of an open connection that is never acknowledged. */
#ifndef FINWAIT_JUDGE_MODEL_LOSS_H
#define FINWAIT_JUDGE_MODEL_LOSS_H

#include "chain.h"

/*
 * A FIN that is never acknowledged and whose socket is an orphan: a tail loss
 * probe (tcp_early_retrans), then tcp_write_timeout() with tcp_orphan_retries().
 * @at_send: the socket when it sent the FIN; its RTO and RTT are used.
 */
bool model_orphan(const struct record *rec, enum side host, const struct sample *at_send,
                  struct schedule *schedule);

/* Data that is never acknowledged, on a socket with an owner: the same with tcp_retries2. */
bool model_retries2(const struct record *rec, enum side host, const struct sample *at_send,
                    struct schedule *schedule);

#endif
