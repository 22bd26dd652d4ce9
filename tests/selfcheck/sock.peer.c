// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An end that is never accepted can be awaited: a half-open one at the server, until it
 * gives up. Beside it UDP, and a second address of the server's.
 *
 *   client                         server
 *   c1 SYN_SENT    ---- S ------>  s1 SYN_RECV, a request sock
 *                    X-- SA ----   twice: tcp_synack_retries is 1 at the server alone
 *                                  gone
 */
#include "../../harness/probe.h"

static const struct packet_match syn_ack = {
	.from = SIDE_SERVER,
	.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	.flags_value = TCP_FLAG_SYN | TCP_FLAG_ACK,
};

static void talk_udp(struct probe_run *run)
{
	struct sock *server =
		sock_open_with(run, SIDE_SERVER, (struct sock_config){.udp = true, .port = 53});
	struct sock *client = sock_open_with(run, SIDE_CLIENT, (struct sock_config){.udp = true});

	sock_connect(client, SIDE_SERVER, 53);
	sock_send_text(client, "who is there");
	if (sock_receive(server, 12) != 12)
		run_inconclusive(run, "the datagram did not come whole");
}

static void talk_to_second(struct probe_run *run)
{
	struct sock *listener = sock_listen_with(run, SIDE_SERVER,
	                                         (struct sock_config){.port = 8081, .address = 1});
	struct sock *client = sock_open(run, SIDE_CLIENT);

	if (sock_try_connect(client, host_endpoint(run, SIDE_SERVER, 1, 8081)) != -EINPROGRESS)
		run_inconclusive(run, "connect() did not begin");
	await_state(sock_peer(client), STATE_ESTABLISHED);
	sock_accept(listener);
}

static void run(struct probe_run *run)
{
	struct sock *client;
	uint32_t rule;

	sock_listen(run, SIDE_SERVER, 8080);
	client = sock_open(run, SIDE_CLIENT);
	sock_option(client, "TCP_SYNCNT", 1);
	rule = wire_drop(run, syn_ack);
	sock_connect(client, SIDE_SERVER, 8080);
	await_state(sock_peer(client), STATE_SYN_RECV);
	await_end(sock_peer(client));
	wire_restore(run, rule);
	talk_udp(run);
	talk_to_second(run);
}

static void judge_end(struct judge *judge, const char *sock, const char *predicts)
{
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = sock,
				  .predicts = predicts,
				  .rule = "reqsk_timer_handler()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.peer");
	judge_case(judge, "never accepted");
	judge_end(judge, "s1", "SYN_RECV CLOSE");
	judge_case(judge, "at the second address");
	judge_end(judge, "s2", "SYN_RECV ESTABLISHED");
	judge_case(judge, "datagram");
	judge_count(judge, &(struct figure){
				   .name = "bytes",
				   .predicts = value_count(12),
				   .measured = measure_result(judge, SIDE_SERVER, "u1", "recv"),
			   });
}

const struct probe probe_sock_peer = {
	.id = "sock.peer",
	.title = "An end that is never accepted",
	.question = "Can an end be awaited that no socket of the probe holds?",
	.kernel_path = "tcp_conn_request(), reqsk_timer_handler()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.peer", "-", "The half-open end has a label, a life and an end."}},
	.sysctls = {{"server:net.ipv4.tcp_synack_retries", "1", "1"}},
	.run = run,
	.judge = judge,
};
