// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many connections a client opens from the ports of ip_local_port_range, when it binds to
 * its address first. bind(ip, 0) takes a port before it is known for which destination, so
 * that nobody else may have it: inet_csk_find_open_port(). With IP_BIND_ADDRESS_NO_PORT
 * connect() takes it, for one destination: __inet_hash_connect(). The two begin with ports of
 * different parity, so as to stay out of each other's way.
 *
 *   client                                    server
 *   bind(ip, 0), connect()      N times       port 8080
 *   bind(ip, 0): EADDRINUSE                   whatever the destination
 *   and with IP_BIND_ADDRESS_NO_PORT:
 *   connect()                   N times       port 8082
 *   connect()                   N times       port 8083
 */
#include "../../harness/probe.h"

#define PORTS_MAX 64

enum { BOUND = 8080, LATER = 8082, LATER_TOO = 8083 };

struct opened {
	struct sock *items[PORTS_MAX];
	int count;
};

/* Until no port is left: bind() or connect() fails. */
static void open_all(struct probe_run *run, uint16_t to, struct opened *opened)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, to);

	for (opened->count = 0; opened->count < PORTS_MAX; opened->count++) {
		struct sock *client = sock_open(run, SIDE_CLIENT);

		if (to != BOUND)
			sock_option(client, "IP_BIND_ADDRESS_NO_PORT", 1);
		if (sock_try_bind_to(client, bench_endpoint(run, SIDE_CLIENT, 0)) < 0)
			return;
		if (sock_try_connect(client, bench_endpoint(run, SIDE_SERVER, to)) != -EINPROGRESS)
			return;
		sock_accept(listener);
		await_state(client, STATE_ESTABLISHED);
		opened->items[opened->count] = client;
	}
	run_inconclusive(run, "ip_local_port_range has more than %d ports", PORTS_MAX);
}

static void run(struct probe_run *run)
{
	struct opened opened;

	open_all(run, BOUND, &opened);
	for (int i = 0; i < opened.count; i++) { /* without TIME_WAIT: the ports are free again */
		sock_option(opened.items[i], "SO_LINGER", 0);
		sock_close(opened.items[i]);
		await_state(opened.items[i], STATE_GONE);
	}
	open_all(run, LATER, &opened);
	open_all(run, LATER_TOO, &opened);
}

static struct sent syns_to(struct judge *judge, uint16_t port)
{
	return sent_since(judge,
	                  &(struct packet_match){.from = SIDE_CLIENT,
	                                         .dst_port = port,
	                                         .flags_mask = TCP_FLAG_SYN,
	                                         .flags_value = TCP_FLAG_SYN},
	                  0);
}

/* Of the first half of the connections: how many have the parity of the range's first port. */
static struct measured measure_parity(const struct sent *syns, int64_t low, size_t half)
{
	struct measured measured = measure_sent(syns);
	int64_t count = 0;

	for (size_t i = 0; i < half && i < syns->count; i++)
		count += !((syns->items[i]->packet->src.port - low) & 1);
	measured.value = value_count(count);
	return measured;
}

static void judge_opened(struct judge *judge, uint16_t to, const char *rule)
{
	const struct sent syns = syns_to(judge, to);
	struct port_range range = {0};
	int64_t ports, half;

	(void)model_port_range(judged_story(judge)->rec, SIDE_CLIENT, &range);
	ports = range.high - range.low + 1;
	half = ports / 2;
	judge_count(judge, &(struct figure){
				   .name = "connections",
				   .says = value_counts(ports > 1 ? ports & ~1LL : 1, ports),
				   .predicts = value_counts(ports > 1 ? ports & ~1LL : 1, ports),
				   .measured = measure_sent(&syns),
				   .rule = rule,
			   });
	judge_count(judge, &(struct figure){
				   .name = "first_half_of_low_parity",
				   .predicts = value_count(to == BOUND ? 0 : half),
				   .measured = measure_parity(&syns, range.low, (size_t)half),
				   .rule = rule,
			   });
}

/* How often @call failed so: where no port was left. */
static void judge_failure(struct judge *judge, const char *name, const struct trials *failed,
                          int64_t predicts, const char *rule)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .says = value_count(predicts),
				   .predicts = value_count(predicts),
				   .measured = measure_trials(judge, failed),
				   .rule = rule,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct trials bind = {.host = SIDE_CLIENT, .call = "bind", .err = EADDRINUSE};
	const struct trials connect = {
		.host = SIDE_CLIENT, .call = "connect", .err = EADDRNOTAVAIL};

	(void)story;
	judge_claim(judge, "ask.bind-no-port");
	judge_case(judge, "bind(ip, 0)");
	judge_opened(judge, BOUND, "inet_csk_find_open_port()");
	judge_failure(judge, "bind_EADDRINUSE", &bind, 1,
	              "inet_csk_find_open_port(): no destination is known yet");
	judge_case(judge, "with IP_BIND_ADDRESS_NO_PORT");
	judge_opened(judge, LATER, "__inet_hash_connect()");
	judge_failure(judge, "connect_EADDRNOTAVAIL", &connect, 2,
	              "__inet_hash_connect(): one for each of two destinations");
	judge_case(judge, "and to another destination");
	judge_opened(judge, LATER_TOO, "__inet_hash_connect(): another four-tuple");
}

const struct probe probe_ask_bind_no_port = {
	.id = "ask.bind-no-port",
	.title = "bind(ip, 0) before connect(), and IP_BIND_ADDRESS_NO_PORT",
	.question = "Does bind(ip, 0) before connect() spend a port for all destinations, and does "
		    "IP_BIND_ADDRESS_NO_PORT avoid that?",
	.kernel_path = "inet_csk_get_port(), inet_csk_find_open_port(), __inet_hash_connect(), "
		       "__inet_check_established()",
	.wire = WIRE_HAND,
	.claims = {{"ask.bind-no-port", "P",
                    "bind(ip, 0) before connect() spends a port for all destinations; with "
                    "IP_BIND_ADDRESS_NO_PORT each destination has all ports."}},
	.sysctls = {{"client:net.ipv4.ip_local_port_range", "40000 40007", "40000 40015"}},
	.run = run,
	.judge = judge,
};
