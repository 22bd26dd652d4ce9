// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client gave up and began anew from the same port; its old SYN was delayed, and comes first.
 * What becomes of the new one? The server answers the old number. A client in SYN_SENT resets what
 * acknowledges none of its own, and sends its SYN again soon (tcp_rcv_synsent_state_process(), RFC
 * 9293 3.10.7.3). The reset has the very number that the request sock waits for, and ends it
 * (tcp_check_req(), embryonic_reset); the new SYN finds the listener.
 *
 *   client                         server
 *   SYN_SENT    ---- S ----        old, delayed; its socket is closed
 *   SYN_SENT    ---- S ----        new, on its way behind it
 *               .... S ...>        SYN_RECV: the old one comes
 *               <--- SA ---        the old number
 *               ---- R ---->       forgotten
 *               .... S ...>        SYN_RECV: the new one
 *               <--- SA ---
 *   ESTABLISHED ---- A ---->       ESTABLISHED
 */
#include "../../harness/probe.h"

enum { CLIENT_PORT = 5000, SERVER_PORT = 8080 };

static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
static const struct packet_match synack = {
	.from = SIDE_SERVER, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
static const struct packet_match reset = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};

static struct sock *connect_again(struct probe_run *run)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_bind(client, CLIENT_PORT);
	sock_connect(client, SIDE_SERVER, SERVER_PORT);
	return client;
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, SERVER_PORT), *client;
	uint32_t held;

	if (model_sysctl_or(run_record(run), SIDE_SERVER, "net.ipv4.tcp_syncookies", 1) == 2)
		run_inconclusive(run, "with tcp_syncookies 2 there is nothing to forget");
	held = wire_hold(run, syn);
	client = connect_again(run);
	wire_await_held(run, held, 1);
	sock_close(client);
	client = connect_again(run);
	wire_await_held(run, held, 2);
	wire_release_one(run, held, 0);
	(void)await_sent_within(run, reset, 1, AWAIT_LIMIT_MS);
	wire_restore(run, held);
	(void)sock_await_error(client, AWAIT_LIMIT_MS);
	if (!sock_accept_within(listener, AWAIT_LIMIT_MS))
		note(run, "there was nothing to accept");
}

/* The old SYN's number is what the first SYN+ACK and the first reset go by. */
static void judge_reset(struct judge *judge, const struct sent *syns, const struct sent *synacks)
{
	struct sent resets = sent_on(judge, "", &reset, when_sent(synacks));
	struct measured acks = measure_sent(synacks), answers = measure_sent(&resets);

	if (syns->count && synacks->count)
		acks.value = value_truth(synacks->items[0]->packet->ack ==
		                         syns->items[0]->packet->seq + 1);
	else
		acks.value = value_none();
	judge_truth(judge, &(struct figure){
				   .name = "the_old_number_is_answered",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = acks,
				   .rule = "tcp_conn_request()",
			   });
	if (resets.count && synacks->count)
		answers.value =
			value_truth(resets.items[0]->packet->seq == synacks->items[0]->packet->ack);
	else
		answers.value = value_none();
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = value_count(1),
				   .predicts = value_count(1),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_rcv_synsent_state_process(): reset_and_undo",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "the_reset_has_its_number",
				   .predicts = value_truth(true),
				   .measured = answers,
				   .rule = "tcp_v4_send_reset()",
			   });
}

static void judge_open(struct judge *judge)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "EmbryonicRsts",
			    .predicts = value_count(1),
			    .measured = measure_counter(judge, SIDE_SERVER, "TcpExt.EmbryonicRsts"),
			    .rule = "tcp_check_req(): embryonic_reset",
		    });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c2",
				   .call = "SO_ERROR",
				   .says = "none",
				   .predicts = "none",
				   .rule = "tcp_rcv_synsent_state_process()",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c2",
				  .says = "SYN_SENT ESTABLISHED",
				  .predicts = "SYN_SENT ESTABLISHED",
				  .rule = "tcp_finish_connect()",
			  });
	judge_count(judge,
	            &(struct figure){
			    .name = "PassiveOpens",
			    .says = value_count(1),
			    .predicts = value_count(1),
			    .measured = measure_counter(judge, SIDE_SERVER, "Tcp.PassiveOpens"),
			    .rule = "tcp_create_openreq_child()",
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct sent syns = sent_on(judge, "", &syn, (struct moment){0});
	const struct sent synacks = sent_on(judge, "", &synack, (struct moment){0});

	(void)story;
	judge_claim(judge, "history.old-syn");
	judge_reset(judge, &syns, &synacks);
	judge_open(judge);
}

const struct probe probe_history_old_syn = {
	.id = "history.old-syn",
	.title = "An old SYN comes before the new one",
	.question = "A SYN that was given up comes before the one that took its place: is the new "
		    "connection opened?",
	.kernel_path = "tcp_conn_request(), tcp_rcv_synsent_state_process(), tcp_v4_send_reset(), "
		       "tcp_check_req(); RFC 9293 3.5, figure 9",
	.wire = WIRE_HAND,
	.claims = {{"history.old-syn", "D",
                    "An old SYN comes first: the server answers it, the client resets that, the "
                    "server forgets it, and the new SYN succeeds."}},
	.run = run,
	.judge = judge,
};
