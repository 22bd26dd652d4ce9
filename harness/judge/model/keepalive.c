// SPDX-License-Identifier: GPL-2.0-or-later
#include "keepalive.h"

bool model_keepalive(const struct record *rec, enum side host, struct schedule *schedule)
{
	int64_t time_s, intvl_s, probes;
	struct span wait, at;

	*schedule = (struct schedule){.probes = 0};
	if (!model_hz_known(rec) ||
	    !model_sysctl(rec, host, "net.ipv4.tcp_keepalive_time", &time_s) ||
	    !model_sysctl(rec, host, "net.ipv4.tcp_keepalive_intvl", &intvl_s) ||
	    !model_sysctl(rec, host, "net.ipv4.tcp_keepalive_probes", &probes) || time_s < 0 ||
	    intvl_s < 0 || probes < 0 || probes > MODEL_SENDS)
		return false;
	at = model_timer(rec, time_s * NS_PER_S);
	wait = model_timer(rec, intvl_s * NS_PER_S);
	for (int64_t i = 0; i < probes; i++) {
		schedule->at[i] = at;
		schedule->after[i] = i ? wait : at;
		schedule->why[i] = SEND_KEEPALIVE;
		at = span_add(at, wait);
	}
	schedule->sends_lo = schedule->sends_hi = (unsigned int)probes;
	schedule->give_up = at;
	schedule->last = wait;
	return true;
}
