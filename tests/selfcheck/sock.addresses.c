// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each host has several addresses: four connections between the same two ports, each with
 * labels and a life of its own.
 *
 *   client                         server
 *   5000 of two    ---- S ------>  8080 of two
 */
#include "../../harness/probe.h"

enum { EACH = 2, ALL = EACH * EACH };

static void run(struct probe_run *run)
{
	struct sock *listeners[EACH], *clients[ALL], *servers[ALL];

	for (unsigned int i = 0; i < EACH; i++)
		listeners[i] = sock_listen_with(run, SIDE_SERVER,
		                                (struct sock_config){.port = 8080, .address = i});
	for (unsigned int i = 0; i < ALL; i++) {
		clients[i] = sock_open_with(
			run, SIDE_CLIENT, (struct sock_config){.port = 5000, .address = i / EACH});
		if (sock_try_connect(clients[i], host_endpoint(run, SIDE_SERVER, i % EACH, 8080)) !=
		    -EINPROGRESS)
			run_inconclusive(run, "connect() did not begin");
		servers[i] = sock_accept(listeners[i % EACH]);
	}
	await_states(clients, ALL, STATE_ESTABLISHED);
	await_states(servers, ALL, STATE_ESTABLISHED);
	for (unsigned int i = 0; i < ALL; i++)
		sock_send_text(clients[i], "abcd");
	for (unsigned int i = 0; i < ALL; i++)
		sock_receive(servers[i], 4);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.addresses");
	for (int i = 1; i <= ALL; i++) {
		judge_case(judge, "connection %d", i);
		judge_walk(judge, &(struct walk_figure){
					  .host = SIDE_SERVER,
					  .sock = judge_text(judge, "s%d", i),
					  .predicts = "SYN_RECV ESTABLISHED",
					  .rule = "inet_ehashfn(): all of the four-tuple",
				  });
		judge_count(judge,
		            &(struct figure){
				    .name = "received",
				    .predicts = value_count(4),
				    .measured = measure_result(judge, SIDE_SERVER,
		                                               judge_text(judge, "s%d", i), "recv"),
			    });
	}
}

const struct probe probe_sock_addresses = {
	.id = "sock.addresses",
	.title = "Several addresses of each host",
	.question = "Are connections between two ports told apart by their addresses?",
	.kernel_path = "inet_hash_connect(), __inet_lookup_established()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.addresses", "-", "Four connections, each with a life of its own."}},
	.run = run,
	.judge = judge,
};
