// SPDX-License-Identifier: GPL-2.0-or-later
#include "model.h"

#include <stdlib.h>
#include <string.h>

/* include/net/tcp.h */
#define TCP_RTO_MIN_MS 200
#define TCP_RTO_MAX_MS 120000
#define TCP_TIMEOUT_INIT_MS 1000
#define TCP_TIMEWAIT_LEN_MS 60000
#define SLACK_MS 10 /* of the machine, not of the kernel */
#define ORPHAN_RETRIES_ALIVE 8 /* tcp_orphan_retries() for 0 */

/* kernel/time/timer.c: LVL_DEPTH and LVL_CLK_SHIFT; LVL_SIZE is 64 */
#define WHEEL_LEVELS 9
#define WHEEL_SHIFT 3

bool model_slack_read(int64_t *slack_ns)
{
	const char *text = getenv("FINWAIT_SLACK_MS");
	char *end;
	long ms = text ? strtol(text, &end, 10) : SLACK_MS;
	bool good = !text || (end != text && !*end && ms >= 0 && ms <= 10000);

	*slack_ns = (good ? ms : SLACK_MS) * NS_PER_MS;
	return good;
}

int64_t model_slack_ns(void)
{
	int64_t slack_ns;

	(void)model_slack_read(&slack_ns);
	return slack_ns;
}

static int64_t ns_to_ticks(int hz, int64_t ns)
{
	return (ns * hz + NS_PER_S - 1) / NS_PER_S;
}

static int64_t ticks_to_ns(int hz, int64_t ticks)
{
	return ticks * NS_PER_S / hz;
}

/* How many ticks a timer of @ticks is rounded up to: LVL_GRAN() of its level. */
static int64_t wheel_granularity(int64_t ticks)
{
	int level = 0;

	/* LVL_START(level + 1) */
	while (level + 1 < WHEEL_LEVELS && ticks >= 63LL << (level * WHEEL_SHIFT))
		level++;
	return 1LL << (level * WHEEL_SHIFT);
}

struct span model_timer(int hz, int64_t delay_ns)
{
	int64_t ticks = ns_to_ticks(hz, delay_ns);

	/* The wheel's clock may stand a tick behind jiffies: the level of ticks + 1. */
	return (struct span){
		.lo_ns = ticks_to_ns(hz, ticks),
		.hi_ns = ticks_to_ns(hz, ticks + wheel_granularity(ticks + 1)) + model_slack_ns(),
	};
}

static int64_t sysctl_or(const struct record *rec, enum side host, const char *name,
                         int64_t otherwise)
{
	int64_t value;

	return record_sysctl(rec, host, name, &value) ? value : otherwise;
}

static int64_t rto_max_ms(const struct record *rec, enum side host)
{
	return sysctl_or(rec, host, "net.ipv4.tcp_rto_max_ms", TCP_RTO_MAX_MS);
}

/* tcp_model_timeout(): the time of @boundary exponentially backed-off retransmissions. */
static int64_t model_timeout_ms(uint32_t boundary, int64_t base_ms, int64_t max_ms)
{
	int64_t thresh = 0;

	while ((base_ms << (thresh + 1)) <= max_ms)
		thresh++;
	if (boundary <= thresh)
		return ((2LL << boundary) - 1) * base_ms;
	return ((2LL << thresh) - 1) * base_ms + (boundary - thresh) * max_ms;
}

/* What is sent again until the kernel gives up, as it is worked out timer by timer. */
struct chain {
	int hz;
	struct span now; /* after the first send */
	struct span elapsed; /* on the clock that the bound is held against */
	bool counting; /* that clock runs */
	struct schedule *schedule;
};

static void chain_begin(struct chain *chain, int hz, struct schedule *schedule)
{
	*schedule = (struct schedule){.sends_hi = 1};
	*chain = (struct chain){.hz = hz, .schedule = schedule};
}

static void chain_wait(struct chain *chain, int64_t delay_ns)
{
	struct span timer = model_timer(chain->hz, delay_ns);

	chain->now = span_add(chain->now, timer);
	if (chain->counting)
		chain->elapsed = span_add(chain->elapsed, timer);
}

/* False: the schedule is full. */
static bool chain_send(struct chain *chain)
{
	struct schedule *schedule = chain->schedule;

	if (schedule->sends_hi == MODEL_SENDS)
		return false;
	schedule->at[schedule->sends_hi++] = chain->now;
	return true;
}

