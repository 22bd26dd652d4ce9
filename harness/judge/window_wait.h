/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window_wait: data that waits behind a window of zero, of a peer that answers each probe of it
 * or none. What several probes measure.
 */
#ifndef FINWAIT_JUDGE_WINDOW_WAIT_H
#define FINWAIT_JUDGE_WINDOW_WAIT_H

#include "judge.h"
#include "measure.h"
#include "model.h"

/* Whose data. */
struct window_end {
	enum side host;
	const char *sock;
	bool answered; /* each probe is */
	bool orphan; /* the socket was closed while the data waited */
	int64_t user_timeout_ms; /* TCP_USER_TIMEOUT; 0: none */
};

struct window_wait {
	struct window_end end;
	struct sent probes; /* segments without data since sock_fill() */
	struct moment closed; /* the last segment of the peer before them left it */
	struct schedule model; /* from then on */
	const char *unpredicted; /* set: there is no model, and why */
	unsigned int predicted_from; /* what the model was read from: RESTS_ON() mask */
};

/* What @end sent of window probes, and what the model says to it. */
void window_wait_measure(struct judge *judge, const struct window_end *end,
                         struct window_wait *wait);

/*
 * How long to wait for the end of such a socket, from now: the model's latest and 2 s. Of one
 * that never ends, what @probes probes take.
 */
int64_t window_wait_limit_ms(const struct record *rec, const struct window_end *end,
                             unsigned int probes);

/* Figures of the current claim: window_probes and their intervals, */
void window_wait_judge_probes(struct judge *judge, const struct window_wait *wait);

/* and fails_after, from when the window closed. */
void window_wait_judge_end(struct judge *judge, const struct window_wait *wait, struct value says);

#endif
