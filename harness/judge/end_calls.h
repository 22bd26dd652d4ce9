/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * end_calls: what send(), recv() and SO_ERROR came to on one socket, call by call, as
 * words: "send 5, recv 0, send EPIPE SIGPIPE, SO_ERROR none".
 */
#ifndef FINWAIT_JUDGE_END_CALLS_H
#define FINWAIT_JUDGE_END_CALLS_H

#include "judge.h"
#include "model/sock_end.h"

/* Calls in the order in which they are made. */
struct end_calls {
	const enum sock_end_call *calls;
	size_t count;
	int64_t length; /* of what each of them sends, or has room to receive */
	const char *only; /* words for those of this name alone ("recv"); NULL: for all */
};

/* What @calls come to, by the rules of model/sock_end.h; @end is left as they leave it. */
struct value predict_calls(struct judge *judge, struct sock_end *end,
                           const struct end_calls *calls);

/*
 * Those that the probe made on @sock at or after @from: all three kinds, or those called
 * @name alone ("send").
 */
struct measured measure_calls(struct judge *judge, enum side host, const char *sock,
                              const char *name, struct moment from);

#endif
