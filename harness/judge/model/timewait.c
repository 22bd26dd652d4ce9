// SPDX-License-Identifier: GPL-2.0-or-later
#include "timewait.h"

#include "../../base/wheel.h"
#include "negotiated.h"

/* include/net/tcp.h */
#define TCP_TIMEWAIT_LEN_NS (60 * NS_PER_S)
#define TCP_FIN_TIMEOUT_MAX_S 120

bool model_timewait_is_kept(const struct record *rec, enum side host)
{
	return model_sysctl_or(rec, host, "net.ipv4.tcp_max_tw_buckets", 1) > 0;
}

enum tcp_state model_timewait_state(const struct record *rec, enum side host)
{
	return model_timewait_is_kept(rec, host) ? STATE_TIME_WAIT : STATE_GONE;
}

enum sock_object model_finwait2_object(const struct record *rec, enum side host)
{
	int64_t timeout_s = model_sysctl_or(rec, host, "net.ipv4.tcp_fin_timeout", 0);

	return timeout_s * NS_PER_S > TCP_TIMEWAIT_LEN_NS ? OBJECT_FULL : OBJECT_TIME_WAIT;
}

enum tcp_state model_finwait2_state(const struct record *rec, enum side host)
{
	bool is_full = model_finwait2_object(rec, host) == OBJECT_FULL;

	return is_full || model_timewait_is_kept(rec, host) ? STATE_FIN_WAIT2 : STATE_GONE;
}

/* tcp_fin_time() and tcp_time_wait(): no less than 3.5 RTO, in whole ticks. */
static int64_t finwait2_floor_ns(int hz, int64_t rto_us)
{
	int64_t rto = wheel_ticks(hz, rto_us * 1000);

	return wheel_ticks_ns(hz, (rto << 2) - (rto >> 1));
}

static struct span timewait_sock(const struct record *rec, enum side host, int64_t ns)
{
	if (!model_timewait_is_kept(rec, host))
		return (struct span){.hi_ns = rec->slack_ms * NS_PER_MS};
	return model_timer(rec, ns);
}

/* do_tcp_setsockopt(), tcp_fin_time() */
static bool fin_timeout_s(const struct record *rec, enum side host, int64_t linger2_s,
                          int64_t *timeout_s)
{
	*timeout_s = linger2_s < TCP_FIN_TIMEOUT_MAX_S ? linger2_s : TCP_FIN_TIMEOUT_MAX_S;
	return linger2_s || model_sysctl(rec, host, "net.ipv4.tcp_fin_timeout", timeout_s);
}

bool model_finwait2(const struct record *rec, enum side host, int64_t rto_us, struct span *stay)
{
	return model_finwait2_of(rec, host, 0, rto_us, stay);
}

bool model_finwait2_of(const struct record *rec, enum side host, int64_t linger2_s, int64_t rto_us,
                       struct span *stay)
{
	int64_t timeout_s, ns, floor_ns;

	if (!model_hz_known(rec) || rto_us <= 0 || !fin_timeout_s(rec, host, linger2_s, &timeout_s))
		return false;
	if (linger2_s < 0) { /* tcp_rcv_state_process(), __tcp_close() */
		*stay = (struct span){.hi_ns = rec->slack_ms * NS_PER_MS};
		return true;
	}
	floor_ns = finwait2_floor_ns(rec->run.hz, rto_us);
	ns = timeout_s * NS_PER_S > floor_ns ? timeout_s * NS_PER_S : floor_ns;
	*stay = (struct span){0, 0};
	if (ns > TCP_TIMEWAIT_LEN_NS) {
		ns -= TCP_TIMEWAIT_LEN_NS;
		*stay = model_timer(rec, ns);
		ns = ns > floor_ns ? ns : floor_ns;
	}
	*stay = span_add(*stay, timewait_sock(rec, host, ns));
	return true;
}

