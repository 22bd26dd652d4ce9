// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One direction is closed by shutdown(SHUT_WR). What does the other one still carry, and
 * for how long? tcp_shutdown(), tcp_sendmsg_locked() in CLOSE_WAIT, tcp_data_queue() in
 * FIN_WAIT2. A FIN_WAIT2 that has an owner is under no timer: tcp_rcv_state_process()
 * arms tcp_fin_timeout for an orphan only.
 *
 *   client                         server
 *   shutdown(SHUT_WR)
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT, recv() = 0
 *   FIN_WAIT2   <--- A ----
 *   send() = EPIPE
 *   recv()      <--- PA ---        send(), several times
 *     tcp_fin_timeout passes
 *   recv()      <--- PA ---        send(), several times
 *   TIME_WAIT   <--- FA ---        close(), LAST_ACK
 *               ---- A ---->       CLOSE
 */
#include "../../harness/probe.h"

static const char text[] = "still open";

/* Each text is read before the next is sent, so that no buffer decides anything. */
static void send_and_receive(struct sock *from, struct sock *to, int64_t times)
{
	for (int64_t i = 0; i < times; i++) {
		bool came = sock_try_send(from, text, 0) > 0 &&
		            sock_await_events(to, POLLIN, AWAIT_LIMIT_MS);

		sock_try_receive(to, strlen(text)); /* also when nothing came: that is judged */
		if (!came)
			return;
	}
}

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_shutdown(client, SHUT_WR);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	sock_try_receive(server, 1);
	sock_try_send(client, text, 0);
	send_and_receive(server, client, param(run, "sends"));
	observe_for(run, fin_stay_timeout(run_record(run), SIDE_CLIENT).hi / NS_PER_MS + 1,
	            "an orphan's FIN_WAIT2 ends meanwhile");
	send_and_receive(server, client, param(run, "sends"));
	sock_close(server);
	await_state_within(client, model_timewait_state(run_record(run), SIDE_CLIENT),
	                   AWAIT_LIMIT_MS);
	await_gone_within(server, AWAIT_LIMIT_MS);
}

/* What the open direction carried, before tcp_fin_timeout and behind it. */
static void judge_open_direction(struct judge *judge, int64_t sends)
{
	int64_t bytes = sends * (int64_t)strlen(text);

	judge_count(judge, &(struct figure){
				   .name = "server_sends_taken",
				   .says = value_count(sends),
				   .predicts = value_count(sends),
				   .measured = measure_successes(judge, SIDE_SERVER, "s1", "send"),
				   .rule = "tcp_sendmsg_locked(): CLOSE_WAIT, no SEND_SHUTDOWN",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_received",
				   .says = value_count(bytes),
				   .predicts = value_count(bytes),
				   .measured = measure_total(judge, SIDE_CLIENT, "c1", "recv"),
				   .rule = "tcp_rcv_state_process(): FIN_WAIT2, no RCV_SHUTDOWN",
			   });
}

/* What the closed direction came to, at either end. */
static void judge_closed_direction(struct judge *judge)
{
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	struct sent sent = sent_on(judge, "c1", &data, (struct moment){0});

	judge_words(judge, &(struct figure){
				   .name = "client_send",
				   .predicts = value_words("EPIPE"),
				   .measured = measure_errno(judge, SIDE_CLIENT, "c1", "send"),
				   .rule = "tcp_sendmsg_locked(): SEND_SHUTDOWN",
			   });
	judge_words(judge, &(struct figure){
				   .name = "client_send_signal",
				   .predicts = value_words("SIGPIPE"),
				   .measured = measure_signal(judge, SIDE_CLIENT, "c1", "send"),
				   .rule = "sk_stream_error()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "client_data_segments",
				   .predicts = value_count(0),
				   .measured = measure_sent(&sent),
				   .rule = "tcp_sendmsg_locked(): SEND_SHUTDOWN",
			   });
	judge_count(judge, &(struct figure){
				   .name = "server_recv",
				   .predicts = value_count(0), /* the end of the stream */
				   .measured = measure_result(judge, SIDE_SERVER, "s1", "recv"),
				   .rule = "tcp_fin(): RCV_SHUTDOWN, tcp_recvmsg_locked()",
			   });
}

static void judge_states(struct judge *judge, const struct record *rec)
{
	bool kept = model_timewait_is_kept(rec, SIDE_CLIENT);

	judge_time(judge,
	           &(struct figure){
			   .name = "stay_in_FIN_WAIT2",
			   .predicts = value_time(fin_stay_timeout(rec, SIDE_CLIENT).hi, INT64_MAX),
			   .measured = measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2),
			   .rule = "tcp_rcv_state_process(): no timer without SOCK_DEAD",
		   });
	judge_walk(judge,
	           &(struct walk_figure){
			   .host = SIDE_CLIENT,
			   .sock = "c1",
			   .predicts = kept ? "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT"
	                                    : "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE",
			   .rule = "tcp_shutdown(), tcp_close_state(), tcp_time_wait()",
		   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
				  .rule = "tcp_fin(), tcp_close_state(), tcp_rcv_state_process()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t sends = 0;

	record_param(story->rec, "sends", &sends);
	judge_claim(judge, "half.shutdown-wr");
	judge_open_direction(judge, 2 * sends);
	judge_closed_direction(judge);
	judge_states(judge, story->rec);
}

const struct probe probe_half_shutdown_wr = {
	.id = "half.shutdown-wr",
	.title = "One direction is closed by shutdown(SHUT_WR)",
	.question = "Does the other direction still carry data, and for how long?",
	.kernel_path = "tcp_shutdown(), tcp_fin(), tcp_sendmsg_locked(), tcp_rcv_state_process(), "
		       "tcp_data_queue()",
	.wire = WIRE_HAND,
	.claims = {{"half.shutdown-wr", "C",
                    "After shutdown(SHUT_WR) the other direction still carries data, and sends "
                    "keep succeeding."}},
	.sysctls = {{"net.ipv4.tcp_fin_timeout", "1", NULL}},
	.params = {{"sends", 3, 3, "how often the other end sends, before and after a while"}},
	.run = run,
	.judge = judge,
};
