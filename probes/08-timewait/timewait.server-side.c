// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server closes first, more often than it has ports in ip_local_port_range. All of its
 * TIME_WAITs are on the port it listens on, so that they cost none: the next client is
 * accepted, and the server itself can connect from every port of its range.
 *
 *   client                         server
 *                                  TIME_WAIT, TIME_WAIT, ... on port 8080
 *   connect()    ---- S --->       port 8080
 *   port 9090    <--- S ----       connect(), from each port of its range
 */
#include "../../harness/probe.h"

#define PORT 8080
#define OUT_PORT 9090
#define CLIENT_PORT 50000
#define PORTS_MAX 64

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, PORT), *client, *server;
	struct sock *back = sock_listen(run, SIDE_CLIENT, OUT_PORT);

	for (int64_t i = 0; i <= param(run, "closed"); i++) {
		/* a port of its own each: the same one again would open TIME_WAIT anew */
		client = sock_open_with(run, SIDE_CLIENT,
		                        (struct sock_config){.port = (uint16_t)(CLIENT_PORT + i)});
		sock_connect(client, SIDE_SERVER, PORT);
		server = sock_accept(listener);
		await_state(client, STATE_ESTABLISHED);
		if (i < param(run, "closed"))
			flow_close(server, client);
	}
	socks_on_port(run, SIDE_SERVER, PORT);
	for (int i = 0; i <= PORTS_MAX; i++) {
		struct sock *out = sock_open(run, SIDE_SERVER);

		if (sock_try_connect(out, bench_endpoint(run, SIDE_CLIENT, OUT_PORT)) !=
		    -EINPROGRESS)
			return;
		sock_accept(back);
		await_state(out, STATE_ESTABLISHED);
	}
	run_inconclusive(run, "ip_local_port_range has more than %d ports", PORTS_MAX);
}

/* How many connections the server opened itself. */
static struct measured measure_out(struct judge *judge)
{
	struct packet_match syn = {.from = SIDE_SERVER,
	                           .dst_port = OUT_PORT,
	                           .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                           .flags_value = TCP_FLAG_SYN};
	struct sent syns = sent_since(judge, &syn, 0);

	return measure_sent(&syns);
}

static void judge(const struct story *story, struct judge *judge)
{
	struct port_range range = {0};
	int64_t closed = 0, ports, kept;

	(void)record_param(story->rec, "closed", &closed);
	(void)model_port_range(story->rec, SIDE_SERVER, &range);
	ports = range.high - range.low + 1;
	kept = model_sysctl_or(story->rec, SIDE_SERVER, "net.ipv4.tcp_max_tw_buckets", closed);
	judge_claim(judge, "timewait.server-side");
	judge_count(judge,
	            &(struct figure){
			    .name = "in_TIME_WAIT_on_one_port",
			    .predicts = value_count(kept < closed ? kept : closed),
			    .measured = measure_sockets_in(judge, SIDE_SERVER, PORT,
	                                                   STATE_TIME_WAIT, OBJECT_TIME_WAIT),
			    .rule = "inet_twsk_alloc(): tw_num is the listener's port",
		    });
	judge_truth(judge, &(struct figure){
				   .name = "next_client_accepted",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_entered(
					   judge, SIDE_SERVER,
					   judge_text(judge, "s%lld", (long long)closed + 1),
					   STATE_ESTABLISHED),
				   .rule = "__inet_lookup_established(): another four-tuple",
			   });
	judge_count(judge, &(struct figure){
				   .name = "ports_left",
				   .says = value_counts(ports > 1 ? ports & ~1LL : 1, ports),
				   .predicts = value_counts(ports > 1 ? ports & ~1LL : 1, ports),
				   .measured = measure_out(judge),
				   .rule = "__inet_hash_connect(): an odd range may lose one",
			   });
}

const struct probe probe_timewait_server_side = {
	.id = "timewait.server-side",
	.title = "TIME_WAITs at the server",
	.question = "Do TIME_WAITs at the server cost it ports?",
	.kernel_path = "inet_twsk_alloc(), __inet_lookup_established(), __inet_hash_connect()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.server-side", "D", "TIME_WAITs at the server cost it no ports."}},
	.sysctls = {{"server:net.ipv4.ip_local_port_range", "40000 40003", "40000 40015"}},
	.params = {{"closed", 6, 24, "how many connections the server closes first"}},
	.run = run,
	.judge = judge,
};
