/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fin_loss: a FIN whose acknowledgement never comes, from a socket that nobody owns any
 * more (tcp_orphan_retries) or that still has its owner (tcp_retries2). What several probes
 * measure in several states.
 */
#ifndef FINWAIT_JUDGE_FIN_LOSS_H
#define FINWAIT_JUDGE_FIN_LOSS_H

#include "judge.h"
#include "measure.h"
#include "model.h"

struct fin_loss {
	enum side host;
	const char *sock;
	struct loss how; /* an orphan or not, told by ICMP or not */
	struct sent fins; /* as they left */
	struct schedule model;
	const char *unpredicted; /* set: there is no model, and why */
	unsigned int predicted_from; /* what the model was read from: RESTS_ON() mask */
};

/* What @host sent of FINs on @sock, and what the model says to it. */
void fin_loss_measure(struct judge *judge, enum side host, const char *sock, struct fin_loss *loss);

/* The same for a socket that shutdown() closed and that nobody has let go of. */
void fin_loss_measure_owned(struct judge *judge, enum side host, const char *sock,
                            struct fin_loss *loss);

/* The same under conditions of the caller's: @how.at_send is read here. */
void fin_loss_measure_how(struct judge *judge, enum side host, const char *sock, struct loss how,
                          struct fin_loss *loss);

/* How long to wait for the end of such a socket, from now: the model's latest and 2 s. */
int64_t fin_loss_limit_ms(const struct record *rec, enum side host, const char *sock);
int64_t fin_loss_owned_limit_ms(const struct record *rec, enum side host, const char *sock);

/* A figure of the current claim: fin_segments, of which the article @says so many in all. */
void fin_loss_judge_count(struct judge *judge, const struct fin_loss *loss, struct value says);

/* Two more: the intervals between them and the lifetime. */
void fin_loss_judge_life(struct judge *judge, const struct fin_loss *loss);

/* The same, and how many were loss probes: this host must have sent no others. */
void fin_loss_judge_times(struct judge *judge, const struct fin_loss *loss);

/* All of these, and the states until it is given up, of which no article says anything. */
void fin_loss_judge_orphan(struct judge *judge, const struct fin_loss *loss, struct value says,
                           const char *walk);

#endif
