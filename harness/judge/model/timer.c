// SPDX-License-Identifier: GPL-2.0-or-later
#include "timer.h"

#include "../../base/wheel.h"

#define TCP_RTO_MAX_MS 120000 /* include/net/tcp.h */

struct span model_timer(const struct record *rec, int64_t delay_ns)
{
	int hz = rec->run.hz;
	int64_t ticks = wheel_capped(hz, wheel_ticks(hz, delay_ns));

	/* The wheel's clock may stand a tick behind jiffies: the level of ticks + 1. */
	return (struct span){
		.lo_ns = wheel_ticks_ns(hz, ticks),
		.hi_ns = wheel_ticks_ns(hz, ticks + wheel_granularity(hz, ticks + 1)) +
	                 rec->slack_ms * NS_PER_MS,
	};
}

int64_t model_sysctl_or(const struct record *rec, enum side host, const char *name,
                        int64_t otherwise)
{
	int64_t value;

	return record_sysctl(rec, host, name, &value) ? value : otherwise;
}

int64_t model_rto_max_ns(const struct record *rec, enum side host)
{
	return model_sysctl_or(rec, host, "net.ipv4.tcp_rto_max_ms", TCP_RTO_MAX_MS) * NS_PER_MS;
}