static void chain_may_end(struct chain *chain, int64_t from_ns)
{
	struct schedule *schedule = chain->schedule;

	if (!schedule->sends_lo) {
		schedule->sends_lo = schedule->sends_hi;
		schedule->give_up.lo_ns = from_ns;
	}
	schedule->give_up.hi_ns = chain->now.hi_ns;
}

/*
 * retransmits_timed_out(): has @bound_ns passed when this timer fires? True: surely.
 * When only late timers make it so, the end is noted as possible, and what goes on is
 * the chain whose timers were early enough. Both stamps are cut to milliseconds: the
 * kernel may see the bound reached up to one too early, never too late.
 */
static bool chain_timed_out(struct chain *chain, int64_t bound_ns)
{
	int64_t short_ns = bound_ns - NS_PER_MS - chain->elapsed.lo_ns;

	if (chain->elapsed.hi_ns <= bound_ns - NS_PER_MS)
		return false;
	chain_may_end(chain, chain->now.lo_ns + (short_ns > 0 ? short_ns : 0));
	if (chain->elapsed.lo_ns >= bound_ns)
		return true;
	if (chain->elapsed.hi_ns > bound_ns) {
		chain->now.hi_ns -= chain->elapsed.hi_ns - bound_ns;
		chain->elapsed.hi_ns = bound_ns;
	}
	return false;
}

bool model_syn(const struct record *rec, enum side host, struct schedule *schedule)
{
	int64_t rto_ns = TCP_TIMEOUT_INIT_MS * NS_PER_MS, retransmits = 0, retries, bound_ns;
	int64_t linear = sysctl_or(rec, host, "net.ipv4.tcp_syn_linear_timeouts", 0);
	int64_t max_ns = rto_max_ms(rec, host) * NS_PER_MS;
	struct chain chain;

	chain_begin(&chain, rec->run.hz, schedule);
	if (!rec->run.hz || !record_sysctl(rec, host, "net.ipv4.tcp_syn_retries", &retries))
		return false;
	bound_ns = model_timeout_ms((uint32_t)retries, TCP_TIMEOUT_INIT_MS, max_ns / NS_PER_MS) *
	           NS_PER_MS;
	chain.counting = true; /* tcp_connect_init() stamps the first SYN */
	for (;;) {
		chain_wait(&chain, rto_ns);
		if (retransmits >= retries + linear) {
			chain_may_end(&chain, chain.now.lo_ns);
			return true;
		}
		if (retransmits && chain_timed_out(&chain, bound_ns))
			return true;
		if (!chain_send(&chain))
			return false;
		if (++retransmits > linear)
			rto_ns = rto_ns * 2 < max_ns ? rto_ns * 2 : max_ns;
	}
}

/* What the retransmission timer of one unacknowledged segment goes by. */
struct loss_rules {
	bool orphan; /* tcp_orphan_retries(), else tcp_retries2 */
	bool probe; /* a tail loss probe comes first */
	int64_t retries, rto_ns, rtt_ns, rto_min_ns, max_ns;
};

/* tcp_write_timeout() outside SYN_SENT: the bound on time, anew at each timeout. */
static int64_t loss_bound_ns(const struct loss_rules *rules, int64_t rto_ns)
{
	int64_t retries = rules->retries;

	if (rules->orphan && !retries && rto_ns < rules->max_ns)
		retries = ORPHAN_RETRIES_ALIVE;
	return model_timeout_ms((uint32_t)retries, TCP_RTO_MIN_MS, rules->max_ns / NS_PER_MS) *
	       NS_PER_MS;
}

static bool chain_loss(const struct loss_rules *rules, struct chain *chain)
{
	int64_t rto_ns = rules->rto_ns, probe_ns = 2 * rules->rtt_ns + rules->rto_min_ns;

	if (rules->probe) { /* tcp_schedule_loss_probe(), one segment out */
		chain_wait(chain, probe_ns < rto_ns ? probe_ns : rto_ns);
		if (!chain_send(chain))
			return false;
	}
	for (;;) {
		chain_wait(chain, rto_ns);
		if (chain->counting && chain_timed_out(chain, loss_bound_ns(rules, rto_ns)))
			return true;
		if (!chain_send(chain))
			return false;
		/* retrans_stamp is the first timeout's send; a loss probe does not set it */
		chain->counting = true;
		rto_ns = rto_ns * 2 < rules->max_ns ? rto_ns * 2 : rules->max_ns;
	}
}

