// SPDX-License-Identifier: GPL-2.0-or-later
#include "timewait.h"

#define TCP_TIMEWAIT_LEN_MS 60000 /* include/net/tcp.h */

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
		*stay = model_timer(rec, ms * NS_PER_MS);
		ms = ms > floor_ms ? ms : floor_ms;
	}
	*stay = span_add(*stay, model_timer(rec, ms * NS_PER_MS));
	return true;
}

struct span model_timewait(const struct record *rec)
{
	return model_timer(rec, TCP_TIMEWAIT_LEN_MS * NS_PER_MS);
}
