// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * The kernel reads a sysctl in few places, and what happened tells which of them may have
 * been reached: tcp_syn_retries is read when a SYN's timer has run off, tcp_fin_timeout when
 * an orphan enters FIN_WAIT2. The table gives for each sysctl what must have happened, all
 * of it; one that is read in several places stands there several times. In doubt a sysctl
 * is said to bear on what happened.
 */
#include "topic.h"

#include <netinet/in.h>
#include <string.h>

#define PREFIX "net.ipv4."

/* Never: what nothing here makes the kernel read. */
#define TOPIC_NEVER (1u << 31)

static const struct {
	const char *name; /* without the prefix */
	unsigned int needs; /* all of these topics */
} readers[] = {
	{"ip_default_ttl", TOPIC_CONNECT},
	{"ip_local_port_range", TOPIC_CONNECT},
	{"ip_local_reserved_ports", TOPIC_CONNECT},
	{"tcp_abort_on_overflow", TOPIC_FULL},
	{"tcp_adv_win_scale", TOPIC_CONNECT},
	{"tcp_app_win", TOPIC_CONNECT},
	{"tcp_autocorking", TOPIC_DATA},
	{"tcp_backlog_ack_defer", TOPIC_DATA},
	{"tcp_base_mss", TOPIC_DATA},
	{"tcp_challenge_ack_limit", TOPIC_STRAY},
	{"tcp_challenge_ack_limit", TOPIC_SYNACK_AGAIN},
	{"tcp_comp_sack_delay_ns", TOPIC_DATA | TOPIC_AGAIN},
	{"tcp_comp_sack_nr", TOPIC_DATA | TOPIC_AGAIN},
	{"tcp_comp_sack_slack_ns", TOPIC_DATA | TOPIC_AGAIN},
	{"tcp_congestion_control", TOPIC_DATA},
	{"tcp_congestion_control", TOPIC_AGAIN},
	{"tcp_dsack", TOPIC_AGAIN},
	{"tcp_early_retrans", TOPIC_AGAIN},
	{"tcp_ecn", TOPIC_CONNECT},
	{"tcp_ecn_fallback", TOPIC_CONNECT},
	{"tcp_fack", TOPIC_NEVER},
	{"tcp_fastopen", TOPIC_FASTOPEN},
	{"tcp_fastopen_blackhole_timeout_sec", TOPIC_FASTOPEN},
	{"tcp_fin_timeout", TOPIC_FIN_WAIT2},
	{"tcp_frto", TOPIC_AGAIN},
	{"tcp_invalid_ratelimit", TOPIC_STRAY},
	{"tcp_invalid_ratelimit", TOPIC_AGAIN},
	{"tcp_invalid_ratelimit", TOPIC_SYNACK_AGAIN},
	{"tcp_invalid_ratelimit", TOPIC_KEEPALIVE},
	{"tcp_keepalive_intvl", TOPIC_KEEPALIVE},
	{"tcp_keepalive_probes", TOPIC_KEEPALIVE},
	{"tcp_keepalive_time", TOPIC_KEEPALIVE},
	{"tcp_limit_output_bytes", TOPIC_DATA},
	{"tcp_low_latency", TOPIC_NEVER},
	{"tcp_max_orphans", TOPIC_CLOSE},
	{"tcp_max_reordering", TOPIC_AGAIN},
	{"tcp_max_syn_backlog", TOPIC_LISTEN},
	{"tcp_max_tw_buckets", TOPIC_TIME_WAIT},
	{"tcp_mem", TOPIC_CONNECT},
	{"tcp_migrate_req", TOPIC_LISTEN},
	{"tcp_min_rtt_wlen", TOPIC_AGAIN},
	{"tcp_min_snd_mss", TOPIC_DATA},
	{"tcp_min_tso_segs", TOPIC_DATA},
	{"tcp_moderate_rcvbuf", TOPIC_DATA},
	{"tcp_mtu_probe_floor", TOPIC_DATA},
	{"tcp_mtu_probing", TOPIC_DATA},
	{"tcp_mtu_probing", TOPIC_AGAIN},
	{"tcp_no_metrics_save", TOPIC_SEVERAL},
	{"tcp_no_ssthresh_metrics_save", TOPIC_SEVERAL},
	{"tcp_notsent_lowat", TOPIC_CONNECT},
	{"tcp_orphan_retries", TOPIC_CLOSE | TOPIC_AGAIN},
	{"tcp_orphan_retries", TOPIC_CLOSE | TOPIC_CLOSED_WINDOW},
	{"tcp_pacing_ca_ratio", TOPIC_DATA},
	{"tcp_pacing_ss_ratio", TOPIC_DATA},
	{"tcp_pingpong_thresh", TOPIC_DATA},
	{"tcp_plb_cong_thresh", TOPIC_NEVER},
	{"tcp_plb_enabled", TOPIC_NEVER}, /* by congestion controls that ECN feeds: DCTCP */
	{"tcp_plb_idle_rehash_rounds", TOPIC_NEVER},
	{"tcp_plb_rehash_rounds", TOPIC_NEVER},
	{"tcp_plb_suspend_rto_sec", TOPIC_NEVER},
	{"tcp_probe_interval", TOPIC_DATA},
	{"tcp_probe_threshold", TOPIC_DATA},
	{"tcp_recovery", TOPIC_AGAIN},
	{"tcp_reordering", TOPIC_AGAIN},
	{"tcp_retrans_collapse", TOPIC_DATA | TOPIC_AGAIN},
	{"tcp_retries1", TOPIC_AGAIN},
	{"tcp_retries2", TOPIC_AGAIN},
	{"tcp_retries2", TOPIC_CLOSED_WINDOW},
	{"tcp_rfc1337", TOPIC_TIME_WAIT | TOPIC_STRAY},
	{"tcp_rmem", TOPIC_CONNECT},
	{"tcp_rto_max_ms", TOPIC_AGAIN},
	{"tcp_rto_max_ms", TOPIC_SYN_AGAIN},
	{"tcp_rto_max_ms", TOPIC_SYNACK_AGAIN},
	{"tcp_rto_max_ms", TOPIC_CLOSED_WINDOW},
	{"tcp_rto_min_us", TOPIC_AGAIN},
	{"tcp_rto_min_us", TOPIC_DATA},
	{"tcp_rto_min_us", TOPIC_FIN_WAIT2},
	{"tcp_sack", TOPIC_CONNECT},
	{"tcp_shrink_window", TOPIC_DATA},
	{"tcp_slow_start_after_idle", TOPIC_DATA},
	{"tcp_stdurg", TOPIC_NEVER},
	{"tcp_syn_linear_timeouts", TOPIC_SYN_AGAIN},
	{"tcp_syn_retries", TOPIC_SYN_AGAIN},
	{"tcp_synack_retries", TOPIC_SYNACK_AGAIN},
	{"tcp_syncookies", TOPIC_LISTEN},
	{"tcp_thin_linear_timeouts", TOPIC_DATA | TOPIC_AGAIN},
	{"tcp_timestamps", TOPIC_CONNECT},
	{"tcp_tso_rtt_log", TOPIC_DATA},
	{"tcp_tso_win_divisor", TOPIC_DATA},
	{"tcp_tw_reuse", TOPIC_TIME_WAIT | TOPIC_SEVERAL},
	{"tcp_tw_reuse_delay", TOPIC_TIME_WAIT | TOPIC_SEVERAL},
	{"tcp_window_scaling", TOPIC_CONNECT},
	{"tcp_wmem", TOPIC_CONNECT},
	{"tcp_workaround_signed_windows", TOPIC_CONNECT},
};

