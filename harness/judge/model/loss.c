// SPDX-License-Identifier: GPL-2.0-or-later
#include "loss.h"

#include <string.h>

#include "../../base/wheel.h"
#include "negotiated.h"
#include "rto.h"

/* include/net/tcp.h */
#define TCP_RTO_MIN_NS (200 * NS_PER_MS)
#define TCP_TIMEOUT_INIT_NS NS_PER_S
#define TCP_THIN_LINEAR_RETRIES 6
#define THIN_STREAM_SEGMENTS 4 /* tcp_stream_is_thin(): fewer than these */
#define ORPHAN_RETRIES_ALIVE 8 /* tcp_orphan_retries() for 0 */
#define REVERTS_MOST 255 /* icsk_retransmits has 8 bits, and tcp_ld_RTO_revert() asks for one */

/* TCP_TIMEOUT_MIN: two ticks; TCP_TIMEOUT_MIN_US of newer kernels: 2 ms, before rounding. */
#define TIMEOUT_MIN_TICKS 2
#define TIMEOUT_MIN_NS (2 * NS_PER_MS)

/* What the retransmission timer goes by. */
struct loss_rules {
	bool orphan, probe, thin, soft_error, reverts;
	unsigned int segments;
	int64_t retries, rto_ns, rtt_ns, rto_min_ns, max_ns, user_timeout_ns;
	int hz;
};

/* tcp_write_timeout() outside SYN_SENT: the bound on time, anew at each timeout. */
static int64_t loss_bound_ns(const struct loss_rules *rules, int64_t rto_ns)
{
	bool alive = rto_ns < rules->max_ns;
	int64_t retries = rules->retries;

	if (rules->user_timeout_ns)
		return rules->user_timeout_ns;
	if (rules->orphan && rules->soft_error && !alive) /* tcp_orphan_retries() */
		retries = 0;
	if (rules->orphan && !retries && alive)
		retries = ORPHAN_RETRIES_ALIVE;
	return model_timeout_ns(rules->hz, retries, TCP_RTO_MIN_NS, rules->max_ns);
}

