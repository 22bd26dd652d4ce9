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

static void judge(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_all_since(judge, (struct moment){0});

	(void)story;
	judge_claim(judge, "open.three-way");
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = "SYN_SENT ESTABLISHED",
				  .predicts = "SYN_SENT ESTABLISHED",
				  .rule = "tcp_v4_connect(), tcp_rcv_synsent_state_process()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "l1",
				  .says = "LISTEN",
				  .predicts = "LISTEN",
				  .rule = "inet_csk_listen_start()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = "SYN_RECV ESTABLISHED",
				  .predicts = "SYN_RECV ESTABLISHED",
				  .rule = "tcp_conn_request(), tcp_rcv_state_process()",
			  });
	judge_segments(judge, &(struct segments_figure){.says = "S SA A",
	                                                .predicts = "S SA A",
	                                                .rule = "RFC 9293 3.5"});
	judge_count(judge,
	            &(struct figure){
			    .name = "segments_without_ack",
			    .says = value_count(1),
			    .predicts = value_count(1),
			    .measured = measure_flagged(&sent, TCP_FLAG_ACK, 0),
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
