/* SPDX-License-Identifier: GPL-2.0-or-later */
/* last_ack: what the probes of a server in LAST_ACK begin with. */
#ifndef FINWAIT_PROBES_LAST_ACK_H
#define FINWAIT_PROBES_LAST_ACK_H

#include "../../harness/probe.h"

#define CLIENT_PORT 5000
#define SERVER_PORT 8080

/* A client on the four-tuple of the one before. */
static inline struct sock *connect_again(struct probe_run *run)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_bind(client, CLIENT_PORT);
	sock_connect(client, SIDE_SERVER, SERVER_PORT);
	return client;
}

/*
 * The server's end in LAST_ACK, with nothing left of the client's: its last ACK was lost, and
 * client:tcp_max_tw_buckets is 0. The client closes half first: as an orphan it would lose
 * its bucket in FIN_WAIT2 already, and answer the FIN by a reset (tcp_rcv_state_process()).
 */
static inline struct sock *leave_in_last_ack(struct probe_run *run, struct sock *listener)
{
	struct sock *client, *server;

	if (model_timewait_is_kept(run_record(run), SIDE_CLIENT))
		run_inconclusive(run,
		                 "client:tcp_max_tw_buckets is not 0: its TIME_WAIT ends LAST_ACK");
	client = connect_again(run);
	server = sock_accept(listener);
	sock_shutdown(client, SHUT_WR);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	wire_drop_next(run, match_of(client, TCP_FLAG_ACK), 1);
	sock_close(server);
	await_end(client);
	sock_close(client);
	return server;
}

#endif
