// SPDX-License-Identifier: GPL-2.0-or-later
#include "ack.h"

#include "../../base/wheel.h"

/* include/net/tcp.h: TCP_ATO_MIN, TCP_DELACK_MAX */
#define TCP_ATO_MIN_NS (40 * NS_PER_MS)
#define TCP_DELACK_MAX_NS (200 * NS_PER_MS)

struct span model_delayed_ack(const struct record *rec, enum side host)
{
	int64_t lo_ns = TCP_ATO_MIN_NS, hi_ns = TCP_DELACK_MAX_NS, rto_min_us, ticks, most_ns;

	if (model_hz_known(rec) &&
	    model_sysctl(rec, host, "net.ipv4.tcp_rto_min_us", &rto_min_us)) {
		ticks = wheel_ticks(rec->run.hz, rto_min_us * 1000);
		most_ns = wheel_ticks_ns(rec->run.hz, (ticks > 2 ? ticks : 2) - 1);
		hi_ns = most_ns < hi_ns ? most_ns : hi_ns;
		lo_ns = most_ns < lo_ns ? most_ns : lo_ns;
	}
	return (struct span){
		.lo_ns = model_timer(rec, lo_ns).lo_ns,
		.hi_ns = model_timer(rec, hi_ns).hi_ns,
	};
}