static unsigned int flight_topics(const struct flight *flight)
{
	const struct packet *packet = flight->packet;
	bool syn = packet->flags & TCP_FLAG_SYN, ack = packet->flags & TCP_FLAG_ACK;
	unsigned int topics = flight->injected ? TOPIC_STRAY : 0;

	if (packet->protocol != IPPROTO_TCP)
		return topics | TOPIC_STRAY;
	if (syn && flight->resent)
		topics |= ack ? TOPIC_SYNACK_AGAIN : TOPIC_SYN_AGAIN;
	else if (flight->resent)
		topics |= TOPIC_AGAIN;
	topics |= syn ? TOPIC_CONNECT | TOPIC_LISTEN : 0;
	topics |= packet->len ? TOPIC_DATA : 0;
	topics |= packet->flags & TCP_FLAG_FIN ? TOPIC_CLOSE : 0;
	topics |= packet->flags & TCP_FLAG_RST ? TOPIC_STRAY : 0;
	topics |= !packet->window && !syn && !(packet->flags & TCP_FLAG_RST) ? TOPIC_CLOSED_WINDOW
	                                                                     : 0;
	return topics;
}

static unsigned int state_topics(enum tcp_state state)
{
	switch (state) {
	case STATE_FIN_WAIT2:
		return TOPIC_FIN_WAIT2 | TOPIC_TIME_WAIT;
	case STATE_CLOSING:
	case STATE_TIME_WAIT:
		return TOPIC_TIME_WAIT;
	case STATE_GONE:
	case STATE_ESTABLISHED:
	case STATE_SYN_SENT:
	case STATE_SYN_RECV:
	case STATE_FIN_WAIT1:
	case STATE_CLOSE:
	case STATE_CLOSE_WAIT:
	case STATE_LAST_ACK:
	case STATE_LISTEN:
	case STATE_NEW_SYN_RECV:
	case STATE_COUNT:
		break;
	}
	return 0;
}

