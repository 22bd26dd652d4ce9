/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rto_track: a socket's RTO from one reading of it to the next. An ACK of what was sent is a
 * round trip more (tcp_ack_update_rtt()), and what the socket does then goes by the RTO that comes
 * of it: an orphan's FIN_WAIT2 begins with the ACK of its FIN, and is never shorter than 3.5 RTO.
 */
#ifndef FINWAIT_JUDGE_RTO_TRACK_H
#define FINWAIT_JUDGE_RTO_TRACK_H

#include "model/rto.h"

struct rto_track {
	const struct record *rec;
	enum side host;
	struct rto rto;
	bool known; /* it was read */
	bool settled; /* in FIN_WAIT2: nothing is acknowledged any more */
	bool outstanding, resent; /* something is sent and not acknowledged; ...some of it again */
	int64_t first_ns, last_ns; /* when of that the first and the last left */
};

/* A reading. One of before the last ACK, which is seen late, does not count. */
void rto_track_read(struct rto_track *track, const struct sample *sample);

/* A segment with a sequence number left its host, @again: it did before. */
void rto_track_sent(struct rto_track *track, int64_t t_ns, bool again);

/* An ACK of something new came, @all: of all that was outstanding. */
void rto_track_acked(struct rto_track *track, int64_t t_ns, bool all);

/*
 * The RTO that @sock at @host has after all that is in @rec; in FIN_WAIT2 it is the last.
 * False: no reading of its full socket tells one, or there is no memory.
 */
bool rto_find(const struct record *rec, enum side host, const char *sock, struct rto *rto);

#endif
