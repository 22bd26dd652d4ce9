// SPDX-License-Identifier: GPL-2.0-or-later
#include "keepalive.h"

static bool own_or_sysctl(const struct record *rec, enum side host, int64_t own, const char *name,
                          int64_t *value)
{
	*value = own;
	return own || (model_sysctl(rec, host, name, value) && *value >= 0);
}

bool model_keepalive_rules(const struct record *rec, enum side host, const struct keepalive *own,
                           struct keepalive *rules)
{
	*rules = *own;
	return own_or_sysctl(rec, host, own->time_s, "net.ipv4.tcp_keepalive_time",
	                     &rules->time_s) &&
	       own_or_sysctl(rec, host, own->intvl_s, "net.ipv4.tcp_keepalive_intvl",
	                     &rules->intvl_s) &&
	       own_or_sysctl(rec, host, own->probes, "net.ipv4.tcp_keepalive_probes",
	                     &rules->probes);
}

static bool chain_keepalive(struct chain *chain, const struct keepalive *rules)
{
	int64_t user_timeout_ns = rules->user_timeout_ms * NS_PER_MS;

	chain_wait(chain, rules->time_s * NS_PER_S);
	for (int64_t probes = 0;; probes++) {
		if (user_timeout_ns && probes &&
		    chain_timed_out(chain, user_timeout_ns, model_tick_ns(chain->rec)))
			return true;
		if (!user_timeout_ns && probes >= rules->probes) {
			chain_end(chain);
			return true;
		}
		if (!chain_send(chain, SEND_KEEPALIVE))
			return false;
		chain_wait(chain, rules->intvl_s * NS_PER_S);
	}
}

bool model_keepalive_of(const struct record *rec, enum side host, const struct keepalive *keepalive,
                        struct schedule *schedule)
{
	struct keepalive rules;
	struct chain chain;

	chain_begin_later(&chain, rec, schedule);
	chain.counting = true; /* what is compared is the time since the peer was last heard */
	if (!model_hz_known(rec) || !model_keepalive_rules(rec, host, keepalive, &rules))
		return false;
	return chain_keepalive(&chain, &rules);
}

bool model_keepalive(const struct record *rec, enum side host, struct schedule *schedule)
{
	return model_keepalive_of(rec, host, &(struct keepalive){0}, schedule);
}
