// SPDX-License-Identifier: GPL-2.0-or-later
#include "synack.h"

#include <stdlib.h>
#include <string.h>

#include "timer.h"

/* include/net/tcp.h */
#define TCP_TIMEOUT_INIT_S 1
#define TCP_RTO_MAX_S 120

#define NUM_TIMEOUT_MOST 127 /* request_sock.num_timeout has seven bits */
#define DEFER_MOST 255 /* rskq_defer_accept has eight */

#define COOKIE_BITS 24 /* COOKIEBITS */
#define COOKIE_PERIOD_NS (60 * NS_PER_S) /* TCP_SYNCOOKIE_PERIOD */

int64_t model_synack_timeout_ns(const struct record *rec, enum side host, unsigned int timeouts)
{
	int64_t ns = TCP_TIMEOUT_INIT_S * NS_PER_S, max_ns = model_rto_max_ns(rec, host);

	while (timeouts-- && ns < max_ns)
		ns *= 2;
	return ns < max_ns ? ns : max_ns;
}

int64_t model_defer_accept_timeouts(int64_t seconds)
{
	int64_t count = 1, timeout_s = TCP_TIMEOUT_INIT_S, passed_s = timeout_s;

	if (seconds <= 0)
		return 0;
	while (seconds > passed_s && count < DEFER_MOST) {
		count++;
		timeout_s = timeout_s * 2 < TCP_RTO_MAX_S ? timeout_s * 2 : TCP_RTO_MAX_S;
		passed_s += timeout_s;
	}
	return count;
}

bool model_synack(const struct record *rec, enum side host, const struct synack *synack,
                  struct schedule *schedule)
{
	int64_t retries = synack->syncnt,
		defer = model_defer_accept_timeouts(synack->defer_accept_s);
	bool acked = synack->acked && defer;
	struct span silence = {0};
	struct chain chain;

	chain_begin(&chain, rec, schedule);
	if (!model_hz_known(rec) ||
	    (!retries && !model_sysctl(rec, host, "net.ipv4.tcp_synack_retries", &retries)) ||
	    retries > NUM_TIMEOUT_MOST || (acked && defer > NUM_TIMEOUT_MOST))
		return false;
	for (unsigned int timeouts = 0;; timeouts++) {
		chain_wait(&chain, model_synack_timeout_ns(rec, host, timeouts));
		if (timeouts >= retries && (!acked || timeouts >= defer))
			break;
		/* Until the last of the deferral the client's data is waited for in silence. */
		if (acked && timeouts < defer - 1) {
			silence = span_add(silence, chain.timer);
			continue;
		}
		chain.timer = span_add(silence, chain.timer); /* since the last send */
		silence = (struct span){0};
		if (!chain_send(&chain, SEND_RTO))
			return false;
	}
	chain_end(&chain);
	return true;
}

int model_synack_in_syn_recv(const struct record *rec)
{
	const char *found = settings_get(&rec->run.features, "simultaneous_synack");

	if (!found)
		return -1;
	return !strcmp(found, "accepted") ? 1 : !strcmp(found, "challenged") ? 0 : -1;
}

bool model_challenge_is_sent(const struct record *rec, enum side host)
{
	const char *found = settings_get(&rec->run.features, "challenge_without_limit");

	if (model_sysctl_or(rec, host, "net.ipv4.tcp_challenge_ack_limit", 1) > 0)
		return true;
	if (found && !strcmp(found, "sent"))
		return true;
	if (found && !strcmp(found, "withheld"))
		return false;
	return model_kernel_since(rec, 6, 2);
}

enum syn_fate model_syn_again(uint32_t rcv_isn, uint16_t window, uint32_t seq)
{
	uint32_t ahead = seq - (rcv_isn + 1);

	if (seq == rcv_isn)
		return SYN_REPEATED;
	return ahead < window ? SYN_RESETS : SYN_CHALLENGED;
}

bool model_cookie_may_follow(uint32_t before, uint32_t seq, int64_t apart_ns)
{
	int64_t least = apart_ns / COOKIE_PERIOD_NS;

	for (int64_t minutes = least; minutes <= least + 1; minutes++) {
		int32_t hash = (int32_t)(seq - before - ((uint32_t)minutes << COOKIE_BITS));

		if (!minutes ? !hash : abs(hash) < 1 << COOKIE_BITS)
			return true;
	}
	return false;
}
