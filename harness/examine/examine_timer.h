/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examine_timer: the timers of one end; for examine's own files. */
#ifndef FINWAIT_EXAMINE_EXAMINE_TIMER_H
#define FINWAIT_EXAMINE_EXAMINE_TIMER_H

#include "../judge/model.h"
#include "../judge/rto_track.h"
#include "examine_edge.h"

/* An end's timers as its happenings leave them. Of a span, lo and hi: it was in between. */
struct timers {
	const struct exam *exam;
	const struct end *end;

	/* ---- examine_timer_request.c: a request sock's timer */
	int64_t answered_ns; /* that SYN+ACK left; NEVER: none, or the timer fired since */
	struct span before; /* when the request's timer was due before that set it anew */
	int64_t defer_accept_s; /* TCP_DEFER_ACCEPT of its listener */
	unsigned int silent_lo, silent_hi; /* time-outs that sent nothing, at least and at most */

	/* ---- examine_timer_resend.c: the retransmission timer */
	struct span armed; /* it runs since */
	int64_t rto_ns, rtt_ns; /* 0: not known */
	int64_t rto_next_ns; /* after a time-out that the tap has not shown yet; 0: none */
	struct rto_track rto; /* what the ACKs since the last reading make of it */
	int64_t traced_ns; /* trace saw a segment sent again then; NEVER: not since the last */
	int64_t heard_ns; /* the last segment that came in */
	int64_t read_ns; /* the RTO was read */
	struct span since; /* retrans_stamp, which TCP_USER_TIMEOUT counts from */

	/* ---- examine_timer_probe.c: keepalive and window probes */
	struct keepalive own; /* what setsockopt() gave it; TCP_USER_TIMEOUT is for all timers */
	int64_t keepalive_set_ns; /* its timer; NEVER: it does not run */
	struct span keepalive_after; /* it fires so much later */
	int64_t alive_ns; /* the peer was heard, as keepalive_time_elapsed() has it */
	struct span window_set; /* the window probes' timer runs since */
	struct span window_since; /* icsk_probes_tstamp: their first */
	unsigned int keepalive_unanswered; /* probes since the peer was heard */
	unsigned int window_backoff; /* probes since the window closed */

	/* ---- examine_timer.c: a time-wait sock */
	int64_t time_wait_ns; /* its timer was set; NEVER: none */
	int64_t reached_ns; /* the last segment that would set it anew */
	int64_t linger2_s; /* TCP_LINGER2; 0: tcp_fin_timeout rules */

	uint32_t again_seq; /* of the last segment sent again */
	unsigned int timeouts; /* since something was acknowledged */
	unsigned int fresh; /* new data that left while other data was outstanding */
	unsigned int retransmits, loss_probes, either, keepalives, window_probes; /* were sent */
	unsigned int maybe; /* in time for a timer, and for an answer to what came in */
	unsigned int window_ends; /* closed windows that were given up */
	bool is_armed; /* the retransmission timer runs */
	bool fast_open; /* a socket whose request has the timer still */
	bool request; /* a request sock: it counts its own time-outs */
	bool acked; /* the third ACK came in, and left the request as it is */
	bool asked; /* a SYN came once more, and its SYN+ACK has not left yet */
	bool may_probe; /* the next resend may be a tail loss probe */
	bool disturbed; /* something came in that acknowledges nothing new: SACK, RACK, F-RTO */
	bool several; /* more than one segment may be outstanding */
	bool backed_off; /* the timer was set by a time-out: TCP_USER_TIMEOUT cuts it short */
	bool syn_sent; /* its SYN left, and no SYN or acknowledgement of it came */
	bool hurried; /* the SYN's timer was cut short */
	bool is_since; /* ...counted from then */
	bool since_moves; /* the next segment sent again may begin it anew */
	bool begun, passive; /* its SYN left or came in; that came first */
	bool keepalive; /* SO_KEEPALIVE is on */
	bool options_unknown; /* which of several listeners' it has is not */
	bool window_closed; /* the peer's window is 0 */
	bool rto_moves; /* the RTO was not read since something was acknowledged */
	bool outstanding, unsent; /* as of the last happening */
};

static inline bool is_within(int64_t t_ns, const struct span *due)
{
	return t_ns >= due->lo_ns && t_ns <= due->hi_ns;
}

/* ---- examine_timer.c ---- */

int64_t timers_sysctl_or(const struct timers *t, const char *name, int64_t otherwise);

/* The timer that runs @after was set in @set: when it is due, and how early it may seem. */
struct span timers_due(const struct timers *t, const struct span *set, struct span after);

/* The same for a timer of @delay_ns that TCP_USER_TIMEOUT, counted from @since, cuts short. */
struct span timers_due_within(const struct timers *t, const struct span *set, int64_t delay_ns,
                              const struct span *since);

/* When the end entered the state that it is in at @t_ns; NULL: nothing is known of it. */
const struct stay *stay_at(const struct end *end, int64_t t_ns);

/* It does @what at @t_ns, and a timer that was set in @set was due then. */
void complain_due(struct exam *exam, const struct timers *t, int64_t t_ns, const struct span *set,
                  const struct span *due, const char *what);

/*
 * ---- what happens, to the timers. @exam: complain there; NULL: only bring them up to
 * date. Each due() is false where nothing is known of the timer or it does not run.
 */

/* examine_timer_resend.c */
bool write_timer_due(const struct timers *t, struct span *due);
/*
 * tcp_ld_RTO_revert(): how many doublings of the RTO ICMP errors have taken back since it was
 * read, where the timer fires at @t_ns because of that; 0: none.
 */
unsigned int resend_reverts(const struct timers *t, int64_t t_ns);
void resend_departure(struct exam *exam, struct timers *t, const struct happening *h);
void resend_arrival(struct timers *t, const struct happening *h);
void resend_sample(struct timers *t, const struct event *event);

/* examine_timer_request.c */
bool request_due(const struct timers *t, struct span *due);
void request_resend(struct exam *exam, struct timers *t, int64_t t_ns);
void request_mini(struct exam *exam, struct timers *t, const struct event *event);
/* If it was a request it is one no more. */
void request_over(struct timers *t, int64_t t_ns);
/* It has gone, and no socket took its place. */
void request_gone(struct timers *t, int64_t t_ns);
/* Counts the time-outs of a request that sent nothing since its last SYN+ACK, as of @t_ns. */
void request_silence(struct timers *t, int64_t t_ns);

/* examine_timer_probe.c */
bool keepalive_due(const struct timers *t, struct span *due);
bool window_is_probed(const struct timers *t);
bool window_probe_due(const struct timers *t, struct span *due);
void probe_call(struct timers *t, const struct happening *h);
void probe_arrival(struct timers *t, const struct happening *h);
void probe_departure(struct exam *exam, struct timers *t, const struct happening *h);
void keepalive_gives_up(struct exam *exam, const struct timers *t, int64_t t_ns);

#endif
