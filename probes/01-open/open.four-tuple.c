// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What tells two connections apart? All four of the addresses and ports:
 * __inet_check_established() at connect(), __inet_lookup_established() for each segment.
 *
 *   client                         server
 *   10.0.0.1:40000   <--------->   10.0.0.2:8080     four connections at once, each of
 *   10.0.0.1:40000   <--------->   10.0.0.2:8081     which differs from the first in one
 *   10.0.0.1:40000   <--------->   10.0.1.2:8080     member
 *   10.0.1.1:40000   <--------->   10.0.0.2:8080
 *   10.0.0.1:40000   connect()     10.0.0.2:8080     EADDRNOTAVAIL
 */
#include "../../harness/probe.h"

#define PORT 40000
#define COEXIST 4

/* How a connection differs from the first one. */
struct tuple {
	const char *what;
	unsigned int client_address, server_address; /* the numbers of host_endpoint() */
	uint16_t server_port;
	const char *text; /* that goes from end to end */
};

static const struct tuple tuples[COEXIST] = {
	{"the first", 0, 0, 8080, "one"},
	{"another server port", 0, 0, 8081, "second"},
	{"another server address", 0, 1, 8080, "the third"},
	{"another client address", 1, 0, 8080, "and the fourth"},
};

static int tuple_connect(struct probe_run *run, const struct tuple *tuple, struct sock **client)
{
	*client = sock_open_with(
		run, SIDE_CLIENT,
		(struct sock_config){.port = PORT, .address = tuple->client_address});
	return sock_try_connect(*client, host_endpoint(run, SIDE_SERVER, tuple->server_address,
	                                               tuple->server_port));
}

static void run(struct probe_run *run)
{
	struct sock *client[COEXIST], *server[COEXIST], *listener[COEXIST] = {NULL}, *twice;

	for (size_t i = 0; i < COEXIST; i++) {
		const struct tuple *tuple = &tuples[i];
		const struct sock_config config = {.port = tuple->server_port,
		                                   .address = tuple->server_address};

		/* The last one goes to the first one's listener. */
		listener[i] = tuple->client_address ? listener[0]
		                                    : sock_listen_with(run, SIDE_SERVER, config);
		tuple_connect(run, tuple, &client[i]);
		server[i] = sock_accept(listener[i]);
		await_state(client[i], STATE_ESTABLISHED);
	}
	socks_on_port(run, SIDE_CLIENT, PORT);
	for (size_t i = 0; i < COEXIST; i++)
		sock_send_text(client[i], tuples[i].text);
	for (size_t i = 0; i < COEXIST; i++)
		sock_receive(server[i], strlen(tuples[i].text));
	tuple_connect(run, &tuples[0], &twice);
	sock_try_bind_to(sock_open(run, SIDE_CLIENT), bench_endpoint(run, SIDE_CLIENT, PORT));
}

static void judge_coexist(struct judge *judge)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "connections_of_one_port",
			    .says = value_count(COEXIST),
			    .predicts = value_count(COEXIST),
			    .measured = measure_sockets_in(judge, SIDE_CLIENT, PORT,
	                                                   STATE_ESTABLISHED, OBJECT_FULL),
			    .rule = "__inet_check_established(): all four members are compared",
		    });
	for (unsigned int i = 0; i < COEXIST; i++) {
		int64_t length = (int64_t)strlen(tuples[i].text);
		const char *server = judge_text(judge, "s%u", i + 1);

		judge_case(judge, "%s", tuples[i].what);
		judge_count(judge,
		            &(struct figure){
				    .name = "bytes_of_its_own",
				    .says = value_count(length),
				    .predicts = value_count(length),
				    .measured = measure_total(judge, SIDE_SERVER, server, "recv"),
				    .rule = "__inet_lookup_established()",
			    });
	}
}

static void judge_twice(struct judge *judge)
{
	struct figure figure = {
		.name = "the_same_again",
		.predicts = value_words("EADDRNOTAVAIL"),
		.measured = measure_errno(judge, SIDE_CLIENT, "c5", "connect"),
		.rule = "__inet_check_established(): the four-tuple is there, not in TIME_WAIT",
	};

	/* That it cannot be is the article's word; how the kernel says so is not. */
	judge_case(judge, "with SO_REUSEADDR: connect()");
	judge_words(judge, &figure);
	judge_case(judge, "without: bind()");
	figure.predicts = value_words("EADDRINUSE");
	figure.measured = measure_errno(judge, SIDE_CLIENT, "c6", "bind");
	figure.rule = "inet_csk_get_port(): every socket of a port must have SO_REUSEADDR";
	judge_words(judge, &figure);
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent syns = sent_since(judge, &syn, 0);

	(void)story;
	judge_claim(judge, "open.four-tuple");
	judge_coexist(judge);
	judge_twice(judge);
	judge_case(judge, "on the wire");
	judge_count(judge, &(struct figure){
				   .name = "connections_begun",
				   .says = value_count(COEXIST),
				   .predicts = value_count(COEXIST),
				   .measured = measure_sent(&syns),
				   .rule = "inet_hash_connect() fails before tcp_connect()",
			   });
}

const struct probe probe_open_four_tuple = {
	.id = "open.four-tuple",
	.title = "One client port, several connections",
	.question = "Which connections of one port can there be at once?",
	.kernel_path = "inet_hash_connect(), __inet_check_established(), "
		       "__inet_lookup_established(), inet_csk_get_port(); RFC 9293 3.3.1",
	.wire = WIRE_KERNEL,
	.claims = {{"open.four-tuple", "B D",
                    "A connection is known by its four-tuple: one source port to two destinations "
                    "coexist, the same four-tuple twice does not."}},
	.run = run,
	.judge = judge,
};