bool model_finwait2_between(const struct record *rec, enum side host, int64_t linger2_s,
                            const struct rto *rto, struct span *stay)
{
	struct span least;

	if (!model_finwait2_of(rec, host, linger2_s, rto->timeout.lo_ns / 1000, &least) ||
	    !model_finwait2_of(rec, host, linger2_s, rto->timeout.hi_ns / 1000, stay))
		return false;
	if (stay->lo_ns != least.lo_ns)
		stay->grain_ns = 0; /* one of several */
	stay->lo_ns = least.lo_ns;
	return true;
}

/* tcp_paws_reject(), on a connection that is younger than 24 days. */
static bool paws_rejects(const struct timewait *sock, const struct packet *packet)
{
	return packet->has_timestamps && sock->ts_recent &&
	       (int32_t)(packet->ts_val - sock->ts_recent) < 0;
}

static bool syn_is_newer(const struct timewait *sock, const struct packet *packet)
{
	return (int32_t)(packet->seq - sock->rcv_nxt) > 0 ||
	       (packet->has_timestamps && (int32_t)(packet->ts_val - sock->ts_recent) > 0);
}

enum timewait_effect model_timewait_on(const struct record *rec, enum side host,
                                       const struct timewait *sock, const struct packet *packet)
{
	bool syn = packet->flags & TCP_FLAG_SYN, rst = packet->flags & TCP_FLAG_RST;
	bool ack = packet->flags & TCP_FLAG_ACK, rejected = paws_rejects(sock, packet);
	bool empty = !packet->len && !syn && !(packet->flags & TCP_FLAG_FIN);

	if (!rejected && packet->seq == sock->rcv_nxt && (empty || rst)) {
		if (!rst)
			return TIMEWAIT_RESTARTS;
		return model_sysctl_or(rec, host, "net.ipv4.tcp_rfc1337", 0) ? TIMEWAIT_STAYS
		                                                             : TIMEWAIT_ENDS;
	}
	if (syn && !rst && !ack && !rejected && syn_is_newer(sock, packet))
		return TIMEWAIT_REOPENS;
	return !rst && (rejected || ack) ? TIMEWAIT_RESTARTS : TIMEWAIT_STAYS;
}

bool model_timewait_counts_on(const struct record *rec)
{
	return model_kernel_since(rec, 6, 10);
}

struct span model_timewait(const struct record *rec, enum side host)
{
	return timewait_sock(rec, host, TCP_TIMEWAIT_LEN_NS);
}

struct span model_timewait_set_to(const struct record *rec, int64_t ns)
{
	int64_t tick_ns = model_tick_ns(rec);

	return (struct span){
		.lo_ns = ns - tick_ns - NS_PER_MS,
		.hi_ns = ns + tick_ns + rec->slack_ms * NS_PER_MS,
	};
}

struct span model_timewait_set(const struct record *rec)
{
	return model_timewait_set_to(rec, TCP_TIMEWAIT_LEN_NS);
}

/* tcp_tw_reuse, as it is for this path. */
static bool reuse_is_on(const struct record *rec, enum side host, bool loopback)
{
	int64_t reuse = model_sysctl_or(rec, host, "net.ipv4.tcp_tw_reuse", 0);

	return reuse == 1 || (reuse == 2 && loopback);
}

bool model_timewait_reuse(const struct record *rec, enum side host, bool loopback)
{
	return reuse_is_on(rec, host, loopback) && model_negotiated(rec).timestamps;
}

int64_t model_reuse_delay_ns(const struct record *rec, enum side host)
{
	return model_sysctl_or(rec, host, "net.ipv4.tcp_tw_reuse_delay", 1000) * NS_PER_MS;
}

bool model_reuse_delay_is_exact(const struct record *rec, enum side host)
{
	int64_t delay_ms;

	return !reuse_is_on(rec, host, true) ||
	       model_sysctl(rec, host, "net.ipv4.tcp_tw_reuse_delay", &delay_ms);
}
