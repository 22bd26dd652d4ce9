// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client whose ports are all in TIME_WAIT with one destination connects to it again, and to
 * others. A port is spent for that destination alone: __inet_check_established() compares the
 * whole four-tuple.
 *
 *   client                         server
 *   TIME_WAIT, on each port        port 8080
 *   connect(): EADDRNOTAVAIL       port 8080
 *   connect()    ---- S --->       port 8081
 *   connect()    ---- S --->       port 8080 of another address
 */
#include "../../harness/probe.h"

#define PORT 8080
#define PORTS_MAX 64

/* Opens, closes first, and so on, until connect() fails; false: it never did. */
static bool spend_ports(struct probe_run *run, struct sock *listener)
{
	for (int i = 0; i <= PORTS_MAX; i++) {
		struct sock *client = sock_open(run, SIDE_CLIENT), *server;

		if (sock_try_connect(client, bench_endpoint(run, SIDE_SERVER, PORT)) !=
		    -EINPROGRESS)
			return true;
		server = sock_accept(listener);
		await_state(client, STATE_ESTABLISHED);
		flow_close(client, server);
	}
	return false;
}

static void connect_to(struct probe_run *run, struct sock *listener, struct endpoint to)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	if (sock_try_connect(client, to) != -EINPROGRESS)
		return;
	sock_accept(listener);
	await_state(client, STATE_ESTABLISHED);
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, PORT);
	struct sock *port = sock_listen(run, SIDE_SERVER, PORT + 1);
	struct sock *other = sock_listen_with(run, SIDE_SERVER,
	                                      (struct sock_config){.port = PORT, .address = 1});
	const struct record *rec = run_record(run);

	if (model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_tw_reuse", 0) == 1)
		run_inconclusive(run, "with tcp_tw_reuse 1 a port is free again after a while");
	if (model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_max_tw_buckets", 0) < PORTS_MAX)
		run_inconclusive(run, "tcp_max_tw_buckets leaves no TIME_WAIT to each port");
	if (!spend_ports(run, listener))
		run_inconclusive(run, "ip_local_port_range has more than %d ports", PORTS_MAX);
	socks_on_port(run, SIDE_CLIENT, 0);
	connect_to(run, port, bench_endpoint(run, SIDE_SERVER, PORT + 1));
	connect_to(run, other, host_endpoint(run, SIDE_SERVER, 1, PORT));
}

static void judge_same(struct judge *judge, const char *sock, struct value ports)
{
	judge_case(judge, "to the same address and port");
	judge_count(judge,
	            &(struct figure){
			    .name = "ports_in_TIME_WAIT",
			    .predicts = ports,
			    .measured = measure_sockets_in(judge, SIDE_CLIENT, 0, STATE_TIME_WAIT,
	                                                   OBJECT_TIME_WAIT),
			    .rule = "__inet_hash_connect(): ip_local_port_range",
		    });
	judge_words(judge, &(struct figure){
				   .name = "connect",
				   .says = value_words("EADDRNOTAVAIL"),
				   .predicts = value_words("EADDRNOTAVAIL"),
				   .measured = measure_errno(judge, SIDE_CLIENT, sock, "connect"),
				   .rule = "__inet_check_established(), tcp_twsk_unique()",
			   });
}

static void judge_other(struct judge *judge, const char *to, const char *sock)
{
	judge_case(judge, "%s", to);
	judge_words(judge, &(struct figure){
				   .name = "connect",
				   .says = value_words("EINPROGRESS"),
				   .predicts = value_words("EINPROGRESS"),
				   .measured = measure_errno(judge, SIDE_CLIENT, sock, "connect"),
				   .rule = "__inet_check_established(): another four-tuple",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "established",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_entered(judge, SIDE_CLIENT, sock,
	                                                       STATE_ESTABLISHED),
				   .rule = "tcp_rcv_synsent_state_process()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct port_range range = {0};
	int64_t ports, failed = 0;

	(void)model_port_range(story->rec, SIDE_CLIENT, &range);
	ports = range.high - range.low + 1;
	/* the first that connect() refused: those before it had a port */
	for (int64_t i = 1; i <= PORTS_MAX + 1 && !failed; i++) {
		const struct event *call =
			query_call(story->rec, SIDE_CLIENT,
		                   judge_text(judge, "c%lld", (long long)i), "connect", 0);

		if (!call || call->call.err != EINPROGRESS)
			failed = i;
	}
	judge_claim(judge, "timewait.port-exhaustion");
	/* an odd range: which port is left out hangs on where a call begins to look */
	judge_same(judge, judge_text(judge, "c%lld", (long long)failed),
	           value_counts(ports > 1 ? ports & ~1LL : 1, ports));
	judge_other(judge, "to another port", judge_text(judge, "c%lld", (long long)failed + 1));
	judge_other(judge, "to another address", judge_text(judge, "c%lld", (long long)failed + 2));
}

const struct probe probe_timewait_port_exhaustion = {
	.id = "timewait.port-exhaustion",
	.title = "All of a client's ports are in TIME_WAIT",
	.question = "Which connections can a client not open whose ports are all in TIME_WAIT, and "
		    "how does connect() fail?",
	.kernel_path = "__inet_hash_connect(), __inet_check_established(), tcp_twsk_unique()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.port-exhaustion", "D",
                    "When the client's ports are all in TIME_WAIT, connect() to the same "
                    "destination fails, and to another succeeds."}},
	.sysctls = {{"client:net.ipv4.ip_local_port_range", "40000 40007", "40000 40031"},
                    {"client:net.ipv4.tcp_tw_reuse", NULL, NULL}},
	.run = run,
	.judge = judge,
};
