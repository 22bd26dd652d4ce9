// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One client calls close(), another one shutdown(SHUT_WR). Can their peers tell? Both
 * send one FIN: tcp_close_state(), tcp_send_fin(). The orphan answers data by an RST
 * (tcp_timewait_state_process(), above TCP_TIMEWAIT_LEN tcp_rcv_state_process()), the other
 * acknowledges it.
 *
 *   client 1                       server           client 2
 *   close()     ---- FA --->     recv() = 0         shutdown(SHUT_WR): the same
 *               <--- A ----
 *               <--- PA ---      send()
 *               ---- R ---->     send() = EPIPE     ---- A ---->, send() again
 */
#include "../../harness/probe.h"

static const char text[] = "anybody there?";

#define SENDS 2

/* Reads the end of the stream, sends, awaits what is answered to that. */
static void try_peer(struct sock *client, struct sock *server, struct probe_run *run)
{
	const unsigned int before = 3; /* SYN, ACK, FIN */

	sock_try_receive(server, 1);
	sock_try_send(server, text, 0);
	await_sent_in_all_within(run, match_of(client, 0), before + 1, AWAIT_LIMIT_MS);
}

static void run(struct probe_run *run)
{
	struct sock *closing, *closing_peer, *shutting, *shutting_peer;

	flow_establish(run, 8080, &closing, &closing_peer);
	flow_establish(run, 8081, &shutting, &shutting_peer);
	sock_close(closing);
	sock_shutdown(shutting, SHUT_WR);
	await_state(closing_peer, STATE_CLOSE_WAIT);
	await_state(shutting_peer, STATE_CLOSE_WAIT);
	await_state(closing, model_finwait2_state(run_record(run), SIDE_CLIENT));
	await_state(shutting, STATE_FIN_WAIT2);
	try_peer(closing, closing_peer, run);
	await_gone_within(closing_peer, AWAIT_LIMIT_MS);
	sock_try_send(closing_peer, text, 0);
	try_peer(shutting, shutting_peer, run);
	sock_try_send(shutting_peer, text, 0);
	await_sent_in_all_within(run, match_of(shutting, 0), 3 + SENDS, AWAIT_LIMIT_MS);
}

/* One of the two connections, and what its client does to end it. */
struct end {
	const char *client, *server; /* their labels */
	const char *call;
};

static const struct end ends[] = {
	{"c1", "s1", "close"},
	{"c2", "s2", "shutdown"},
};

/* What the client sent from its call on, up to the peer's first send() or from it on. */
static struct sent sent_by(struct judge *judge, const struct end *end, bool answers)
{
	const struct packet_match any = {.from = SIDE_CLIENT};
	struct moment send = when_called(judge, SIDE_SERVER, end->server, "send");

	if (answers)
		return sent_on(judge, end->client, &any, send);
	return sent_before(sent_on(judge, end->client, &any,
	                           when_called(judge, SIDE_CLIENT, end->client, end->call)),
	                   send);
}

static void judge_reading(struct judge *judge, const struct end *end)
{
	struct sent sent = sent_by(judge, end, false);

	judge_words(judge, &(struct figure){
				   .name = judge_text(judge, "segments_of_%s", end->call),
				   .says = value_words("FA"),
				   .predicts = value_words("FA"),
				   .measured = measure_flags(judge, &sent),
				   .rule = "tcp_send_fin()",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = judge_text(judge, "recv_after_%s", end->call),
			    .says = value_count(0),
			    .predicts = value_count(0),
			    .measured = measure_result(judge, SIDE_SERVER, end->server, "recv"),
			    .rule = "tcp_fin(): RCV_SHUTDOWN",
		    });
}

/* @orphan: an RST ends the connection at the first of SENDS. */
static void judge_sending(struct judge *judge, const struct end *end, bool orphan)
{
	struct sent sent = sent_by(judge, end, true);

	judge_words(judge, &(struct figure){
				   .name = judge_text(judge, "segments_of_%s", end->call),
				   .says = value_words("A A"),
				   .predicts = value_words(orphan ? "R" : "A A"),
				   .measured = measure_flags(judge, &sent),
				   .rule = orphan ? "tcp_timewait_state_process(): FIN_WAIT2"
	                                          : "tcp_data_queue()",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = judge_text(judge, "sends_after_%s", end->call),
			    .says = value_count(SENDS),
			    .predicts = value_count(orphan ? 1 : SENDS),
			    .measured = measure_successes(judge, SIDE_SERVER, end->server, "send"),
			    .rule = orphan ? "tcp_reset(): EPIPE in CLOSE_WAIT"
	                                   : "tcp_sendmsg_locked()",
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "close.indistinguishable");
	judge_case(judge, "the peer only reads");
	judge_reading(judge, &ends[0]);
	judge_reading(judge, &ends[1]);
	judge_case(judge, "the peer sends");
	judge_sending(judge, &ends[0], true);
	judge_sending(judge, &ends[1], false);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT CLOSE",
				  .rule = "tcp_fin(), tcp_reset()",
			  });
}

const struct probe probe_close_indistinguishable = {
	.id = "close.indistinguishable",
	.title = "close() and shutdown(SHUT_WR), as the peer sees them",
	.question = "Can the peer tell whether the other end closed or shut down one direction?",
	.kernel_path = "tcp_close_state(), tcp_send_fin(), tcp_fin(), "
		       "tcp_timewait_state_process(), tcp_reset()",
	.wire = WIRE_HAND,
	.claims = {{"close.indistinguishable", "C",
                    "The peer cannot tell close() from shutdown(SHUT_WR): one FIN, then the end of "
                    "the stream."}},
	.run = run,
	.judge = judge,
};
