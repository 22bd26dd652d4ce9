// SPDX-License-Identifier: GPL-2.0-or-later
#include "syn.h"

/* include/net/tcp.h */
#define TCP_TIMEOUT_INIT_NS NS_PER_S
#define TCP_TIMEOUT_MIN_TICKS 2

static int64_t linear_timeouts(const struct record *rec, enum side host)
{
	return model_sysctl_or(rec, host, "net.ipv4.tcp_syn_linear_timeouts", 0);
}

bool model_syn_backs_off(const struct record *rec, enum side host, int64_t timeouts)
{
	return timeouts > linear_timeouts(rec, host);
}

/* @first_ns: the first SYN's timer. */
static bool model_syn_from(const struct record *rec, enum side host, int64_t syncnt,
                           int64_t first_ns, struct schedule *schedule)
{
	int64_t linear = linear_timeouts(rec, host);
	int64_t rto_ns = TCP_TIMEOUT_INIT_NS, max_ns = model_rto_max_ns(rec, host);
	int64_t retransmits = 0, retries = syncnt, bound_ns;
	struct chain chain;

	chain_begin(&chain, rec, schedule);
	if (!model_hz_known(rec) ||
	    (!syncnt && !model_sysctl(rec, host, "net.ipv4.tcp_syn_retries", &retries)))
		return false;
	bound_ns = model_timeout_ns(rec->run.hz, retries, TCP_TIMEOUT_INIT_NS, max_ns);
	chain.counting = true; /* tcp_connect_init() stamps the first SYN */
	for (;;) {
		chain_wait(&chain, retransmits ? rto_ns : first_ns);
		if (retransmits >= retries + linear) {
			chain_end(&chain);
			return true;
		}
		if (retransmits && chain_timed_out(&chain, bound_ns, NS_PER_MS))
			return true;
		if (!chain_send(&chain, SEND_RTO))
			return false;
		if (model_syn_backs_off(rec, host, ++retransmits))
			rto_ns = rto_ns * 2 < max_ns ? rto_ns * 2 : max_ns;
	}
}

bool model_syn_of(const struct record *rec, enum side host, int64_t syncnt,
                  struct schedule *schedule)
{
	return model_syn_from(rec, host, syncnt, TCP_TIMEOUT_INIT_NS, schedule);
}

bool model_syn_hurried(const struct record *rec, enum side host, struct schedule *schedule)
{
	return model_syn_from(rec, host, 0, TCP_TIMEOUT_MIN_TICKS * model_tick_ns(rec), schedule);
}

bool model_syn(const struct record *rec, enum side host, struct schedule *schedule)
{
	return model_syn_of(rec, host, 0, schedule);
}