/* tcp_retransmit_timer(): the timer after @timeouts of them, the last of which was @rto_ns. */
static int64_t loss_next_rto_ns(const struct loss_rules *rules, int64_t rto_ns,
                                unsigned int timeouts)
{
	if (rules->reverts || (rules->thin && timeouts <= TCP_THIN_LINEAR_RETRIES))
		return rules->rto_ns;
	return rto_ns * 2 < rules->max_ns ? rto_ns * 2 : rules->max_ns;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * tcp_schedule_loss_probe(): twice the RTT and time for a delayed ACK, but no later than the RTO.
 * Without an RTT, which a SYN that was sent twice does not give: TCP_TIMEOUT_INIT.
 */
static struct span loss_probe_delay(const struct loss_rules *rules)
{
	int64_t lo_ns = 2 * rules->rtt_ns + rules->rto_min_ns, hi_ns = lo_ns;

	if (!rules->rtt_ns) {
		lo_ns = hi_ns = TCP_TIMEOUT_INIT_NS;
	} else if (rules->segments > 1) { /* which of the two a kernel has is not in the record */
		int64_t ticks = wheel_ticks(rules->hz, 2 * rules->rtt_ns) + TIMEOUT_MIN_TICKS;

		lo_ns = 2 * rules->rtt_ns + TIMEOUT_MIN_NS;
		hi_ns = wheel_ticks_ns(rules->hz, ticks);
	}
	return (struct span){
		.lo_ns = least(lo_ns, rules->rto_ns),
		.hi_ns = least(hi_ns, rules->rto_ns),
	};
}

static bool chain_loss_probe(const struct loss_rules *rules, struct chain *chain)
{
	struct span delay = loss_probe_delay(rules);

	chain_wait_between(chain, delay.lo_ns, delay.hi_ns);
	return chain_send(chain, SEND_LOSS_PROBE);
}

/* Until the retransmission timer fires, which was set by a time-out where the clock counts. */
static void chain_loss_wait(const struct loss_rules *rules, struct chain *chain, int64_t rto_ns)
{
	if (rules->user_timeout_ns && chain->counting)
		chain_wait_within(chain, rto_ns, rules->user_timeout_ns);
	else if (rules->reverts && chain->counting)
		/* set anew by the ICMP error, less the time since the send in whole ticks */
		chain_wait_between(chain, rto_ns - model_tick_ns(chain->rec), rto_ns);
	else
		chain_wait(chain, rto_ns);
}

static bool chain_loss(const struct loss_rules *rules, struct chain *chain)
{
	int64_t rto_ns = rules->rto_ns;

	if (rules->probe && !chain_loss_probe(rules, chain))
		return false;
	for (unsigned int timeouts = 1;; timeouts++) {
		/* retrans_stamp is the first timeout's send; a loss probe does not set it */
		chain_loss_wait(rules, chain, rto_ns);
		if (chain->counting &&
		    chain_timed_out(chain, loss_bound_ns(rules, rto_ns), NS_PER_MS))
			return true;
		if ((rules->reverts && timeouts > REVERTS_MOST) || !chain_send(chain, SEND_RTO))
			return false;
		chain->counting = true;
		rto_ns = loss_next_rto_ns(rules, rto_ns, timeouts);
	}
}

/* tcp_schedule_loss_probe(): SACK was agreed on, and tcp_early_retrans asks for one. */
static bool loss_probe_is_on(const struct record *rec, enum side host)
{
	int64_t early_retrans = model_sysctl_or(rec, host, "net.ipv4.tcp_early_retrans", 0);

	return model_negotiated(rec).sack && (early_retrans == 3 || early_retrans == 4);
}

/*
 * tcp_stream_is_thin() once a time-out has set ssthresh. bbr_ssthresh() alone leaves it
 * infinite, which counts as the first slow start.
 */
static bool stream_is_thin(const struct record *rec, enum side host, const struct loss *loss)
{
	const char *control = settings_get(&rec->sysctls[host], "net.ipv4.tcp_congestion_control");

	return loss->established && loss->segments < THIN_STREAM_SEGMENTS &&
	       model_sysctl_or(rec, host, "net.ipv4.tcp_thin_linear_timeouts", 0) &&
	       (!control || strcmp(control, "bbr"));
}

bool model_backs_off(const struct record *rec, enum side host, const struct loss *loss,
                     unsigned int timeouts)
{
	return timeouts > TCP_THIN_LINEAR_RETRIES || !stream_is_thin(rec, host, loss);
}

static struct loss_rules loss_rules_of(const struct record *rec, enum side host,
                                       const struct loss *loss)
{
	return (struct loss_rules){
		.orphan = loss->orphan,
		.thin = stream_is_thin(rec, host, loss),
		.soft_error = loss->soft_error,
		.reverts = loss->reverts,
		.segments = loss->segments,
		.rto_ns = loss->at_send->rto_us * 1000LL,
		.rtt_ns = loss->at_send->rtt_us * 1000LL,
		.rto_min_ns = model_rto_min_ns(rec, host),
		.max_ns = model_rto_max_ns(rec, host),
		.user_timeout_ns = loss->user_timeout_ms * NS_PER_MS,
		.hz = rec->run.hz,
	};
}

bool model_loss_probe(const struct record *rec, enum side host, const struct loss *loss,
                      struct span *after)
{
	struct loss_rules rules;
	struct span delay;

	if (!model_hz_known(rec) || !loss->at_send->rto_us)
		return false;
	rules = loss_rules_of(rec, host, loss);
	delay = loss_probe_delay(&rules);
	after->lo_ns = model_timer(rec, delay.lo_ns).lo_ns;
	after->hi_ns = model_timer(rec, delay.hi_ns).hi_ns;
	return true;
}

bool model_loss(const struct record *rec, enum side host, const struct loss *loss,
                struct schedule *schedule)
{
	const char *retries =
		loss->orphan ? "net.ipv4.tcp_orphan_retries" : "net.ipv4.tcp_retries2";
	struct loss_rules rules;
	struct chain chain;

	chain_begin(&chain, rec, schedule);
	if (!model_hz_known(rec) || !loss->at_send->rto_us)
		return false;
	rules = loss_rules_of(rec, host, loss);
	if (!model_sysctl(rec, host, retries, &rules.retries))
		return false;
	rules.probe = loss_probe_is_on(rec, host);
	return chain_loss(&rules, &chain);
}

bool model_orphan(const struct record *rec, enum side host, const struct sample *at_send,
                  struct schedule *schedule)
{
	const struct loss loss = {.at_send = at_send, .orphan = true};

	return model_loss(rec, host, &loss, schedule);
}

bool model_retries2(const struct record *rec, enum side host, const struct sample *at_send,
                    struct schedule *schedule)
{
	const struct loss loss = {.at_send = at_send, .established = true};

	return model_loss(rec, host, &loss, schedule);
}
