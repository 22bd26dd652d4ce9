// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data on a SYN: the first sendto() has no cookie and asks for one, the second one's data goes
 * with the SYN, and so does what is sent behind connect() with TCP_FASTOPEN_CONNECT.
 *
 *   client                         server
 *   sendto: EINPROGRESS  -- S -->  a cookie is given
 *   sendto: 4            -- S 4 ->  accepted with its data
 *   connect: 0, send: 4  -- S 4 ->  the same
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080), *client, *server;
	const struct endpoint to = bench_endpoint(run, SIDE_SERVER, 8080);

	sock_option(listener, "TCP_FASTOPEN", 5);
	client = sock_open(run, SIDE_CLIENT); /* c1 */
	note(run, "sendto comes to %lld",
	     (long long)sock_try_send_to(client, to, "none", MSG_FASTOPEN));
	await_state(client, STATE_ESTABLISHED);
	(void)sock_accept(listener);

	client = sock_open(run, SIDE_CLIENT); /* c2 */
	note(run, "sendto comes to %lld",
	     (long long)sock_try_send_to(client, to, "data", MSG_FASTOPEN));
	server = sock_accept(listener);
	sock_receive(server, 4);
	await_state(client, STATE_ESTABLISHED);

	client = sock_open(run, SIDE_CLIENT); /* c3 */
	sock_option(client, "TCP_FASTOPEN_CONNECT", 1);
	sock_connect(client, SIDE_SERVER, 8080);
	sock_send_text(client, "data");
	server = sock_accept(listener);
	sock_receive(server, 4);
	await_state(client, STATE_ESTABLISHED);
}

static struct measured measure_carried(struct judge *judge, const char *sock)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent syns = sent_on(judge, sock, &syn, (struct moment){0});

	if (!syns.count)
		return measured_none(syns.rests_on, "no SYN was sent");
	return (struct measured){.value = value_count(syns.items[0]->packet->len),
	                         .rests_on = syns.rests_on};
}

static void judge_syn(struct judge *judge, const char *sock, int64_t predicts)
{
	judge_case(judge, "%s", sock);
	judge_count(judge, &(struct figure){
				   .name = "carried_by_syn",
				   .predicts = value_count(predicts),
				   .measured = measure_carried(judge, sock),
				   .rule = "tcp_send_syn_data()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.fastopen");
	judge_words(judge, &(struct figure){
				   .name = "first_sendto",
				   .predicts = value_words("EINPROGRESS"),
				   .measured = measure_errno(judge, SIDE_CLIENT, "c1", "sendto"),
				   .rule = "tcp_sendmsg_fastopen()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "second_sendto",
				   .predicts = value_count(4),
				   .measured = measure_result(judge, SIDE_CLIENT, "c2", "sendto"),
				   .rule = "tcp_sendmsg_fastopen()",
			   });
	judge_words(judge, &(struct figure){
				   .name = "connect",
				   .predicts = value_words("none"),
				   .measured = measure_errno(judge, SIDE_CLIENT, "c3", "connect"),
				   .rule = "tcp_fastopen_defer_connect()",
			   });
	judge_syn(judge, "c1", 0);
	judge_syn(judge, "c2", 4);
	judge_syn(judge, "c3", 4);
}

const struct probe probe_sock_fastopen = {
	.id = "sock.fastopen",
	.title = "Data on a SYN",
	.question = "Do sendto() with MSG_FASTOPEN and TCP_FASTOPEN_CONNECT put data on the SYN?",
	.kernel_path = "tcp_sendmsg_fastopen(), tcp_send_syn_data(), tcp_try_fastopen()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.fastopen", "-", "The first SYN is bare, those that follow carry data."}},
	.sysctls = {{"net.ipv4.tcp_fastopen", "3", "3"}},
	.run = run,
	.judge = judge,
};
