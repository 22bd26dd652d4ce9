/* SPDX-License-Identifier: GPL-2.0-or-later */
/* late_data: a segment that comes after its connection. */
#ifndef FINWAIT_PROBES_LATE_DATA_H
#define FINWAIT_PROBES_LATE_DATA_H

#include "../../harness/probe.h"

#define CLIENT_PORT 5000
#define SERVER_PORT 8080

static const char late_text[] = "old data";

struct late {
	enum side from; /* who sends it */
	uint16_t client_port;
	struct sock *listener;
	struct sock *ends[SIDE_COUNT];
	uint32_t rule; /* holds it on the wire */
};

/* The connection, open. */
static inline void late_connect(struct probe_run *run, struct late *late)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_bind(client, late->client_port);
	sock_connect(client, SIDE_SERVER, SERVER_PORT);
	late->ends[SIDE_CLIENT] = client;
	late->ends[SIDE_SERVER] = sock_accept(late->listener);
	await_state(client, STATE_ESTABLISHED);
}

/* What carries the text, and not an ACK with the same numbers. */
static inline struct packet_match late_match(const struct late *late)
{
	struct packet_match match = match_bytes(late->ends[late->from], 1, sizeof(late_text) - 1);

	match.payload = PAYLOAD_SOME;
	return match;
}

/*
 * A connection whose first segment of data stays on the wire while the one that is sent
 * again is read.
 */
static inline void late_open(struct probe_run *run, struct late *late)
{
	late_connect(run, late);
	late->rule = wire_hold(run, late_match(late));
	sock_send_text(late->ends[late->from], late_text);
	wire_await_held(run, late->rule, 2);
	wire_release_one(run, late->rule, 1);
	(void)sock_receive(late->ends[side_other(late->from)], sizeof(late_text) - 1);
}

#endif
