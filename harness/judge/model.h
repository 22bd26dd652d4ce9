/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what the kernel's rules and the sysctls in force predict.
 *
 * Theory of operation
 *
 * A prediction is computed from the sysctls as read in the namespace, from
 * facts of the socket that the record holds (its RTO), and from what the kernel
 * has. Nothing here knows an answer, nor a version of the kernel: where kernels differ,
 * the record tells which rule is in force (a sysctl exists, a feature was tried out).
 * Where the kernel's own rounding leaves a range, the prediction is that range:
 *
 *   - A timer of d ticks fires after more than d and at most d + 8^n ticks, n being
 *     the level of the timer wheel it falls into (base/wheel.h). It never fires early.
 *   - On top of that a machine may be late: the record's slack is added to the upper
 *     end of each timer.
 *
 * The pieces: timer (one timer), chain (timers one after another, each of which sends
 * something), and a file for each rule of the kernel's that is made of them.
 */
#ifndef FINWAIT_JUDGE_MODEL_H
#define FINWAIT_JUDGE_MODEL_H

#include "model/ack.h"
#include "model/chain.h"
#include "model/chance.h"
#include "model/keepalive.h"
#include "model/loss.h"
#include "model/negotiated.h"
#include "model/oow.h"
#include "model/orphans.h"
#include "model/persist.h"
#include "model/port.h"
#include "model/queue.h"
#include "model/rto.h"
#include "model/sock_end.h"
#include "model/syn.h"
#include "model/synack.h"
#include "model/timer.h"
#include "model/timewait.h"
#include "model/unmodelled.h"

#endif
