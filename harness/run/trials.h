/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trials: what this kernel does that neither its release nor anything it offers tells, as
 * distributions take single changes back into older kernels. Tried over the loopback of a
 * namespace of its own, in a user namespace of its own when @userns.
 */
#ifndef FINWAIT_RUN_TRIALS_H
#define FINWAIT_RUN_TRIALS_H

#include <stdbool.h>

/*
 * "accepted" or "challenged": does a SYN+ACK that meets SYN_RECV complete a simultaneous open, or
 * is it dropped and answered by a challenge ACK? tcp_validate_incoming() decides (commit
 * 23e89e8ee7be, "tcp: Don't drop SYN+ACK for simultaneous connect()"). "unknown": it could not be
 * tried.
 */
const char *trial_synack(bool userns);

/*
 * "sent" or "withheld": is a challenge ACK sent with tcp_challenge_ack_limit=0? What
 * tcp_send_challenge_ack() draws at random is 0 then, and since e8a533cbeb79 ("treewide: use
 * get_random_u32_inclusive() when possible") anything. "unknown": it could not be tried, or the
 * kernel has one count for all its namespaces, the host's among them, as before 79e3602caa6f
 * ("tcp: make global challenge ack rate limitation per net-ns and default disabled").
 */
const char *trial_challenge(bool userns);

#endif
