// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three messages, the first of them doubled by the wire, the last two swapped. A UDP socket
 * has a queue of datagrams: each read takes one, as it came (__skb_recv_udp()). TCP has a
 * stream: numbers put it in order and drop what was there before (tcp_data_queue(),
 * tcp_ofo_queue()), and one read takes all that is there (tcp_recvmsg_locked()).
 *
 *   client                      server
 *   "one"    ------->-------->  once more
 *   "four"   ----.  .------->
 *   "fives"  -----\/-------->   before "four"
 */
#include "../../harness/probe.h"

#define DATAGRAMS 4 /* one of the three comes twice */

static const char *const messages[] = {"one", "four", "fives"};

static void send_doubled_and_swapped(struct probe_run *run, struct sock *sock,
                                     struct packet_match match)
{
	uint32_t held;

	wire_duplicate_next(run, match, 1);
	sock_send_text(sock, messages[0]);
	await_sent_in_all(run, match, 1);
	held = wire_hold(run, match);
	sock_send_text(sock, messages[1]);
	sock_send_text(sock, messages[2]);
	wire_await_held(run, held, 2);
	wire_release_one(run, held, 1);
	wire_restore(run, held);
}

static void run(struct probe_run *run)
{
	const struct packet_match datagram = {.from = SIDE_CLIENT, .protocol = IPPROTO_UDP};
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	struct sock *reader = sock_open_with(
		run, SIDE_SERVER, (struct sock_config){.udp = true, .port = 5300}); /* u1 */
	struct sock *writer =
		sock_open_with(run, SIDE_CLIENT, (struct sock_config){.udp = true}); /* u2 */
	struct sock *client, *server;

	sock_connect(writer, SIDE_SERVER, 5300);
	send_doubled_and_swapped(run, writer, datagram);
	for (int i = 0; i < DATAGRAMS; i++) {
		if (!sock_await_events(reader, POLLIN, AWAIT_LIMIT_MS))
			run_inconclusive(run, "%d of %d datagrams came within %d ms", i, DATAGRAMS,
			                 AWAIT_LIMIT_MS);
		(void)!sock_try_receive(reader, 100);
	}

	flow_establish(run, 8080, &client, &server);
	sock_nodelay(client); /* or the last message waits for an ACK */
	send_doubled_and_swapped(run, client, data);
	sock_shutdown(client, SHUT_WR);
	await_state(server, STATE_CLOSE_WAIT); /* its FIN is in order: all before it is there */
	(void)!sock_try_receive(server, 100);
}

/* What each recv() brought, in order: "3 \"one\", ..." as the calls have it. */
static struct measured measure_reads(struct judge *judge, const char *sock)
{
	const struct record *rec = judged_story(judge)->rec;
	struct measured measured = measure_errno(judge, SIDE_SERVER, sock, "recv");
	const char *reads = "";

	for (size_t i = 0; i < rec->event_count && !measured.why_not; i++) {
		const struct event *event = &rec->events[i];

		if (event_is_call(event, SIDE_SERVER, sock, "recv"))
			reads = judge_text(judge, "%s%s%s", reads, *reads ? ", " : "",
			                   event->call.args);
	}
	if (!measured.why_not)
		measured.value = value_words(reads);
	return measured;
}

static void judge_protocol(struct judge *judge, const char *protocol, const char *sock,
                           int64_t reads, const char *words, const char *rule)
{
	judge_case(judge, "%s", protocol);
	judge_count(judge, &(struct figure){
				   .name = "reads",
				   .says = value_count(reads),
				   .predicts = value_count(reads),
				   .measured = measure_successes(judge, SIDE_SERVER, sock, "recv"),
				   .rule = rule,
			   });
	judge_words(judge, &(struct figure){
				   .name = "what_each_read",
				   .predicts = value_words(words),
				   .measured = measure_reads(judge, sock),
				   .rule = rule,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.boundaries");
	judge_protocol(judge, "UDP", "u1", DATAGRAMS,
	               "3 bytes \"one\", 3 bytes \"one\", 5 bytes \"fives\", 4 bytes \"four\"",
	               "__skb_recv_udp(): one datagram a call, as they came");
	judge_protocol(judge, "TCP", "s1", 1, "12 bytes \"onefourfives\"",
	               "tcp_data_queue(), tcp_ofo_queue(), tcp_recvmsg_locked()");
}

const struct probe probe_wire_boundaries = {
	.id = "wire.boundaries",
	.title = "Messages, doubled and swapped, by UDP and by TCP",
	.question = "Who keeps the boundaries of messages, who their order, who drops doubles?",
	.kernel_path = "__skb_recv_udp(), tcp_data_queue(), tcp_ofo_queue(), tcp_recvmsg_locked()",
	.wire = WIRE_HAND,
	.claims =
		{{"wire.boundaries", "D",
                  "UDP keeps message boundaries, TCP does not; TCP sees to order and doubles, UDP "
                  "does not."}},
	.run = run,
	.judge = judge,
};
