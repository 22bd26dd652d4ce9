// SPDX-License-Identifier: GPL-2.0-or-later
#include "rto.h"

#include "../../base/wheel.h"

#define TCP_RTO_MIN_NS (200 * NS_PER_MS) /* include/net/tcp.h */
#define BACKOFFS_MOST 31

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t model_rto_min_ns(const struct record *rec, enum side host)
{
	int64_t min_us =
		model_sysctl_or(rec, host, "net.ipv4.tcp_rto_min_us", TCP_RTO_MIN_NS / 1000);

	if (!model_hz_known(rec))
		return min_us * 1000;
	return wheel_ticks_ns(rec->run.hz, wheel_ticks(rec->run.hz, min_us * 1000));
}

/* tcpi_rto is in whole ticks, tcpi_rtt in whole microseconds; 0 of the latter is none. */
struct rto model_rto(const struct record *rec, enum side host, const struct sample *sample)
{
	int64_t min_ns = model_rto_min_ns(rec, host), rto_ns = sample->rto_us * 1000LL;
	int64_t srtt_ns = sample->rtt_us * 1000LL;
	int64_t base_ns = rto_ns >> least(sample->retransmits, BACKOFFS_MOST);

	return (struct rto){
		.timeout = {.lo_ns = rto_ns, .hi_ns = rto_ns},
		.srtt = {.lo_ns = srtt_ns, .hi_ns = srtt_ns ? srtt_ns + 999 : 0},
		.var = {.lo_ns = greatest(min_ns, base_ns - model_tick_ns(rec) - srtt_ns),
	                .hi_ns = greatest(min_ns, rto_ns - srtt_ns)},
	};
}

/*
 * The greatest mdev_us that @rtt can leave, from one that is at most rttvar_us: a round trip that is longer than
 * the smoothed one counts for a quarter of it, a shorter one for less (Eifel).
 */
static int64_t deviation_most(const struct rto *rto, const struct span *rtt)
{
	int64_t longer = greatest(0, rtt->hi_ns - rto->srtt.lo_ns);
	int64_t shorter = greatest(0, rto->srtt.hi_ns - rtt->lo_ns);
	int64_t var = rto->var.hi_ns;

	return greatest(var - var / 4 + longer, var - var / 32 + shorter / 8);
}

void model_rto_measure(const struct record *rec, enum side host, struct rto *rto,
                       const struct span *rtt)
{
	int64_t min_ns = model_rto_min_ns(rec, host), max_ns = model_rto_max_ns(rec, host);

	if (rto->srtt.hi_ns) {
		rto->var.hi_ns = greatest(rto->var.hi_ns, deviation_most(rto, rtt));
		rto->var.lo_ns -= (rto->var.lo_ns - min_ns) / 4;
		rto->srtt.lo_ns += (rtt->lo_ns - rto->srtt.lo_ns) / 8;
		rto->srtt.hi_ns += (rtt->hi_ns - rto->srtt.hi_ns) / 8;
	} else {
		rto->var.lo_ns = greatest(min_ns, 2 * rtt->lo_ns);
		rto->var.hi_ns = greatest(min_ns, 2 * rtt->hi_ns);
		rto->srtt = *rtt;
	}
	rto->timeout = (struct span){
		.lo_ns = least(max_ns, rto->srtt.lo_ns + rto->var.lo_ns),
		.hi_ns = least(max_ns, rto->srtt.hi_ns + rto->var.hi_ns),
	};
}

static void span_join(struct span *span, const struct span *other)
{
	span->lo_ns = least(span->lo_ns, other->lo_ns);
	span->hi_ns = greatest(span->hi_ns, other->hi_ns);
}

void model_rto_join(struct rto *rto, const struct rto *other)
{
	span_join(&rto->timeout, &other->timeout);
	span_join(&rto->srtt, &other->srtt);
	span_join(&rto->var, &other->var);
}
