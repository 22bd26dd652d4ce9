/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data_loss: data in ESTABLISHED whose acknowledgement never comes, from a socket that its
 * owner keeps (tcp_retries2, or TCP_USER_TIMEOUT). What several probes measure.
 */
#ifndef FINWAIT_JUDGE_DATA_LOSS_H
#define FINWAIT_JUDGE_DATA_LOSS_H

#include "judge.h"
#include "measure.h"
#include "model.h"

/* Whose data. */
struct data_end {
	enum side host;
	const char *sock;
	int64_t user_timeout_ms; /* TCP_USER_TIMEOUT; 0: none */
};

struct data_loss {
	struct data_end end;
	struct sent sent; /* the segments with data, as they left */
	struct schedule model;
	const char *unpredicted; /* set: there is no model, and why */
	unsigned int predicted_from; /* what the model was read from: RESTS_ON() mask */
};

/* What @end sent of data, one segment again and again, and what the model says to it. */
void data_loss_measure(struct judge *judge, const struct data_end *end, struct data_loss *loss);

/* How long to wait for the end of such a socket, from now: the model's latest and 2 s. */
int64_t data_loss_limit_ms(const struct record *rec, const struct data_end *end);

/* Figures of the current claim: data_segments, of which the article @says so many in all, */
void data_loss_judge_count(struct judge *judge, const struct data_loss *loss, struct value says);

/* intervals, when each of them left, */
void data_loss_judge_intervals(struct judge *judge, const struct data_loss *loss);

/* and fails_after, from the first of them on. */
void data_loss_judge_end(struct judge *judge, const struct data_loss *loss, struct value says);

#endif
