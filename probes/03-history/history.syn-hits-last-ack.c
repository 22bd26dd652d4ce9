// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server is still in LAST_ACK, the client's TIME_WAIT is gone: what becomes of a new
 * client's SYN? tcp_validate_incoming() answers any SYN by tcp_send_challenge_ack() (RFC 5961
 * section 4.2). The client is in SYN_SENT and resets what acknowledges none of its numbers (RFC
 * 9293 section 3.10.7.3); that reset is the one that LAST_ACK accepts. Its own SYN goes again
 * after TCP_TIMEOUT_MIN, not after a second (c13c48c00a6b, 5.6), and finds the listener.
 *
 *   client                         server
 *   CLOSE                          LAST_ACK
 *   SYN_SENT    ---- S ---->
 *               <--- A ----        of the old connection
 *               ---- R ---->       CLOSE
 *               ---- S ---->       two ticks later: SYN_RECV
 *   ESTABLISHED
 */
#include "last_ack.h"

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, SERVER_PORT), *client, *server;

	server = leave_in_last_ack(run, listener);
	client = connect_again(run);
	(void)sock_await_error(client, AWAIT_LIMIT_MS);
	(void)await_gone_within(server, AWAIT_LIMIT_MS);
	(void)sock_accept(listener);
}

/*
 * A limit of 0 is none up to 6.1; get_random_u32_inclusive(0, -1) made it any number then.
 * Without a challenge ACK it is the FIN, sent again, that the client resets.
 */
static void judge_segments_of(struct judge *judge, struct moment connected, bool limited)
{
	const struct packet_match server = {.from = SIDE_SERVER}, client = {.from = SIDE_CLIENT};
	struct sent answers = sent_on(judge, "s1", &server, connected);
	struct sent syns = sent_on(judge, "c2", &client, connected);

	judge_words(judge, &(struct figure){
				   .name = "server_answers",
				   .says = value_words("R"),
				   .predicts = value_words("A"),
				   .measured = measure_flags(judge, &answers),
				   .rule = "tcp_send_challenge_ack()",
				   .unpredicted = limited ? "tcp_challenge_ack_limit is 0" : NULL,
			   });
	judge_words(judge, &(struct figure){
				   .name = "client_sends",
				   .says = value_words("S"),
				   .predicts = value_words("S R S A"),
				   .measured = measure_flags(judge, &syns),
				   .rule = "tcp_rcv_synsent_state_process(): reset_and_undo",
			   });
}

static void judge_syn_again(struct judge *judge, struct moment connected)
{
	const struct record *rec = judged_story(judge)->rec;
	const struct packet_match rst = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent resets = sent_on(judge, "c2", &rst, connected);
	struct sent syns = sent_on(judge, "c2", &syn, when_sent(&resets));

	judge_time(judge, &(struct figure){
				  .name = "syn_again_after",
				  .predicts = span_value(model_timer(rec, 2 * model_tick_ns(rec))),
				  .measured = measure_first(&syns, when_sent(&resets)),
				  .rule = "TCP_TIMEOUT_MIN: two ticks",
			  });
}

static void judge_walks(struct judge *judge)
{
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c2",
				  .says = "SYN_SENT CLOSE",
				  .predicts = "SYN_SENT ESTABLISHED",
				  .rule = "tcp_rcv_synsent_state_process()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
				  .rule = "tcp_validate_incoming(): RST at rcv_nxt",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct moment connected = when_called(judge, SIDE_CLIENT, "c2", "connect");

	judge_claim(judge, "history.syn-hits-last-ack");
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c2",
				   .call = "SO_ERROR",
				   .says = "ECONNREFUSED",
				   .predicts = "none",
				   .rule = "tcp_rcv_synsent_state_process()",
			   });
	judge_segments_of(judge, connected, !model_challenge_is_sent(story->rec, SIDE_SERVER));
	judge_syn_again(judge, connected);
	judge_walks(judge);
	judge_count(judge, &(struct figure){
				   .name = "TCPSYNChallenge",
				   .predicts = value_count(1),
				   .measured = measure_counter(judge, SIDE_SERVER,
	                                                       "TcpExt.TCPSYNChallenge"),
				   .rule = "tcp_validate_incoming(): syn_challenge",
			   });
}

const struct probe probe_history_syn_hits_last_ack = {
	.id = "history.syn-hits-last-ack",
	.title = "A new client's SYN meets a server in LAST_ACK",
	.question =
		"The server is still in LAST_ACK and the client's TIME_WAIT is gone: is the SYN "
		"of a new client refused?",
	.kernel_path = "tcp_validate_incoming(), tcp_send_challenge_ack(), "
		       "tcp_rcv_synsent_state_process()",
	.wire = WIRE_KERNEL,
	.claims = {{"history.syn-hits-last-ack", "B",
                    "The server is still in LAST_ACK and the client's TIME_WAIT is gone: the new "
                    "client's SYN is refused."}},
	.sysctls = {{"client:net.ipv4.tcp_max_tw_buckets", "0", "0"}},
	.run = run,
	.judge = judge,
};
