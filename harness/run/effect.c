// SPDX-License-Identifier: GPL-2.0-or-later
/* The sentences are the rules that judge/model computes with; the probes hold them to it. */
#include "effect.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "../base/nearest.h"

static const struct effect effects[] = {
	{"net.core.somaxconn",
         "The most that listen()'s backlog can be. The accept queue holds one more than the "
         "smaller of both.",
         "__sys_listen(), sk_acceptq_is_full()"},
	{"net.core.netdev_max_backlog",
         "One processor's queue of packets for the stack takes one more than this; what comes "
         "beyond is dropped before IP, and counted in softnet_stat and by the link alone.",
         "enqueue_to_backlog(), process_backlog()"},
	{"net.ipv4.icmp_ratelimit",
         "Milliseconds between two ICMP errors to one destination, of the kinds in icmp_ratemask; "
         "0: no limit.",
         "icmpv4_xrlim_allow(), inet_peer_xrlim_allow()"},
	{"net.ipv4.ip_local_port_range",
         "The ports that connect() and bind() to port 0 choose from: connect() takes one parity "
         "first, bind() the other.",
         "__inet_hash_connect(), inet_csk_find_open_port()"},
	{"net.ipv4.tcp_abort_on_overflow",
         "What a full accept queue makes of the third ACK: 0 ignores it, so that the SYN+ACK comes "
         "again; 1 answers with a reset.",
         "tcp_check_req()"},
	{"net.ipv4.tcp_challenge_ack_limit",
         "Each second from half to one and a half times as many challenge ACKs, by chance; "
         "INT_MAX: no "
         "limit. 0 is none before 6.2, and no limit to speak of since.",
         "tcp_send_challenge_ack()"},
	{"net.ipv4.tcp_early_retrans",
         "3: what is outstanding is sent again once after twice the RTT, as a tail loss probe, "
         "before the first time-out; 0: no probe.",
         "tcp_schedule_loss_probe(), tcp_send_loss_probe()"},
	{"net.ipv4.tcp_fastopen",
         "Bit 0: clients may send data with the SYN; bit 1: listeners take it, once TCP_FASTOPEN "
         "is set (bit 10: all listeners).",
         "tcp_try_fastopen(), tcp_send_syn_data()"},
	{"net.ipv4.tcp_fin_timeout",
         "How long an orphan stays in FIN_WAIT2; over 60 s it is twice what is beyond 60 s, so "
         "that 61 "
         "means 2 s. It has nothing to do with TIME_WAIT, nor with a FIN_WAIT2 that a process "
         "holds.",
         "tcp_rcv_state_process(), tcp_fin_time(), tcp_time_wait()"},
	{"net.ipv4.tcp_frto",
         "Whether a first time-out may turn out spurious: new data is sent before what was lost is "
         "sent again.",
         "tcp_enter_loss(), tcp_process_loss()"},
	{"net.ipv4.tcp_invalid_ratelimit",
         "Milliseconds between two ACKs that answer segments out of window: the rest of them is "
         "not answered.",
         "tcp_oow_rate_limited()"},
	{"net.ipv4.tcp_keepalive_intvl",
         "Seconds between two keepalive probes that nobody answers.",
         "tcp_keepalive_timer(), keepalive_intvl_when()"},
	{"net.ipv4.tcp_keepalive_probes",
         "How many keepalive probes stay unanswered before the connection is reset. "
         "TCP_USER_TIMEOUT takes its place.",
         "tcp_keepalive_timer(), keepalive_probes()"},
	{"net.ipv4.tcp_keepalive_time",
         "Seconds that nothing is heard before the first keepalive probe, for sockets with "
         "SO_KEEPALIVE alone.",
         "tcp_keepalive_timer(), keepalive_time_when()"},
	{"net.ipv4.tcp_max_orphans",
         "Over so many orphans in the machine a close() resets instead of lingering; over half as "
         "many "
         "an orphan whose peer has taken nothing for long is reset by its timer.",
         "tcp_check_oom(), tcp_too_many_orphans()"},
	{"net.ipv4.tcp_max_syn_backlog",
         "Without cookies, and when no quarter of it is left, SYNs of unknown hosts are dropped. "
         "The half-open queue's own limit is the accept queue's.",
         "tcp_conn_request(), inet_csk_reqsk_queue_is_full()"},
	{"net.ipv4.tcp_max_tw_buckets",
         "The most time-wait socks of the namespace. Over it the socket is simply gone, and the "
         "peer's FIN is answered with a reset.",
         "inet_twsk_alloc(), tcp_time_wait()"},
	{"net.ipv4.tcp_migrate_req",
         "Whether a listener's half-open and queued connections pass to another of its "
         "SO_REUSEPORT group when it closes.",
         "inet_csk_listen_stop(), reuseport_migrate_sock()"},
	{"net.ipv4.tcp_orphan_retries",
         "How often an orphan's FIN (or data) is sent again before it is given up, in FIN_WAIT1, "
         "CLOSING and LAST_ACK; 0 is 8 as long as the RTO is below tcp_rto_max, and after an ICMP "
         "error none. The limit is a time: that of so many time-outs with a minimal RTO.",
         "tcp_orphan_retries(), tcp_write_timeout()"},
	{"net.ipv4.tcp_retries1",
         "After so many time-outs the route is asked for anew and the path MTU is probed; nothing "
         "ends.",
         "tcp_write_timeout()"},
	{"net.ipv4.tcp_retries2",
         "Bounds how long data stays unacknowledged: the time that so many time-outs would take "
         "that begin with the minimal RTO. The number of segments depends on the real RTO.",
         "tcp_write_timeout(), retransmits_timed_out()"},
	{"net.ipv4.tcp_rfc1337", "1: a reset does not end TIME_WAIT. 0: it does.",
         "tcp_timewait_state_process()"},
	{"net.ipv4.tcp_rto_max_ms", "Where a doubled RTO ends (120 s; before 6.15 always).",
         "tcp_rto_max(), tcp_retransmit_timer()"},
	{"net.ipv4.tcp_rto_min_us",
         "The smallest RTO (200 ms; before 6.11 always, but for a route's).",
         "tcp_rto_min(), tcp_set_rto()"},
	{"net.ipv4.tcp_sack",
         "Whether the SYN offers selective acknowledgements; without them there is no tail loss "
         "probe.",
         "tcp_syn_options(), tcp_schedule_loss_probe()"},
	{"net.ipv4.tcp_syn_linear_timeouts",
         "So many of a SYN's time-outs do not double (4; kernels before 6.5 know none).",
         "tcp_retransmit_timer()"},
	{"net.ipv4.tcp_syn_retries",
         "How often a SYN is sent again, but for the linear time-outs, which come on top of the "
         "time that this bounds. Then connect() fails with ETIMEDOUT.",
         "tcp_write_timeout()"},
	{"net.ipv4.tcp_synack_retries",
         "How often a SYN+ACK is sent again before the half-open connection is dropped.",
         "reqsk_timer_handler()"},
	{"net.ipv4.tcp_syncookies",
         "0: a full queue drops SYNs; 1: cookies only when it is full; 2: always.",
         "tcp_conn_request(), tcp_syn_flood_action()"},
	{"net.ipv4.tcp_thin_linear_timeouts",
         "A connection with less than four segments outstanding does not double its first six "
         "time-outs.",
         "tcp_retransmit_timer()"},
	{"net.ipv4.tcp_timestamps",
         "Whether segments carry timestamps: PAWS, a TIME_WAIT that a newer SYN reopens, and port "
         "reuse by tcp_tw_reuse need them.",
         "tcp_syn_options(), tcp_paws_check()"},
	{"net.ipv4.tcp_tw_reuse",
         "Whether connect() may take a port in TIME_WAIT, after a second and with timestamps: 0 "
         "never, 1 always, 2 over loopback.",
         "tcp_twsk_unique()"},
	{"net.ipv4.tcp_tw_reuse_delay",
         "How many milliseconds TIME_WAIT lasts before tcp_tw_reuse may take it (6.14 and later; 1 "
         "s before).",
         "tcp_twsk_unique()"},
	{"IP_BIND_ADDRESS_NO_PORT",
         "bind() to port 0 leaves the port open until connect(), which may then share it between "
         "destinations.",
         "inet_bind_conflict(), __inet_bind()"},
	{"SO_KEEPALIVE", "Starts the keepalive timer of this socket.", "tcp_set_keepalive()"},
	{"SO_LINGER",
         "{1,0}: close() throws away what is unsent and resets. {1,n}: close() of a blocking "
         "socket waits up to n s for the last ACK.",
         "__tcp_close(), sk_stream_wait_close()"},
	{"SO_RCVBUF", "Twice this, at least, is the receive buffer; the window offered follows.",
         "sock_setsockopt(), tcp_select_initial_window()"},
	{"SO_REUSEADDR",
         "bind() may take an address that only TIME_WAIT, or others with the option and not "
         "listening, have.",
         "inet_csk_bind_conflict()"},
	{"SO_REUSEPORT",
         "Several sockets of one user share a port; a SYN goes to one of the listeners by a hash "
         "of its four-tuple.",
         "inet_csk_bind_conflict(), reuseport_select_sock()"},
	{"TCP_DEFER_ACCEPT",
         "The third ACK without data is ignored for so many SYN+ACK time-outs as the seconds make; "
         "then the connection is accepted all the same, or dropped when the peer does not answer.",
         "tcp_check_req(), reqsk_timer_handler()"},
	{"TCP_FASTOPEN", "How many connections with data in the SYN may wait at a listener.",
         "tcp_fastopen_queue_check()"},
	{"TCP_KEEPCNT", "tcp_keepalive_probes of this socket.", "keepalive_probes()"},
	{"TCP_KEEPIDLE", "tcp_keepalive_time of this socket.", "keepalive_time_when()"},
	{"TCP_KEEPINTVL", "tcp_keepalive_intvl of this socket.", "keepalive_intvl_when()"},
	{"TCP_LINGER2",
         "tcp_fin_timeout of this socket, 120 s at most; below 0 FIN_WAIT2 ends at once with a "
         "reset.",
         "tcp_fin_time(), tcp_close()"},
	{"TCP_QUICKACK", "ACKs are not delayed, for the time being.", "__tcp_ack_snd_check()"},
	{"TCP_SYNCNT", "tcp_syn_retries of this socket.", "tcp_write_timeout()"},
	{"TCP_USER_TIMEOUT",
         "Milliseconds that data may stay unacknowledged, and keepalive or window probes "
         "unanswered, in place of counts.",
         "tcp_write_timeout(), tcp_keepalive_timer(), tcp_probe_timer()"},
};
#define EFFECTS (sizeof(effects) / sizeof(effects[0]))

const struct effect *effect_at(unsigned int i)
{
	return i < EFFECTS ? &effects[i] : NULL;
}

/* "tcp_fin_timeout" of "net.ipv4.tcp_fin_timeout". */
static const char *name_short(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : name;
}

const struct effect *effect_find(const char *name)
{
	for (size_t i = 0; i < EFFECTS; i++)
		if (!strcasecmp(effects[i].name, name) ||
		    !strcasecmp(name_short(effects[i].name), name))
			return &effects[i];
	return NULL;
}

const char *effect_short(const struct effect *effect)
{
	return name_short(effect->name);
}

const char *effect_nearest(const char *name, char *buf, size_t size)
{
	struct nearest nearest;

	nearest_start(&nearest, name_short(name));
	for (size_t i = 0; i < EFFECTS; i++)
		nearest_try(&nearest, name_short(effects[i].name));
	return nearest_words(&nearest, " ('finwait sysctl' shows all)", buf, size);
}
