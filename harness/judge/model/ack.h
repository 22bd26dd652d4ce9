/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ack: how long an acknowledgement may be put off. */
#ifndef FINWAIT_JUDGE_MODEL_ACK_H
#define FINWAIT_JUDGE_MODEL_ACK_H

#include "timer.h"

/*
 * The timer of a delayed ACK after data that is in order: tcp_send_delayed_ack(), 40 to
 * 200 ms, less where the least RTO is less (tcp_delack_max()). An ACK may always come
 * earlier: with data of its own, for two full segments, in quick-ack mode.
 */
struct span model_delayed_ack(const struct record *rec, enum side host);

#endif
