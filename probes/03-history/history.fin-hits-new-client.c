// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server sends its FIN again, and meanwhile a new client has the same address and port.
 * In SYN_SENT the client resets what acknowledges none of its numbers
 * (tcp_rcv_synsent_state_process()): that ends the old connection, and the SYN goes on. An
 * established client takes the FIN for an old duplicate and acknowledges it:
 * tcp_validate_incoming(), by timestamps (PAWS) or by its window.
 *
 *   client                         server
 *   CLOSE                          LAST_ACK
 *   SYN_SENT    ---- S ---X
 *               <--- FA ----       sent again
 *               ---- R ---->       CLOSE
 *   ESTABLISHED ---- S ---->       another connection
 *               <... FA ....       the first one, once more
 *               ---- A ---->
 */
#include "last_ack.h"

static const struct packet_match fin = {
	.from = SIDE_SERVER, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, SERVER_PORT), *client, *server;
	uint32_t kept = wire_capture(run, fin);

	server = leave_in_last_ack(run, listener);
	wire_await_captured(run, kept, 1);
	wire_drop_next(run, syn, 1);
	client = connect_again(run);
	(void)sock_await_error(client, AWAIT_LIMIT_MS);
	(void)await_gone_within(server, AWAIT_LIMIT_MS);
	(void)sock_accept(listener);
	counters_mark(run, "established");
	wire_replay(run, kept, 0);
	(void)await_sent_within(run, match_of(client, 0), 1, AWAIT_LIMIT_MS);
}

static void judge_syn_sent(struct judge *judge, struct moment connected, struct moment accepted)
{
	const struct packet_match reset = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_before(sent_on(judge, "c2", &reset, connected), accepted);
	const char *walk = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE";

	judge_case(judge, "the new client is in SYN_SENT");
	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .says = value_words("R"),
				   .predicts = value_words("R"),
				   .measured = measure_flags(judge, &resets),
				   .rule = "tcp_rcv_synsent_state_process(): reset_and_undo",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_reset()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c2",
				  .says = "SYN_SENT CLOSE",
				  .predicts = "SYN_SENT ESTABLISHED",
				  .rule = "tcp_rcv_synsent_state_process() returns 1: nothing ends",
			  });
}

static void judge_established(struct judge *judge, struct moment accepted, bool timestamps)
{
	const struct packet_match any = {.from = SIDE_CLIENT};
	struct sent answers = sent_on(judge, "c2", &any, accepted);

	judge_case(judge, "the new client is in ESTABLISHED");
	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .says = value_words("R"),
				   .predicts = value_words("A"),
				   .measured = measure_flags(judge, &answers),
				   .rule = timestamps ? "tcp_paws_discard(), tcp_send_dupack()"
	                                              : "tcp_sequence(), tcp_send_dupack()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "PAWSEstab",
				   .predicts = value_count(timestamps),
				   .measured = measure_counter_since(
					   judge, SIDE_CLIENT, "TcpExt.PAWSEstab", "established"),
				   .rule = "tcp_validate_incoming(): before the window",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct moment connected = when_called(judge, SIDE_CLIENT, "c2", "connect");
	struct moment accepted = when_called(judge, SIDE_SERVER, "s2", "accept");

	judge_claim(judge, "history.fin-hits-new-client");
	judge_syn_sent(judge, connected, accepted);
	judge_established(judge, accepted, model_negotiated(story->rec).timestamps);
}

const struct probe probe_history_fin_hits_new_client = {
	.id = "history.fin-hits-new-client",
	.title = "A FIN that is sent again meets a new client",
	.question = "A server sends its FIN again to an address and port that a new client uses: "
		    "which connections go?",
	.kernel_path = "tcp_rcv_synsent_state_process(), tcp_reset(), tcp_validate_incoming(), "
		       "tcp_send_dupack()",
	.wire = WIRE_KERNEL,
	.claims = {{"history.fin-hits-new-client", "A",
                    "The server sends its FIN again while a new client uses the same address and "
                    "port: the client answers by an RST, and both connections go."}},
	.sysctls = {{"client:net.ipv4.tcp_max_tw_buckets", "0", "0"}},
	.run = run,
	.judge = judge,
};
