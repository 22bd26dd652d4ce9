// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last ACK is lost and the end that sent it has no TIME_WAIT: what becomes of the
 * FIN that is sent again? tcp_time_wait() finds no bucket and calls tcp_done();
 * tcp_v4_rcv() finds no socket and calls tcp_v4_send_reset(). tcp_reset() sets ECONNRESET in
 * LAST_ACK, but only somebody who still holds the socket can hear of it.
 *
 *   client                         server
 *   FIN_WAIT2   <--- FA ----       LAST_ACK, by close() or by shutdown(SHUT_WR)
 *   CLOSE       ---- A ---X        no TIME_WAIT: tcp_max_tw_buckets is 0
 *               <--- FA ----       after its RTO
 *               ---- R ---->       CLOSE, ECONNRESET
 */
#include "../../harness/probe.h"

/* How the server closes: the connections are one after the other, c1 and c2. */
enum closing { BY_CLOSE, BY_SHUTDOWN, CLOSINGS };

static const char *const closing_words[CLOSINGS] = {
	[BY_CLOSE] = "peer: close()",
	[BY_SHUTDOWN] = "peer: shutdown(SHUT_WR)",
};

/* Half closed, so that the client is no orphan: that would lose its bucket in FIN_WAIT2. */
static void lose_last_ack(struct probe_run *run, uint16_t port, enum closing closing)
{
	struct sock *client, *server;

	flow_establish(run, port, &client, &server);
	sock_shutdown(client, SHUT_WR);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	wire_drop_next(run, match_of(client, TCP_FLAG_ACK), 1);
	if (closing == BY_CLOSE)
		sock_close(server);
	else
		sock_shutdown(server, SHUT_WR);
	await_sent_in_all(run, match_of(server, TCP_FLAG_FIN), 2);
	await_end(server);
	if (closing == BY_CLOSE)
		return;
	sock_try_receive(server, 1);
	(void)sock_await_error(server, 0);
}

static void run(struct probe_run *run)
{
	lose_last_ack(run, 8080, BY_CLOSE);
	lose_last_ack(run, 8081, BY_SHUTDOWN);
}

/* What the client answered to the FINs: the first one's answer was lost. */
static void judge_answers(struct judge *judge, const char *client, struct moment closed, bool kept)
{
	const struct packet_match any = {.from = SIDE_CLIENT};
	struct sent answers = sent_on(judge, client, &any, closed);

	judge_words(judge, &(struct figure){
				   .name = "answers_to_the_fins",
				   .says = value_words("A R"),
				   .predicts = value_words(kept ? "A A" : "A R"),
				   .measured = measure_flags(judge, &answers),
				   .rule = kept ? "tcp_timewait_state_process(): TCP_TW_ACK"
	                                        : "tcp_v4_send_reset(): no socket",
			   });
}

/* What somebody who still holds the socket learns by one call. */
static void judge_told(struct judge *judge, const char *call, bool kept, const char *predicts,
                       const char *rule)
{
	judge_case(judge, "%s, then %s", closing_words[BY_SHUTDOWN], call);
	judge_words(judge, &(struct figure){
				   .name = "peer_is_told",
				   .says = value_words("ECONNRESET"),
				   .predicts = value_words(kept ? "none" : predicts),
				   .measured = measure_errno(judge, SIDE_SERVER, "s2", call),
				   .rule = rule,
			   });
}

static void judge_connection(struct judge *judge, enum closing closing, bool kept)
{
	const char *client = judge_text(judge, "c%d", closing + 1);
	const char *server = judge_text(judge, "s%d", closing + 1);
	const char *call = closing == BY_CLOSE ? "close" : "shutdown";

	judge_case(judge, "%s", closing_words[closing]);
	judge_answers(judge, client, when_called(judge, SIDE_SERVER, server, call), kept);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = client,
				  .predicts = judge_text(judge,
	                                                 "SYN_SENT ESTABLISHED FIN_WAIT1 "
	                                                 "FIN_WAIT2 %s",
	                                                 kept ? "TIME_WAIT" : "CLOSE"),
				  .rule = "tcp_fin(), tcp_time_wait(), inet_twsk_alloc()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = server,
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
				  .rule = kept ? "tcp_rcv_state_process(): LAST_ACK"
	                                       : "tcp_reset(), tcp_done()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t buckets = 0;
	int64_t found;

	record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_max_tw_buckets", &buckets);
	found = buckets < CLOSINGS ? CLOSINGS - buckets : 0;
	judge_claim(judge, "history.no-timewait-rst");
	for (int closing = 0; closing < CLOSINGS; closing++)
		judge_connection(judge, (enum closing)closing, closing < buckets);
	judge_told(judge, "recv", BY_SHUTDOWN < buckets, "none",
	           "tcp_recvmsg_locked(): SOCK_DONE, the FIN came first");
	judge_told(judge, "SO_ERROR", BY_SHUTDOWN < buckets, "ECONNRESET", "tcp_reset()");
	judge_case(judge, "both");
	judge_count(judge, &(struct figure){
				   .name = "TCPTimeWaitOverflow",
				   .predicts = value_count(found),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPTimeWaitOverflow"),
				   .rule = "tcp_time_wait(): inet_twsk_alloc() gave none",
			   });
}

const struct probe probe_history_no_timewait_rst = {
	.id = "history.no-timewait-rst",
	.title = "A FIN is sent again to an end without TIME_WAIT",
	.question =
		"The last ACK is lost and there is no TIME_WAIT: what is the next FIN answered by, "
		"and does the peer hear of it?",
	.kernel_path = "tcp_time_wait(), inet_twsk_alloc(), tcp_v4_rcv(), tcp_v4_send_reset(), "
		       "tcp_reset()",
	.wire = WIRE_KERNEL,
	.claims =
		{{"history.no-timewait-rst", "D",
                  "Without TIME_WAIT a FIN that is sent again is answered by an RST, and the peer "
                  "sees \"connection reset\"."}},
	.sysctls = {{"client:net.ipv4.tcp_max_tw_buckets", "0", "0"}},
	.run = run,
	.judge = judge,
};
