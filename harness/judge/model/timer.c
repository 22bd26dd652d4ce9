// SPDX-License-Identifier: GPL-2.0-or-later
#include "timer.h"

#include <stdio.h>
#include <string.h>

#include "../../base/slack.h"
#include "../../base/wheel.h"

#define TCP_RTO_MAX_MS 120000 /* include/net/tcp.h */

/* The range of CONFIG_HZ over all architectures, and what is taken where it is unknown. */
#define HZ_LEAST 24
#define HZ_MOST 1200
#define HZ_SLOWEST 100

bool model_hz_known(const struct record *rec)
{
	return rec->run.hz >= HZ_LEAST && rec->run.hz <= HZ_MOST;
}

bool model_sysctl(const struct record *rec, enum side host, const char *name, int64_t *value)
{
	return record_sysctl(rec, host, name, value) && *value >= INT32_MIN && *value <= UINT32_MAX;
}

struct span model_timer(const struct record *rec, int64_t delay_ns)
{
	int hz = model_hz_known(rec) ? rec->run.hz : HZ_SLOWEST;
	int64_t ticks = wheel_capped(hz, wheel_ticks(hz, delay_ns));
	/* The wheel's clock may stand a tick behind jiffies: the level of ticks + 1. */
	int64_t grain = wheel_granularity(hz, ticks + 1);
	bool is_one_level = grain == wheel_granularity(hz, ticks);

	return (struct span){
		.lo_ns = wheel_ticks_ns(hz, ticks),
		.hi_ns = wheel_ticks_ns(hz, ticks + grain) + rec->slack_ms * NS_PER_MS,
		.grain_ns = model_hz_known(rec) && is_one_level ? wheel_ticks_ns(hz, grain) : 0,
	};
}

int64_t model_tick_ns(const struct record *rec)
{
	return NS_PER_S / (model_hz_known(rec) ? rec->run.hz : HZ_SLOWEST);
}

int64_t model_tick_hides_ns(const struct record *rec)
{
	int64_t hides_ns = LATE_FLOOR_NS + (model_hz_known(rec) ? model_tick_ns(rec) : 0);
	int64_t slack_ns = rec->slack_ms * NS_PER_MS;

	if (!strcmp(rec->run.clock, "virtual"))
		return 0;
	return hides_ns < slack_ns ? hides_ns : slack_ns;
}

struct span model_timer_within(const struct record *rec, int64_t delay_ns, int64_t left_ns)
{
	int64_t tick_ns = model_tick_ns(rec);

	if (left_ns < tick_ns)
		left_ns = tick_ns;
	return model_timer(rec, left_ns < delay_ns ? left_ns : delay_ns);
}

int64_t model_sysctl_or(const struct record *rec, enum side host, const char *name,
                        int64_t otherwise)
{
	int64_t value;

	return model_sysctl(rec, host, name, &value) ? value : otherwise;
}

bool model_kernel_since(const struct record *rec, int major, int minor)
{
	int own_major = 0, own_minor = 0;

	if (sscanf(rec->run.kernel, "%d.%d", &own_major, &own_minor) != 2)
		return true;
	return own_major > major || (own_major == major && own_minor >= minor);
}

int64_t model_rto_max_ns(const struct record *rec, enum side host)
{
	return model_sysctl_or(rec, host, "net.ipv4.tcp_rto_max_ms", TCP_RTO_MAX_MS) * NS_PER_MS;
}
