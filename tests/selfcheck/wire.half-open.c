// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections whose one end is nobody but injected segments: one stays half-open until the
 * server gives up, one is opened, talks and is reset. Then a datagram of nobody's, and an ICMP
 * error about a datagram that was sent.
 *
 *   stranger 1, 2                  server
 *   ............... S ---------->  SYN_RECV, twice
 *   1 ............. A ---------->  ESTABLISHED
 *   1 ............. PA "hello" ->  received
 *   2                              SYN+ACK once more, then gone
 */
#include "../../harness/probe.h"

static struct packet syn_of(struct probe_run *run, unsigned int stranger)
{
	return (struct packet){
		.src = wire_stranger(run, SIDE_CLIENT, stranger, 40000),
		.dst.port = 8080,
		.flags = TCP_FLAG_SYN,
		.seq = 4711,
		.window = 1024,
		.mss = 1000,
		.has_timestamps = true,
		.ts_val = 1000,
	};
}

static void talk(struct probe_run *run, struct sock *listener, struct sock *half)
{
	struct packet answer = packet_answer(half);
	struct sock *server;

	wire_inject(run, SIDE_CLIENT, &answer);
	server = sock_accept(listener);
	answer = packet_answer(server);
	answer.flags |= TCP_FLAG_PSH;
	wire_inject_text(run, SIDE_CLIENT, &answer, "hello");
	sock_receive(server, 5);
	answer.flags = TCP_FLAG_RST;
	answer.seq += 5;
	wire_inject(run, SIDE_CLIENT, &answer);
	await_state(server, STATE_GONE);
}

static void talk_udp(struct probe_run *run)
{
	struct sock *server =
		sock_open_with(run, SIDE_SERVER, (struct sock_config){.udp = true, .port = 53});
	struct packet icmp = {
		.protocol = run_record(run)->family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
		.icmp_type = run_record(run)->family == FAMILY_IPV6 ? 1 : 3,
		.icmp_code = run_record(run)->family == FAMILY_IPV6 ? 4 : 3,
		.inner = {.protocol = IPPROTO_UDP, .src.port = 53, .dst.port = 5353},
	};

	wire_inject_text(
		run, SIDE_CLIENT,
		&(struct packet){.protocol = IPPROTO_UDP, .src.port = 5353, .dst.port = 53},
		"who is there");
	if (!sock_await_events(server, POLLIN, AWAIT_LIMIT_MS))
		run_inconclusive(run, "the datagram did not come");
	note(run, "received %lld", (long long)sock_try_receive(server, 100));
	sock_connect(server, SIDE_CLIENT, 5353);
	wire_inject(run, SIDE_CLIENT, &icmp);
	sock_await_error(server, AWAIT_LIMIT_MS);
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);
	struct packet syn = syn_of(run, 2);
	struct sock *half;

	wire_inject(run, SIDE_CLIENT, &syn);
	half = sock_injected(run, SIDE_CLIENT, &syn);
	await_state(half, STATE_SYN_RECV);
	syn = syn_of(run, 1);
	wire_inject(run, SIDE_CLIENT, &syn);
	await_state(sock_injected(run, SIDE_CLIENT, &syn), STATE_SYN_RECV);
	talk(run, listener, sock_injected(run, SIDE_CLIENT, &syn));
	talk_udp(run);
	await_end(half);
}

static void judge_end(struct judge *judge, const char *sock, const char *predicts)
{
	judge_case(judge, "%s", sock);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = sock,
				  .predicts = predicts,
				  .rule = "tcp_check_req(), reqsk_timer_handler(), tcp_reset()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.half-open");
	judge_end(judge, "s1", "SYN_RECV CLOSE");
	judge_end(judge, "s2", "SYN_RECV ESTABLISHED CLOSE");
	judge_case(judge, "datagram");
	judge_count(judge, &(struct figure){
				   .name = "bytes",
				   .predicts = value_count(12),
				   .measured = measure_result(judge, SIDE_SERVER, "u1", "recv"),
			   });
	judge_words(judge, &(struct figure){
				   .name = "told_by_icmp",
				   .predicts = value_words("ECONNREFUSED"),
				   .measured = measure_errno(judge, SIDE_SERVER, "u1", "SO_ERROR"),
			   });
}

const struct probe probe_wire_half_open = {
	.id = "wire.half-open",
	.title = "Connections with injected segments alone at one end",
	.question = "Can an end be awaited, answered and accepted whose peer is nobody?",
	.kernel_path = "tcp_conn_request(), tcp_check_req(), reqsk_timer_handler()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.half-open", "-", "Half-open, open and reset, as for any other peer."}},
	.sysctls = {{"server:net.ipv4.tcp_synack_retries", "1", "1"}},
	.run = run,
	.judge = judge,
};
