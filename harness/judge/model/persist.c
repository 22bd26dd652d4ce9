// SPDX-License-Identifier: GPL-2.0-or-later
#include "persist.h"

#include "oow.h"

/* include/net/tcp.h */
#define TCP_RTO_MIN_NS (200 * NS_PER_MS)
#define BACKOFF_MOST 10 /* ilog2(TCP_RTO_MAX / TCP_RTO_MIN) + 1 */
#define ORPHAN_RETRIES_ALIVE 8 /* tcp_orphan_retries() for 0 */

struct persist_rules {
	const struct record *rec;
	enum side host;
	const struct persist *persist;
	int64_t rto_ns, max_ns, retries2, orphan_retries;
};

int64_t model_persist_timeout_ns(const struct record *rec, enum side host, int64_t rto_ns,
                                 unsigned int probes)
{
	int64_t backoff = probes,
		retries2 = model_sysctl_or(rec, host, "net.ipv4.tcp_retries2", BACKOFF_MOST);
	int64_t ns = rto_ns > TCP_RTO_MIN_NS ? rto_ns : TCP_RTO_MIN_NS;
	int64_t max_ns = model_rto_max_ns(rec, host);

	if (backoff > retries2) /* tcp_send_probe0() */
		backoff = retries2 > 0 ? retries2 : 0;
	ns <<= backoff < BACKOFF_MOST ? backoff : BACKOFF_MOST;
	return ns < max_ns ? ns : max_ns;
}

/* inet_csk_rto_backoff(): whether an orphan's timer has not yet reached the greatest RTO. */
static bool orphan_is_alive(const struct persist_rules *rules, unsigned int backoff)
{
	int64_t ns = rules->rto_ns;

	while (backoff-- && ns < rules->max_ns)
		ns *= 2;
	return ns < rules->max_ns;
}

/* tcp_probe_timer(): whether the socket is given up after @probes without an answer. */
static bool persist_ends(const struct persist_rules *rules, unsigned int probes,
                         unsigned int backoff)
{
	int64_t most = rules->orphan_retries;
	bool alive;

	if (!rules->persist->orphan)
		return probes >= rules->retries2;
	alive = orphan_is_alive(rules, backoff);
	if (!most && alive)
		most = ORPHAN_RETRIES_ALIVE;
	return (!alive && backoff >= most) || probes >= most;
}

static void persist_wait(const struct persist_rules *rules, struct chain *chain,
                         unsigned int backoff)
{
	int64_t ns = model_persist_timeout_ns(rules->rec, rules->host, rules->rto_ns, backoff);

	if (rules->persist->user_timeout_ms && chain->counting)
		chain_wait_within(chain, ns, rules->persist->user_timeout_ms * NS_PER_MS);
	else
		chain_wait(chain, ns);
}

/* What the peer says to the probes. */
struct answers {
	bool any; /* it has said something */
	struct span since; /* its last one */
	unsigned int missed_lo, missed_hi; /* icsk_probes_out: probes since without an answer */
};

/*
 * A probe's number is old: tcp_send_dupack() answers, unless tcp_oow_rate_limited() has it that
 * the last answer was too short a time ago, by the peer's jiffies.
 */
static enum oow_fate probe_fate(const struct persist_rules *rules, const struct answers *answers)
{
	int64_t limit_ns = model_oow_limit_ns(rules->rec, side_other(rules->host));
	int64_t tick_ns = model_tick_ns(rules->rec);

	if (!rules->persist->answered)
		return OOW_SKIPPED;
	if (!answers->any || !limit_ns || answers->since.lo_ns > limit_ns + tick_ns)
		return OOW_ANSWERED;
	return answers->since.hi_ns < limit_ns - tick_ns ? OOW_SKIPPED : OOW_EITHER;
}

/* A probe was sent, @timer after the one before. */
static void probe_meets(const struct persist_rules *rules, struct answers *answers,
                        struct span timer)
{
	answers->since = span_add(answers->since, timer);
	answers->missed_lo++;
	answers->missed_hi++;
	switch (probe_fate(rules, answers)) {
	case OOW_ANSWERED:
		*answers = (struct answers){.any = true};
		break;
	case OOW_EITHER:
		answers->since.lo_ns = 0;
		answers->missed_lo = 0;
		break;
	case OOW_SKIPPED:
	case OOW_FATE_COUNT:
		break;
	}
}

enum persist_end { PERSIST_GIVEN_UP, PERSIST_ENDLESS, PERSIST_UNKNOWN };

static enum persist_end chain_persist(const struct persist_rules *rules, struct chain *chain)
{
	int64_t user_timeout_ns = rules->persist->user_timeout_ms * NS_PER_MS;
	struct answers answers = {0};
	unsigned int backoff = 0;

	for (;;) {
		bool ends = persist_ends(rules, answers.missed_lo, backoff);

		persist_wait(rules, chain, backoff);
		if (user_timeout_ns && chain->counting &&
		    chain_timed_out(chain, user_timeout_ns, model_tick_ns(chain->rec)))
			return PERSIST_GIVEN_UP;
		if (ends != persist_ends(rules, answers.missed_hi, backoff))
			return PERSIST_UNKNOWN;
		if (ends) {
			chain_end(chain);
			return PERSIST_GIVEN_UP;
		}
		if (!chain_send(chain, SEND_WINDOW_PROBE))
			return PERSIST_ENDLESS;
		chain->counting = true; /* icsk_probes_tstamp is the first one's time */
		probe_meets(rules, &answers, chain->timer);
		backoff += backoff < rules->retries2;
	}
}

bool model_persist(const struct record *rec, enum side host, const struct persist *persist,
                   struct schedule *schedule)
{
	struct persist_rules rules = {
		.rec = rec,
		.host = host,
		.persist = persist,
		.rto_ns = persist->at_close->rto_us * 1000LL,
		.max_ns = model_rto_max_ns(rec, host),
	};
	enum persist_end end;
	struct chain chain;

	chain_begin_later(&chain, rec, schedule);
	if (!model_hz_known(rec) || !rules.rto_ns ||
	    !model_sysctl(rec, host, "net.ipv4.tcp_retries2", &rules.retries2) ||
	    !model_sysctl(rec, host, "net.ipv4.tcp_orphan_retries", &rules.orphan_retries))
		return false;
	end = chain_persist(&rules, &chain);
	schedule->endless = end == PERSIST_ENDLESS;
	return end != PERSIST_UNKNOWN;
}
