// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One port number, TCP and UDP: each protocol has a table of its own (tcp_hashinfo, udp_table),
 * and what comes in is looked up in that of its header's protocol. Within one protocol the
 * second bind() without SO_REUSEADDR fails.
 *
 *   client                         server, port 5300 twice
 *   ESTABLISHED -- TCP, 3 bytes --> listener, then its connection
 *               -- UDP, 5 bytes --> UDP socket
 */
#include "../../harness/probe.h"

#define PORT 5300

static void run(struct probe_run *run)
{
	const struct endpoint at = bench_endpoint(run, SIDE_SERVER, PORT);
	struct sock *listener = sock_listen_with(
		run, SIDE_SERVER, (struct sock_config){.port = PORT, .exclusive = true}); /* l1 */
	struct sock *datagrams = sock_open_with(
		run, SIDE_SERVER,
		(struct sock_config){.udp = true, .port = PORT, .exclusive = true}); /* u1 */
	struct sock *client = sock_open(run, SIDE_CLIENT); /* c1 */
	struct sock *sender =
		sock_open_with(run, SIDE_CLIENT, (struct sock_config){.udp = true}); /* u2 */
	struct sock *server, *again;

	sock_connect(client, SIDE_SERVER, PORT);
	server = sock_accept(listener);
	sock_send_text(client, "tcp");
	(void)sock_receive(server, strlen("tcp"));
	note(run, "sendto comes to %lld", (long long)sock_try_send_to(sender, at, "datum", 0));
	if (!sock_await_events(datagrams, POLLIN, AWAIT_LIMIT_MS))
		run_inconclusive(run, "no datagram came within %d ms", AWAIT_LIMIT_MS);
	note(run, "recv comes to %lld", (long long)sock_try_receive(datagrams, 100));

	again = sock_open_with(run, SIDE_SERVER, (struct sock_config){.udp = true}); /* u3 */
	note(run, "bind comes to %d", sock_try_bind_to(again, at));
	again = sock_open(run, SIDE_SERVER); /* s2 */
	note(run, "bind comes to %d", sock_try_bind_to(again, at));
}

static void judge_bind(struct judge *judge, const char *sock, const char *name, const char *says,
                       const char *predicts, const char *rule)
{
	judge_words(judge, &(struct figure){
				   .name = name,
				   .says = value_words(says),
				   .predicts = value_words(predicts),
				   .measured = measure_errno(judge, SIDE_SERVER, sock, "bind"),
				   .rule = rule,
			   });
}

static void judge_bytes(struct judge *judge, const char *sock, const char *name, int64_t bytes,
                        const char *rule)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .says = value_count(bytes),
				   .predicts = value_count(bytes),
				   .measured = measure_total(judge, SIDE_SERVER, sock, "recv"),
				   .rule = rule,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.same-port");
	judge_bind(judge, "l1", "bind_of_tcp", "none", "none", "inet_csk_get_port()");
	judge_bind(judge, "u1", "bind_of_udp", "none", "none",
	           "udp_lib_get_port(): udp_table knows no TCP");
	judge_bytes(judge, "s1", "tcp_bytes", 3, "__inet_lookup_skb()");
	judge_bytes(judge, "u1", "udp_bytes", 5, "__udp4_lib_lookup_skb()");
	judge_bind(judge, "s2", "second_bind_of_tcp", NULL, "EADDRINUSE",
	           "inet_csk_bind_conflict()");
	judge_bind(judge, "u3", "second_bind_of_udp", NULL, "EADDRINUSE",
	           "inet_rcv_saddr_equal() in udp_lib_lport_inuse()");
}

const struct probe probe_wire_same_port = {
	.id = "wire.same-port",
	.title = "TCP and UDP on one port",
	.question = "Can a TCP and a UDP socket have the same port at once, and two of one kind?",
	.kernel_path = "inet_csk_get_port(), udp_lib_get_port(), tcp_v4_rcv(), udp_rcv()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.same-port", "D", "TCP and UDP listen on the same port at once."}},
	.run = run,
	.judge = judge,
};
