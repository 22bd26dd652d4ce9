/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain: a chain of timers, each of which sends something again, until the kernel gives up.
 *
 * A chain is followed as a span of times. Where a bound on elapsed time falls into the
 * span, both ways are followed: the count of sends is a range then.
 */
#ifndef FINWAIT_JUDGE_MODEL_CHAIN_H
#define FINWAIT_JUDGE_MODEL_CHAIN_H

#include "timer.h"

/* Why something is sent. */
enum send_reason {
	SEND_FIRST, /* by a call, or in answer to a segment */
	SEND_RTO, /* the retransmission timer: tcp_retransmit_timer(), reqsk_timer_handler() */
	SEND_LOSS_PROBE, /* tcp_send_loss_probe() */
	SEND_KEEPALIVE, /* tcp_keepalive_timer() */
	SEND_WINDOW_PROBE, /* tcp_probe_timer() */
	SEND_REASON_COUNT,
};

/* "first", "RTO", "loss probe", "keepalive", "window probe". */
const char *send_reason_name(enum send_reason why);

/* Retries are 8 bits wide in the kernel; some linear ones and a loss probe may be added. */
#define MODEL_SENDS 520

/* What is sent again and again until the kernel gives up. Times are since the first send. */
struct schedule {
	unsigned int sends_lo, sends_hi; /* the first send included */
	struct span at[MODEL_SENDS]; /* of each send; at[0] is 0 */
	struct span after[MODEL_SENDS]; /* the same since the send before it */
	enum send_reason why[MODEL_SENDS];
	struct span give_up;
	struct span last; /* the timer that gives up, since the last send */
	bool endless; /* it is never given up; as many sends as there is room for */
	unsigned int probes; /* tail loss probes among the sends */
};

/* A schedule as it is worked out timer by timer. */
struct chain {
	const struct record *rec;
	struct span now; /* after the first send */
	struct span timer; /* since the last send */
	struct span elapsed; /* on the clock that a bound is held against */
	bool counting; /* that clock runs */
	bool may_have_ended; /* the schedule has its earliest end */
	struct schedule *schedule;
};

/* Begin @schedule with its first send. */
void chain_begin(struct chain *chain, const struct record *rec, struct schedule *schedule);

/* The same where the first send is a timer's too: at[0] is its time after the chain began. */
void chain_begin_later(struct chain *chain, const struct record *rec, struct schedule *schedule);

/* A timer of @delay_ns runs from now on until it fires. */
void chain_wait(struct chain *chain, int64_t delay_ns);

/* The same where it is not known which delay from @lo_ns to @hi_ns the timer was given. */
void chain_wait_between(struct chain *chain, int64_t lo_ns, int64_t hi_ns);

/*
 * A timer of @delay_ns runs, or less where the counting clock reaches @bound_ns before:
 * tcp_clamp_rto_to_user_timeout().
 */
void chain_wait_within(struct chain *chain, int64_t delay_ns, int64_t bound_ns);

/* Something is sent now. False: the schedule is full. */
bool chain_send(struct chain *chain, enum send_reason why);

/* The kernel gives up now. */
void chain_end(struct chain *chain);

/*
 * retransmits_timed_out(): has @bound_ns passed when this timer fires? True: surely, and
 * the end is noted. When only late timers make it so, the end is noted as possible, and
 * what goes on is the chain whose timers were early enough. Both stamps are cut to
 * @grain_ns: the kernel may see the bound reached up to that much too early, never too late.
 * The grain of stamps in jiffies is a tick, of those in milliseconds one.
 */
bool chain_timed_out(struct chain *chain, int64_t bound_ns, int64_t grain_ns);

/*
 * tcp_model_timeout(): what @boundary exponentially backed-off retransmissions take from
 * a first one of @base_ns on, as retransmits_timed_out() compares it: in milliseconds of
 * 32 bits, so that what is 2^31 or more has passed already.
 */
int64_t model_timeout_ns(int hz, int64_t boundary, int64_t base_ns, int64_t max_ns);

#endif
