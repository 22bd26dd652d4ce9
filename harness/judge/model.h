/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what the kernel's rules and the sysctls in force predict.
 *
 * Theory of operation
 *
 * A prediction is computed from the sysctls as read in the namespace, from
 * facts of the socket that the record holds (its RTO), and from what the kernel
 * has. Nothing here knows an answer. Where the kernel's own rounding leaves a
 * range, the prediction is that range:
 *
 *   - A timer of d ticks fires after more than d and at most d + 8^n ticks, n being
 *     the level of the timer wheel it falls into (kernel/time/timer.c,
 *     calc_wheel_index()): 0 below 63 ticks, 1 below 504, 2 below 4032, 3 below
 *     32256, ... It never fires early.
 *   - On top of that a machine may be late: FINWAIT_SLACK_MS, 10 ms unless the
 *     environment says otherwise, is added to the upper end of each timer.
 *
 * A chain of timers (retransmissions) is followed as a span of times. Where a bound
 * on elapsed time falls into the span, both ways are followed: the count is a range then.
 */
#ifndef FINWAIT_JUDGE_MODEL_H
#define FINWAIT_JUDGE_MODEL_H

#include "../record/record.h"

struct span {
	int64_t lo_ns, hi_ns;
};

static inline struct span span_add(struct span a, struct span b)
{
	return (struct span){.lo_ns = a.lo_ns + b.lo_ns, .hi_ns = a.hi_ns + b.hi_ns};
}

static inline struct value span_value(struct span span)
{
	return (struct value){.kind = VALUE_TIME, .lo = span.lo_ns, .hi = span.hi_ns};
}

/* FINWAIT_SLACK_MS (0 to 10000) in nanoseconds; false: it is something else, and 10 ms apply. */
bool model_slack_read(int64_t *slack_ns);
/* The same, whether or not it could be read. */
int64_t model_slack_ns(void);

/* When a kernel timer of @delay_ns, rounded up to ticks of 1/@hz, fires. */
struct span model_timer(int hz, int64_t delay_ns);

#define MODEL_SENDS 64

/* What is sent again and again until the kernel gives up. */
struct schedule {
	unsigned int sends_lo, sends_hi; /* the first send included */
	struct span at[MODEL_SENDS]; /* of each send after the first; at[0] is 0 */
	struct span give_up; /* after the first send */
	unsigned int probes; /* tail loss probes among the sends */
};

/*
 * A SYN that is never answered: tcp_write_timeout() in SYN_SENT with
 * tcp_syn_retries, tcp_syn_linear_timeouts (none where the kernel lacks it) and
 * retransmits_timed_out() from the first SYN on. False: a sysctl is missing
 * from the record.
 */
bool model_syn(const struct record *rec, enum side host, struct schedule *schedule);

/*
 * A FIN that is never acknowledged and whose socket is an orphan: a tail loss
 * probe (tcp_early_retrans), then tcp_write_timeout() with tcp_orphan_retries().
 * @at_send: the socket when it sent the FIN; its RTO and RTT are used.
 */
bool model_orphan(const struct record *rec, enum side host, const struct sample *at_send,
                  struct schedule *schedule);

/* Data that is never acknowledged, on a socket with an owner: the same with tcp_retries2. */
bool model_retries2(const struct record *rec, enum side host, const struct sample *at_send,
                    struct schedule *schedule);

/*
 * SO_KEEPALIVE with a peer that has vanished: the probes (at[0] is the first's time
 * after the option was set) and the end, tcp_keepalive_timer() with
 * tcp_keepalive_time, _intvl and _probes.
 */
bool model_keepalive(const struct record *rec, enum side host, struct schedule *schedule);

/*
 * How long an orphan stays in FIN_WAIT2: tcp_fin_time() with tcp_fin_timeout, and
 * above TCP_TIMEWAIT_LEN the keepalive timer first, then a time-wait sock for the
 * same length again (tcp_keepalive_timer()).
 */
bool model_finwait2(const struct record *rec, enum side host, int64_t rto_us, struct span *stay);

/* TCP_TIMEWAIT_LEN from the last (re)start. */
struct span model_timewait(const struct record *rec);

/* Whether a SYN+ACK completes a simultaneous open in SYN_RECV, or is only challenged:
 * the feature "simultaneous_synack" that was found by trying. -1: not known. */
int model_synack_in_syn_recv(const struct record *rec);

#endif