/* SACK needs both ends, and a loss probe needs SACK. */
static bool loss_probe_is_on(const struct record *rec, enum side host)
{
	int64_t early_retrans = sysctl_or(rec, host, "net.ipv4.tcp_early_retrans", 0);

	return sysctl_or(rec, host, "net.ipv4.tcp_sack", 0) &&
	       sysctl_or(rec, side_other(host), "net.ipv4.tcp_sack", 0) &&
	       (early_retrans == 3 || early_retrans == 4);
}

static bool model_loss(const struct record *rec, enum side host, const char *retries, bool orphan,
                       const struct sample *at_send, struct schedule *schedule)
{
	struct chain chain;
	struct loss_rules rules = {
		.orphan = orphan,
		.probe = loss_probe_is_on(rec, host),
		.rto_ns = at_send->rto_us * 1000LL,
		.rtt_ns = at_send->rtt_us * 1000LL,
		.rto_min_ns =
			sysctl_or(rec, host, "net.ipv4.tcp_rto_min_us", TCP_RTO_MIN_MS * 1000LL) *
			1000,
		.max_ns = rto_max_ms(rec, host) * NS_PER_MS,
	};

	chain_begin(&chain, rec->run.hz, schedule);
	if (!rec->run.hz || !at_send->rto_us || !record_sysctl(rec, host, retries, &rules.retries))
		return false;
	schedule->probes = rules.probe;
	return chain_loss(&rules, &chain);
}

bool model_orphan(const struct record *rec, enum side host, const struct sample *at_send,
                  struct schedule *schedule)
{
	return model_loss(rec, host, "net.ipv4.tcp_orphan_retries", true, at_send, schedule);
}

bool model_retries2(const struct record *rec, enum side host, const struct sample *at_send,
                    struct schedule *schedule)
{
	return model_loss(rec, host, "net.ipv4.tcp_retries2", false, at_send, schedule);
}

bool model_keepalive(const struct record *rec, enum side host, struct schedule *schedule)
{
	int64_t time_s, intvl_s, probes;
	struct span wait, at;

	*schedule = (struct schedule){.probes = 0};
	if (!rec->run.hz || !record_sysctl(rec, host, "net.ipv4.tcp_keepalive_time", &time_s) ||
	    !record_sysctl(rec, host, "net.ipv4.tcp_keepalive_intvl", &intvl_s) ||
	    !record_sysctl(rec, host, "net.ipv4.tcp_keepalive_probes", &probes))
		return false;
	at = model_timer(rec->run.hz, time_s * NS_PER_S);
	wait = model_timer(rec->run.hz, intvl_s * NS_PER_S);
	for (int64_t i = 0; i < probes && i < MODEL_SENDS; i++) {
		schedule->at[i] = at;
		at = span_add(at, wait);
	}
	schedule->sends_lo = schedule->sends_hi = (unsigned int)probes;
	schedule->give_up = at;
	return true;
}

bool model_finwait2(const struct record *rec, enum side host, int64_t rto_us, struct span *stay)
{
	int64_t timeout_s, ms, floor_ms = rto_us / 1000 * 7 / 2;

	if (!rec->run.hz || rto_us <= 0 ||
	    !record_sysctl(rec, host, "net.ipv4.tcp_fin_timeout", &timeout_s))
		return false;
	/* tcp_fin_time(): never below 3.5 RTO; tcp_time_wait() has the same floor */
	ms = timeout_s * 1000 > floor_ms ? timeout_s * 1000 : floor_ms;
	*stay = (struct span){0, 0};
	if (ms > TCP_TIMEWAIT_LEN_MS) {
		ms -= TCP_TIMEWAIT_LEN_MS;
		*stay = model_timer(rec->run.hz, ms * NS_PER_MS);
		ms = ms > floor_ms ? ms : floor_ms;
	}
	*stay = span_add(*stay, model_timer(rec->run.hz, ms * NS_PER_MS));
	return true;
}

struct span model_timewait(const struct record *rec)
{
	return model_timer(rec->run.hz, TCP_TIMEWAIT_LEN_MS * NS_PER_MS);
}

int model_synack_in_syn_recv(const struct record *rec)
{
	const char *found = settings_get(&rec->run.features, "simultaneous_synack");

	if (!found)
		return -1;
	return !strcmp(found, "accepted") ? 1 : !strcmp(found, "challenged") ? 0 : -1;
}
