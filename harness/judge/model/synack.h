/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synack: what becomes of a SYN+ACK. */
#ifndef FINWAIT_JUDGE_MODEL_SYNACK_H
#define FINWAIT_JUDGE_MODEL_SYNACK_H

#include "chain.h"

/* Whether a SYN+ACK completes a simultaneous open in SYN_RECV, or is only challenged:
 * the feature "simultaneous_synack" that was found by trying. -1: not known. */
int model_synack_in_syn_recv(const struct record *rec);

#endif