/* SYN_SENT, then SYN_RECV: both hosts' SYNs were under way at once. */
static unsigned int life_topics(const struct life *life)
{
	unsigned int topics = 0;

	for (size_t i = 0; i < life->count; i++) {
		topics |= state_topics(life->states[i].state);
		if (i && life->states[i].state == STATE_SYN_RECV &&
		    life->states[i - 1].state == STATE_SYN_SENT)
			topics |= TOPIC_STRAY;
	}
	return topics;
}

static bool sets_option(const struct event *event, const char *option)
{
	return !strcmp(event->call.name, "setsockopt") &&
	       !strncmp(event->call.args, option, strlen(option));
}

static unsigned int event_topics(const struct event *event)
{
	if (event->kind == EVENT_CALL && sets_option(event, "SO_KEEPALIVE"))
		return TOPIC_KEEPALIVE;
	if (event->kind == EVENT_CALL && sets_option(event, "TCP_FASTOPEN"))
		return TOPIC_FASTOPEN;
	if (event->kind == EVENT_COUNTER && strstr(event->counter.name, "Overflows"))
		return TOPIC_FULL;
	if (event->kind == EVENT_SAMPLE && event->sample.retransmits)
		return event->sample.state == STATE_SYN_SENT         ? TOPIC_SYN_AGAIN
		       : event->sample.object == OBJECT_REQUEST      ? TOPIC_SYNACK_AGAIN
		       : event->sample.timer == DIAG_TIMER_PROBE0    ? TOPIC_CLOSED_WINDOW
		       : event->sample.timer == DIAG_TIMER_KEEPALIVE ? TOPIC_KEEPALIVE
		                                                     : TOPIC_AGAIN;
	return 0;
}

unsigned int story_topics(const struct story *story)
{
	unsigned int topics = story->connection_count > 1 ? TOPIC_SEVERAL : 0;

	for (size_t i = 0; i < story->flights.count; i++)
		topics |= flight_topics(&story->flights.items[i]);
	for (size_t i = 0; i < story->life_count; i++)
		topics |= life_topics(&story->lives[i]);
	for (size_t i = 0; i < story->event_count; i++)
		topics |= event_topics(story->events[i]);
	return topics;
}

enum bearing topics_bearing(unsigned int topics, const char *name)
{
	enum bearing bearing = BEARING_UNKNOWN;

	if (!strncmp(name, PREFIX, strlen(PREFIX)))
		name += strlen(PREFIX);
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strcmp(name, readers[i].name) != 0)
			continue;
		if ((topics & readers[i].needs) == readers[i].needs)
			return BEARING_SOME;
		bearing = BEARING_NONE;
	}
	return bearing;
}
