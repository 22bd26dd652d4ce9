// SPDX-License-Identifier: GPL-2.0-or-later
#include "oow.h"

#include <stdlib.h>

#define HZ_SLOWEST 100
#define INVALID_RATELIMIT_MS 500 /* tcp_sk_init() */

int64_t model_oow_limit_ns(const struct record *rec, enum side host)
{
	return model_sysctl_or(rec, host, "net.ipv4.tcp_invalid_ratelimit", INVALID_RATELIMIT_MS) *
	       NS_PER_MS;
}

enum oow_fate model_oow(const struct record *rec, enum side host, struct oow *oow, int64_t t_ns)
{
	int64_t limit_ns = model_oow_limit_ns(rec, host);
	int64_t tick_ns = NS_PER_S / (model_hz_known(rec) ? rec->run.hz : HZ_SLOWEST);
	int64_t elapsed_ns = t_ns - oow->last_ns;

	if (oow->answered && limit_ns > 0 && llabs(elapsed_ns - limit_ns) <= tick_ns)
		return OOW_EITHER;
	if (oow->answered && elapsed_ns < limit_ns)
		return OOW_SKIPPED;
	*oow = (struct oow){.answered = true, .last_ns = t_ns};
	return OOW_ANSWERED;
}

bool model_challenges(int64_t limit, int64_t count, struct value *sent)
{
	int64_t half = (limit + 1) / 2, most = half + limit - 1;

	if (limit <= 0)
		return false;
	*sent = (struct value){
		.kind = VALUE_COUNT,
		.lo = count < half ? count : half,
		.hi = count < 2 * most ? count : 2 * most,
	};
	return true;
}
