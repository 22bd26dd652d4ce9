// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * FIN_WAIT2 after shutdown(SHUT_WR), with a peer that never closes: no timer runs, so that
 * nothing but the peer or the owner ends it. When the owner lets go of it by close(),
 * tcp_fin_timeout counts from there on. tcp_rcv_state_process() arms that timer for an orphan
 * alone, __tcp_close() for a socket that becomes one.
 *
 *   client                         server
 *   shutdown(SHUT_WR)
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *     many times tcp_fin_timeout
 *   FIN_WAIT2, no timer
 *   close()
 *     tcp_fin_timeout
 *   CLOSE
 */
#include "../../harness/probe.h"

static const struct fin_stay stay = {.host = SIDE_CLIENT, .sock = "c1"};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_shutdown(client, SHUT_WR);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	observe_for(run, param(run, "watched_s") * 1000,
	            "an orphan's FIN_WAIT2 would be over many times");
	sock_close(client);
	await_gone_within(client, fin_stay_limit_ms(run_record(run), &stay));
}

static void judge_owned(struct judge *judge, const struct record *rec)
{
	int64_t watched_s = 0;
	struct value forever;

	record_param(rec, "watched_s", &watched_s);
	forever = value_time(watched_s * NS_PER_S, INT64_MAX);
	judge_time(judge,
	           &(struct figure){
			   .name = "stay_in_FIN_WAIT2",
			   .says = forever,
			   .predicts = forever,
			   .measured = measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2),
			   .rule = "tcp_rcv_state_process(): no timer without SOCK_DEAD",
		   });
	judge_words(judge, &(struct figure){
				   .name = "timer",
				   .says = value_words("none"),
				   .predicts = value_words("none"),
				   .measured = measure_timer(
					   judge, SIDE_CLIENT, "c1",
					   when_called(judge, SIDE_CLIENT, "c1", "close")),
				   .rule = "tcp_ack(): nothing is outstanding",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "finwait2.shutdown-forever");
	judge_case(judge, "shutdown(SHUT_WR)");
	judge_owned(judge, story->rec);
	judge_case(judge, "then close()");
	fin_stay_judge(judge, &stay, "from_close_to_the_end",
	               when_called(judge, SIDE_CLIENT, "c1", "close"), value_none());
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .predicts = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE",
				  .rule = "__tcp_close(), tcp_time_wait(), inet_twsk_kill()",
			  });
}

const struct probe probe_finwait2_shutdown_forever = {
	.id = "finwait2.shutdown-forever",
	.title = "FIN_WAIT2 after shutdown(), with a peer that never closes",
	.question = "Does anything end FIN_WAIT2 while its owner keeps the socket, and what does "
		    "when it lets go?",
	.kernel_path = "tcp_rcv_state_process(), __tcp_close(), tcp_fin_time(), tcp_time_wait()",
	.wire = WIRE_HAND,
	.claims = {{"finwait2.shutdown-forever", "C D",
                    "After shutdown(SHUT_WR) FIN_WAIT2 has no limit, as long as the owner keeps "
                    "the socket."}},
	.sysctls = {{"net.ipv4.tcp_fin_timeout", "1", NULL}},
	.params = {{"watched_s", 4, 7200, "how long to look on before close(), seconds"}},
	.run = run,
	.judge = judge,
};
