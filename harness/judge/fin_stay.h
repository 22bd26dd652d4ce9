/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fin_stay: an orphan in FIN_WAIT2 whose peer does not close. What several probes measure of
 * sockets that came there in several ways.
 */
#ifndef FINWAIT_JUDGE_FIN_STAY_H
#define FINWAIT_JUDGE_FIN_STAY_H

#include "judge.h"
#include "model/timer.h"

struct fin_stay {
	enum side host;
	const char *sock;
	int64_t linger2_s; /* TCP_LINGER2; 0: tcp_fin_timeout rules */
};

/*
 * What the kernel's rules make of it: tcp_fin_time() by the RTO that the ACK of the FIN leaves.
 * False: none of its readings tells an RTO.
 */
bool fin_stay_model(const struct record *rec, const struct fin_stay *stay, struct span *model);

/* How long to wait for the end of such a socket, from when it is one: the model's latest and 2 s. */
int64_t fin_stay_limit_ms(const struct record *rec, const struct fin_stay *stay);

/*
 * A figure of the current claim, @name: from @from (a moment, or the entry to FIN_WAIT2 where
 * it is all zeros) to the end of the socket, of which the article says that it takes @says.
 */
void fin_stay_judge(struct judge *judge, const struct fin_stay *stay, const char *name,
                    struct moment from, struct value says);

/* What the article means: tcp_fin_timeout, as a timer of this kernel. */
struct value fin_stay_timeout(const struct record *rec, enum side host);

#endif
