// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One direction is closed by shutdown(SHUT_RD). Does the peer hear of it, and what
 * becomes of data that comes after? tcp_shutdown() returns at once without SEND_SHUTDOWN;
 * in ESTABLISHED tcp_data_queue() asks nothing about RCV_SHUTDOWN, and tcp_recvmsg_locked()
 * hands out what is queued before it looks at it.
 *
 *   client                         server
 *   shutdown(SHUT_RD)
 *   recv() = 0
 *               <--- PA ---        send(), several times
 *               ---- A ---->
 *   recv() reads it
 */
#include "../../harness/probe.h"

static const char text[] = "unwanted";

#define QUIET_MS 250 /* more than a delayed ACK and the least RTO */

/* Each is acknowledged before it is read: poll(2) tells POLLIN after SHUT_RD at any time. */
static void send_and_receive(struct sock *from, struct sock *to, struct probe_run *run)
{
	unsigned int acks = 1; /* of the handshake */

	for (int64_t i = param(run, "sends"); i > 0; i--) {
		sock_try_send(from, text, 0);
		if (!await_sent_in_all_within(run, match_of(to, TCP_FLAG_ACK), ++acks,
		                              AWAIT_LIMIT_MS))
			return;
		sock_try_receive(to, strlen(text));
	}
}

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_shutdown(client, SHUT_RD);
	sock_try_receive(client, 1);
	observe_for(run, QUIET_MS, "a segment of shutdown()'s would leave");
	send_and_receive(server, client, run);
}

static void judge_shutdown(struct judge *judge)
{
	const struct packet_match any = {.from = SIDE_CLIENT};
	struct sent sent = sent_before(
		sent_on(judge, "c1", &any, when_called(judge, SIDE_CLIENT, "c1", "shutdown")),
		when_called(judge, SIDE_SERVER, "s1", "send"));

	judge_count(judge, &(struct figure){
				   .name = "segments_by_shutdown",
				   .says = value_count(0),
				   .predicts = value_count(0),
				   .measured = measure_sent(&sent),
				   .rule = "tcp_shutdown(): no SEND_SHUTDOWN",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "recv_before_data",
			    .predicts = value_count(0), /* the end of a stream that has none */
			    .measured = measure_result(judge, SIDE_CLIENT, "c1", "recv"),
			    .rule = "tcp_recvmsg_locked(): RCV_SHUTDOWN",
		    });
}

static void judge_data(struct judge *judge, int64_t sends)
{
	const struct packet_match ack = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_ACK, .flags_value = TCP_FLAG_ACK};
	struct sent answers =
		sent_on(judge, "c1", &ack, when_called(judge, SIDE_SERVER, "s1", "send"));

	judge_count(judge, &(struct figure){
				   .name = "server_sends_taken",
				   .predicts = value_count(sends),
				   .measured = measure_successes(judge, SIDE_SERVER, "s1", "send"),
				   .rule = "tcp_sendmsg_locked(): the peer's shutdown is unknown",
			   });
	judge_count(judge, &(struct figure){
				   .name = "acknowledgements",
				   .predicts = value_count(sends),
				   .measured = measure_sent(&answers),
				   .rule = "tcp_data_queue(), __tcp_ack_snd_check()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_read",
				   .says = value_count(0),
				   .predicts = value_count(sends * (int64_t)strlen(text)),
				   .measured = measure_total(judge, SIDE_CLIENT, "c1", "recv"),
				   .rule = "tcp_recvmsg_locked(): the queue before RCV_SHUTDOWN",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t sends = 0;

	record_param(story->rec, "sends", &sends);
	judge_claim(judge, "half.shutdown-rd");
	judge_shutdown(judge);
	judge_data(judge, sends);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .predicts = "SYN_SENT ESTABLISHED",
				  .rule = "tcp_shutdown()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_RECV ESTABLISHED",
				  .rule = "tcp_shutdown() of the peer",
			  });
}

const struct probe probe_half_shutdown_rd = {
	.id = "half.shutdown-rd",
	.title = "One direction is closed by shutdown(SHUT_RD)",
	.question = "Does the peer hear of it, and what becomes of data that comes after?",
	.kernel_path = "tcp_shutdown(), tcp_rcv_established(), tcp_data_queue(), "
		       "tcp_recvmsg_locked()",
	.wire = WIRE_HAND,
	.claims = {{"half.shutdown-rd", "C",
                    "shutdown(SHUT_RD) sends nothing; data that arrives later is discarded."}},
	.params = {{"sends", 3, 3, "how often the other end sends"}},
	.run = run,
	.judge = judge,
};
