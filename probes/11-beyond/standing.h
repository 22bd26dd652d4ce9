/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standing: a connection whose client stands in a state of one's choice, the wire by hand. Where
 * a segment must be lost for that it stays lost, however often it is sent.
 */
#ifndef FINWAIT_PROBES_STANDING_H
#define FINWAIT_PROBES_STANDING_H

#include "../../harness/probe.h"

enum standing {
	STANDING_SYN_SENT, /* the server knows nothing of it */
	STANDING_SYN_RECV, /* the server's request sock, whose client is ESTABLISHED */
	STANDING_ESTABLISHED,
	STANDING_FIN_WAIT1, /* the server is in CLOSE_WAIT, its ACK was lost */
	STANDING_FIN_WAIT1_UNHEARD, /* the server is ESTABLISHED, the FIN was lost */
	STANDING_FIN_WAIT1_CLOSED, /* the same, and nobody has the socket */
	STANDING_FIN_WAIT2,
	STANDING_FIN_WAIT2_CLOSED, /* a time-wait sock, where tcp_fin_timeout is not long */
	STANDING_CLOSE_WAIT,
	STANDING_CLOSING, /* the client's FIN was lost, the server is in FIN_WAIT2 */
	STANDING_LAST_ACK, /* likewise */
	STANDING_TIME_WAIT,
	STANDINGS,
};

static const char *const standing_names[STANDINGS] = {
	[STANDING_SYN_SENT] = "SYN_SENT",
	[STANDING_SYN_RECV] = "SYN_RECV",
	[STANDING_ESTABLISHED] = "ESTABLISHED",
	[STANDING_FIN_WAIT1] = "FIN_WAIT1",
	[STANDING_FIN_WAIT1_UNHEARD] = "FIN_WAIT1, the FIN lost",
	[STANDING_FIN_WAIT1_CLOSED] = "FIN_WAIT1 after close(), the FIN lost",
	[STANDING_FIN_WAIT2] = "FIN_WAIT2",
	[STANDING_FIN_WAIT2_CLOSED] = "FIN_WAIT2 after close()",
	[STANDING_CLOSE_WAIT] = "CLOSE_WAIT",
	[STANDING_CLOSING] = "CLOSING",
	[STANDING_LAST_ACK] = "LAST_ACK",
	[STANDING_TIME_WAIT] = "TIME_WAIT",
};

/* The two ends; calls on a request sock's are not possible. */
struct stood {
	struct sock *client, *server; /* server NULL: there is none */
};

/* The run is inconclusive where one of them cannot be. */
static inline void stand_check(struct probe_run *run)
{
	const struct record *rec = run_record(run);

	if (model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_syncookies", 1) == 2)
		run_inconclusive(run, "with tcp_syncookies 2 no connection is half-open");
	if (!model_timewait_is_kept(rec, SIDE_CLIENT))
		run_inconclusive(run, "with tcp_max_tw_buckets 0 there is no TIME_WAIT");
}

/* The host whose end stands there. */
static inline enum side standing_side(int standing)
{
	return standing == STANDING_SYN_RECV ? SIDE_SERVER : SIDE_CLIENT;
}

/* Why it cannot be said that @host sends @count challenge ACKs; NULL: it does. */
static inline const char *stand_unchallenged(const struct record *rec, enum side host,
                                             int64_t count)
{
	int64_t limit = model_sysctl_or(rec, host, "net.ipv4.tcp_challenge_ack_limit", INT32_MAX);
	struct value sent;
	bool all = model_challenges(limit, count, &sent) ? sent.lo >= count
	                                                 : model_challenge_is_sent(rec, host);

	return all ? NULL : "tcp_challenge_ack_limit is low";
}

/* Handshakes that do not come to their end: what is lost of the client's segments. */
static inline struct sock *stand_half(struct probe_run *run, uint16_t port, uint16_t lost)
{
	struct packet_match match = {.from = SIDE_CLIENT,
	                             .dst_port = port,
	                             .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                             .flags_value = lost};
	struct sock *client = sock_open(run, SIDE_CLIENT);
	uint32_t rule = wire_drop(run, match);

	sock_connect(client, SIDE_SERVER, port);
	await_sent_in_all(run, match, 1);
	if (lost == TCP_FLAG_ACK)
		wire_restore(run, rule);
	return client;
}

/* The client sends its FIN, which is lost. */
static inline void stand_unheard(struct probe_run *run, struct sock *client, bool closes)
{
	wire_drop(run, match_of(client, TCP_FLAG_FIN));
	if (closes)
		sock_close(client);
	else
		sock_shutdown(client, SHUT_WR);
	await_sent_in_all(run, match_of(client, TCP_FLAG_FIN), 1);
}

/* The client ends its half, and the server acknowledges that. */
static inline void stand_waiting(struct probe_run *run, const struct stood *ends, bool closes)
{
	if (closes)
		sock_close(ends->client);
	else
		sock_shutdown(ends->client, SHUT_WR);
	await_state(ends->server, STATE_CLOSE_WAIT);
	await_state(ends->client,
	            closes ? model_finwait2_state(run_record(run), SIDE_CLIENT) : STATE_FIN_WAIT2);
}

/* From ESTABLISHED on. */
static inline void stand_lead(struct probe_run *run, enum standing standing,
                              const struct stood *ends)
{
	switch (standing) {
	case STANDING_SYN_SENT:
	case STANDING_SYN_RECV:
	case STANDING_ESTABLISHED:
	case STANDINGS:
		return;
	case STANDING_FIN_WAIT1:
		wire_drop(run, match_of(ends->server, TCP_FLAG_ACK));
		sock_shutdown(ends->client, SHUT_WR);
		await_state(ends->server, STATE_CLOSE_WAIT);
		return;
	case STANDING_FIN_WAIT1_UNHEARD:
		stand_unheard(run, ends->client, false);
		return;
	case STANDING_FIN_WAIT1_CLOSED:
		stand_unheard(run, ends->client, true);
		return;
	case STANDING_FIN_WAIT2:
		stand_waiting(run, ends, false);
		return;
	case STANDING_FIN_WAIT2_CLOSED:
		stand_waiting(run, ends, true);
		return;
	case STANDING_CLOSE_WAIT:
		sock_shutdown(ends->server, SHUT_WR);
		await_state(ends->server, STATE_FIN_WAIT2);
		return;
	case STANDING_CLOSING:
		stand_unheard(run, ends->client, false);
		sock_shutdown(ends->server, SHUT_WR);
		await_state(ends->server, STATE_FIN_WAIT2);
		return;
	case STANDING_LAST_ACK:
		sock_shutdown(ends->server, SHUT_WR);
		await_state(ends->server, STATE_FIN_WAIT2);
		stand_unheard(run, ends->client, false);
		return;
	case STANDING_TIME_WAIT:
		flow_close(ends->client, ends->server);
		return;
	}
}

/* Each takes a port of its own, and is the run's next connection of any. */
static inline struct stood stand(struct probe_run *run, enum standing standing, uint16_t port)
{
	struct stood ends = {0};

	if (standing == STANDING_SYN_SENT) {
		ends.client = stand_half(run, port, TCP_FLAG_SYN);
	} else if (standing == STANDING_SYN_RECV) {
		sock_listen(run, SIDE_SERVER, port);
		ends.client = stand_half(run, port, TCP_FLAG_ACK);
		ends.server = sock_peer(ends.client);
		await_state(ends.server, STATE_SYN_RECV);
	} else {
		flow_establish(run, port, &ends.client, &ends.server);
		stand_lead(run, standing, &ends);
	}
	return ends;
}

#endif
