// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which packets of a handshake may carry data? The kernel sends the third as soon as the
 * SYN+ACK has come, unless something lets it wait for data: tcp_rcv_synsent_state_process().
 * With Fast Open the first carries data too (tcp_send_syn_data(), RFC 7413), and the server
 * hands it out before the third has come (tcp_try_fastopen()).
 *
 *   client c1                      c2: TCP_QUICKACK 0             c3: TCP_FASTOPEN_CONNECT
 *   ---- S --->                    ---- S --->                    ---- S, data --->
 *   <--- SA ---                    <--- SA ---                    <--- SA ---
 *   ---- A --->                    ---- A, data --->              ---- A --(held)
 *   ---- A, data --->                                             recv() = data
 */
#include "../../harness/probe.h"

#define PORT 8080
#define CASES 3
#define FAST_OPEN 2 /* that case */

/* tcp_fastopen: both ends, and neither asks for a cookie. */
#define FASTOPEN_CLIENT (0x1 | 0x4)
#define FASTOPEN_SERVER (0x2 | 0x200)

static const char text[] = "data, as early as it may be";

static const char *const cases[CASES] = {"by default", "TCP_QUICKACK off", "TCP Fast Open"};

static struct packet_match packets_to(uint16_t port, uint16_t flags)
{
	return (struct packet_match){.from = SIDE_CLIENT,
	                             .dst_port = port,
	                             .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                             .flags_value = flags};
}

static void establish_and_send(struct probe_run *run, size_t i)
{
	uint16_t port = (uint16_t)(PORT + i);
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;

	if (i)
		sock_option(client, "TCP_QUICKACK", 0);
	sock_connect(client, SIDE_SERVER, port);
	await_state(client, STATE_ESTABLISHED);
	sock_send_text(client, text);
	server = sock_accept(listener);
	await_state(server, STATE_ESTABLISHED);
	sock_receive(server, strlen(text));
}

static bool fast_open_is_on(const struct record *rec)
{
	int64_t client = model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_fastopen", 0);
	int64_t server = model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_fastopen", 0);

	return (client & FASTOPEN_CLIENT) == FASTOPEN_CLIENT &&
	       (server & FASTOPEN_SERVER) == FASTOPEN_SERVER;
}

static void open_fast(struct probe_run *run)
{
	uint16_t port = PORT + FAST_OPEN;
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;
	uint32_t held = wire_hold(run, packets_to(port, TCP_FLAG_ACK));

	sock_option(listener, "TCP_FASTOPEN", 16);
	sock_option(client, "TCP_FASTOPEN_CONNECT", 1);
	sock_connect(client, SIDE_SERVER, port);
	sock_try_send(client, text, 0);
	await_state(client, STATE_ESTABLISHED);
	wire_await_held(run, held, 1);
	server = sock_accept(listener);
	sock_receive(server, strlen(text));
	note(run, "the third packet goes on");
	wire_restore(run, held);
	await_state(server, STATE_ESTABLISHED);
}

static void run(struct probe_run *run)
{
	for (size_t i = 0; i < FAST_OPEN; i++)
		establish_and_send(run, i);
	if (fast_open_is_on(run_record(run)))
		open_fast(run);
}

/* The bytes in packet number @index (0: the first) that matches. */
static struct measured measure_bytes(struct judge *judge, const struct packet_match *match)
{
	struct sent sent = sent_since(judge, match, 0);
	struct measured measured = measure_sent(&sent);

	if (!sent.count)
		return measured_none(sent.rests_on, "no such packet was sent");
	measured.value = value_count(sent.items[0]->packet->len);
	return measured;
}

static void judge_packets(struct judge *judge, size_t i)
{
	uint16_t port = (uint16_t)(PORT + i);
	const struct packet_match syn = packets_to(port, TCP_FLAG_SYN);
	const struct packet_match third = packets_to(port, TCP_FLAG_ACK);
	const struct packet_match synack = {.from = SIDE_SERVER,
	                                    .src_port = port,
	                                    .flags_mask = TCP_FLAG_SYN,
	                                    .flags_value = TCP_FLAG_SYN};
	int64_t length = (int64_t)strlen(text);

	judge_case(judge, "%s", cases[i]);
	judge_count(judge, &(struct figure){
				   .name = "bytes_in_the_first",
				   .says = value_count(0),
				   .predicts = value_count(i == FAST_OPEN ? length : 0),
				   .measured = measure_bytes(judge, &syn),
				   .rule = "tcp_connect(), tcp_send_syn_data()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_in_the_second",
				   .says = value_count(0),
				   .predicts = value_count(0),
				   .measured = measure_bytes(judge, &synack),
				   .rule = "tcp_make_synack()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_in_the_third",
				   .says = i == 1 ? value_count(length) : value_none(),
				   .predicts = value_count(i == 1 ? length : 0),
				   .measured = measure_bytes(judge, &third),
				   .rule = "tcp_rcv_synsent_state_process(): sk_write_pending, "
					   "TCP_DEFER_ACCEPT, inet_csk_in_pingpong_mode()",
			   });
}

/* Whether recv() had the data before the third packet came. */
static struct measured measure_early(struct judge *judge)
{
	const struct packet_match third = packets_to(PORT + FAST_OPEN, TCP_FLAG_ACK);
	struct moment received = when_called(judge, SIDE_SERVER, "s3", "recv");
	struct sent sent = sent_since(judge, &third, 0);
	struct measured measured = measure_sent(&sent);

	measured.rests_on |= received.rests_on;
	if (received.why_not || !sent.count || sent.items[0]->arrive_ns == NEVER)
		return measured_none(measured.rests_on, "nothing was received, or acknowledged");
	measured.value = value_truth(received.t_ns < sent.items[0]->arrive_ns);
	return measured;
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "open.data-on-third");
	for (size_t i = 0; i < FAST_OPEN; i++)
		judge_packets(judge, i);
	if (!fast_open_is_on(story->rec))
		return;
	judge_packets(judge, FAST_OPEN);
	judge_truth(judge, &(struct figure){
				   .name = "received_before_the_third",
				   .predicts = value_truth(true),
				   .measured = measure_early(judge),
				   .rule = "tcp_try_fastopen(), tcp_fastopen_create_child()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "server_TCPFastOpenPassive",
				   .predicts = value_count(1),
				   .measured = measure_counter(judge, SIDE_SERVER,
	                                                       "TcpExt.TCPFastOpenPassive"),
				   .rule = "tcp_try_fastopen()",
			   });
}

const struct probe probe_open_data_on_third = {
	.id = "open.data-on-third",
	.title = "Data in a handshake's packets",
	.question = "Which of the three packets of a handshake carry data?",
	.kernel_path = "tcp_rcv_synsent_state_process(), tcp_send_syn_data(), tcp_try_fastopen(); "
		       "RFC 9293 3.5, RFC 7413",
	.wire = WIRE_HAND,
	.claims = {{"open.data-on-third", "D",
                    "The third packet of a handshake may carry data, the first two may not."}},
	.sysctls = {{"net.ipv4.tcp_fastopen", "519", "519"}},
	.run = run,
	.judge = judge,
};
