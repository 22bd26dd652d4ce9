// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One socket, bound, connects to its own address and port: a simultaneous open
 * with itself. tcp_rcv_synsent_state_process(), then SYN_RECV as a full socket.
 *
 *   client, over lo
 *   SYN_SENT     S, to itself
 *   SYN_RECV     SA, to itself
 *   ESTABLISHED  A: the SYN+ACK's sequence number was known from the SYN
 */
#include "../../harness/probe.h"

#define PORT 5000

static void run(struct probe_run *run)
{
	struct sock *self = sock_open(run, SIDE_CLIENT);

	sock_bind(self, PORT);
	sock_connect(self, SIDE_CLIENT, PORT);
	await_state(self, STATE_ESTABLISHED);
	socks_on_port(run, SIDE_CLIENT, PORT);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "self.connect");
	judge_walk(judge,
	           &(struct walk_figure){
			   .host = SIDE_CLIENT,
			   .sock = "c1",
			   .says = "SYN_SENT SYN_RECV ESTABLISHED",
			   .predicts = "SYN_SENT SYN_RECV ESTABLISHED",
			   .rule = "tcp_rcv_synsent_state_process(), tcp_rcv_state_process()",
		   });
	judge_count(judge, &(struct figure){
				   .name = "sockets",
				   .says = value_count(1),
				   .predicts = value_count(1),
				   .measured = measure_sockets(judge, SIDE_CLIENT, PORT),
				   .rule = "RFC 9293 3.5: a connection needs no listener",
			   });
	judge_segments(judge, &(struct segments_figure){
				      .predicts = "S SA A",
				      .rule = "tcp_send_synack(); its own SYN+ACK is old data or "
					      "challenged: one ACK either way",
			      });
}

const struct probe probe_self_connect = {
	.id = "self.connect",
	.title = "A socket connects to itself",
	.question = "Can a socket connect to its own address and port, and what does that take?",
	.kernel_path = "tcp_v4_connect(), tcp_rcv_synsent_state_process(), tcp_send_synack(), "
		       "tcp_validate_incoming()",
	.wire = WIRE_NONE,
	.claims =
		{{"self.connect", "C",
                  "bind() and connect() to oneself: ESTABLISHED with one socket and no listener."}},
	.run = run,
	.judge = judge,
};
