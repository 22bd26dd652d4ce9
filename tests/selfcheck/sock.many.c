// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A range of sockets: 200 established, then 500 half-open, since the SYN+ACK is lost. The
 * server's are counted by state and object.
 */
#include "../../harness/probe.h"

enum { OPEN = 200, HALF_OPEN = 500 };

static const struct packet_match syn_ack = {
	.from = SIDE_SERVER,
	.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	.flags_value = TCP_FLAG_SYN | TCP_FLAG_ACK,
};

static void run(struct probe_run *run)
{
	static struct sock *clients[HALF_OPEN], *servers[OPEN];
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);

	socks_connect_many(
		run,
		(struct many){
			.side = SIDE_CLIENT, .count = OPEN, .first_port = 20000, .to_port = 8080},
		clients);
	socks_accept_many(listener, OPEN, servers);
	await_states(clients, OPEN, STATE_ESTABLISHED);
	await_states(servers, OPEN, STATE_ESTABLISHED);

	counters_mark(run, "half-open");
	wire_drop(run, syn_ack);
	socks_connect_many(run,
	                   (struct many){.side = SIDE_CLIENT, .count = HALF_OPEN, .to_port = 8080},
	                   clients);
	for (int i = 0; i < HALF_OPEN; i++)
		await_state(sock_peer(clients[i]), STATE_SYN_RECV);
	note(run, "%zu sockets", socks_on_port(run, SIDE_SERVER, 8080));
}

static void judge_sockets(struct judge *judge, const char *name, struct measured measured,
                          int64_t predicts)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .predicts = value_count(predicts),
				   .measured = measured,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const enum side host = SIDE_SERVER;

	(void)story;
	judge_claim(judge, "sock.many");
	judge_sockets(judge, "sockets", measure_sockets(judge, host, 8080), OPEN + HALF_OPEN + 1);
	judge_sockets(judge, "established",
	              measure_sockets_in(judge, host, 8080, STATE_ESTABLISHED, OBJECT_FULL), OPEN);
	judge_sockets(judge, "half_open",
	              measure_sockets_in(judge, host, 8080, STATE_SYN_RECV, OBJECT_REQUEST),
	              HALF_OPEN);
	judge_sockets(judge, "opened_before",
	              measure_counter_until(judge, host, "Tcp.PassiveOpens", "half-open"), OPEN);
	judge_sockets(judge, "opened_since",
	              measure_counter_since(judge, host, "Tcp.PassiveOpens", "half-open"), 0);
}

const struct probe probe_sock_many = {
	.id = "sock.many",
	.title = "Seven hundred connections, most of them half-open",
	.question = "Is a range of sockets opened, watched and counted by state and object?",
	.kernel_path = "inet_csk_reqsk_queue_hash_add(), tcp_v4_syn_recv_sock()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.many", "-", "Each socket is counted once, by state and object."}},
	.run = run,
	.judge = judge,
};
