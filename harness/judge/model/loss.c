// SPDX-License-Identifier: GPL-2.0-or-later
#include "loss.h"

/* include/net/tcp.h */
#define TCP_RTO_MIN_NS (200 * NS_PER_MS)
#define ORPHAN_RETRIES_ALIVE 8 /* tcp_orphan_retries() for 0 */

/* What the retransmission timer of one unacknowledged segment goes by. */
struct loss_rules {
	bool orphan; /* tcp_orphan_retries(), else tcp_retries2 */
	bool probe; /* a tail loss probe comes first */
	int64_t retries, rto_ns, rtt_ns, rto_min_ns, max_ns;
};

/* tcp_write_timeout() outside SYN_SENT: the bound on time, anew at each timeout. */
static int64_t loss_bound_ns(const struct loss_rules *rules, int hz, int64_t rto_ns)
{
	int64_t retries = rules->retries;

	if (rules->orphan && !retries && rto_ns < rules->max_ns)
		retries = ORPHAN_RETRIES_ALIVE;
	return model_timeout_ns(hz, retries, TCP_RTO_MIN_NS, rules->max_ns);
}

static bool chain_loss(const struct loss_rules *rules, struct chain *chain)
{
	int64_t rto_ns = rules->rto_ns, probe_ns = 2 * rules->rtt_ns + rules->rto_min_ns;
	int hz = chain->rec->run.hz;

	if (rules->probe) { /* tcp_schedule_loss_probe(), one segment out */
		chain_wait(chain, probe_ns < rto_ns ? probe_ns : rto_ns);
		if (!chain_send(chain, SEND_LOSS_PROBE))
			return false;
	}
	for (;;) {
		chain_wait(chain, rto_ns);
		if (chain->counting && chain_timed_out(chain, loss_bound_ns(rules, hz, rto_ns)))
			return true;
		if (!chain_send(chain, SEND_RTO))
			return false;
		/* retrans_stamp is the first timeout's send; a loss probe does not set it */
		chain->counting = true;
		rto_ns = rto_ns * 2 < rules->max_ns ? rto_ns * 2 : rules->max_ns;
	}
}

/* SACK needs both ends, and a loss probe needs SACK. */
static bool loss_probe_is_on(const struct record *rec, enum side host)
{
	int64_t early_retrans = model_sysctl_or(rec, host, "net.ipv4.tcp_early_retrans", 0);

	return model_sysctl_or(rec, host, "net.ipv4.tcp_sack", 0) &&
	       model_sysctl_or(rec, side_other(host), "net.ipv4.tcp_sack", 0) &&
	       (early_retrans == 3 || early_retrans == 4);
}

static bool model_loss(const struct record *rec, enum side host, const char *retries, bool orphan,
                       const struct sample *at_send, struct schedule *schedule)
{
	int64_t rto_min_us =
		model_sysctl_or(rec, host, "net.ipv4.tcp_rto_min_us", TCP_RTO_MIN_NS / 1000);
	struct chain chain;
	struct loss_rules rules = {
		.orphan = orphan,
		.probe = loss_probe_is_on(rec, host),
		.rto_ns = at_send->rto_us * 1000LL,
		.rtt_ns = at_send->rtt_us * 1000LL,
		.rto_min_ns = rto_min_us * 1000,
		.max_ns = model_rto_max_ns(rec, host),
	};

	chain_begin(&chain, rec, schedule);
	if (!rec->run.hz || !at_send->rto_us || !record_sysctl(rec, host, retries, &rules.retries))
		return false;
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
