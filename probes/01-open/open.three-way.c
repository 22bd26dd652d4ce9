// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which states does each end go through when a connection is opened, and what
 * crosses the wire? tcp_v4_connect(), tcp_conn_request(), tcp_check_req().
 *
 *   client                         server
 *   CLOSE                          LISTEN
 *   SYN_SENT    ---- S ---->       SYN_RECV (a request sock)
 *   ESTABLISHED <--- SA ----
 *               ---- A ---->       ESTABLISHED
 *
 * The hand carries each segment: both ends are read while it is on the wire, so
 * that every state is seen without eBPF too.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
}

static void judge(const struct record *rec, struct judge *judge)
{
	struct packet_list sent;
	size_t without_ack = 0;

	query_sent_all(rec, &sent);
	for (size_t i = 0; i < sent.count; i++)
		without_ack += !(sent.items[i].packet.flags & TCP_FLAG_ACK);

	judge_claim(judge, "open.three-way");
	judge_walk(judge, SIDE_CLIENT, "c1", "SYN_SENT ESTABLISHED", "SYN_SENT ESTABLISHED",
	           "tcp_v4_connect(), tcp_rcv_synsent_state_process()");
	judge_walk(judge, SIDE_SERVER, "l1", "LISTEN", "LISTEN", "inet_csk_listen_start()");
	judge_walk(judge, SIDE_SERVER, "s1", "SYN_RECV ESTABLISHED", "SYN_RECV ESTABLISHED",
	           "tcp_conn_request(), tcp_rcv_state_process()");
	judge_segments(judge, 0, "S SA A", "S SA A", "RFC 9293 3.5");
	judge_compare(judge,
	              &(struct comparison){
			      .name = "segments_without_ack",
			      .unit = "count",
			      .says = value_count(1),
			      .predicts = value_count(1),
			      .measured = value_count((int64_t)without_ack),
			      .rests_on = RESTS_ON(OBSERVER_TAP),
			      .rule = "RFC 9293 3.1: ACK is set once a connection is established",
		      });
}

const struct probe probe_open_three_way = {
	.id = "open.three-way",
	.title = "Opening a connection: states and segments",
	.question = "Which states does each end pass through, and how many segments does it take?",
	.kernel_path = "tcp_v4_connect(), tcp_conn_request(), tcp_check_req(), "
		       "tcp_rcv_state_process()",
	.wire = WIRE_HAND,
	.claims = {{"open.three-way", "D",
                    "Client CLOSED, SYN_SENT, ESTABLISHED; server LISTEN, SYN_RECV, ESTABLISHED; "
                    "three "
                    "packets, of which only the first SYN lacks ACK."}},
	.run = run,
	.judge = judge,
};
