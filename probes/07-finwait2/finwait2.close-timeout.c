// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After close() the peer acknowledges the FIN and never closes. How long does the
 * orphan stay in FIN_WAIT2? tcp_fin_time(), tcp_time_wait(), and above 60 s
 * tcp_keepalive_timer().
 *
 *   client                         server
 *   close()
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *     tcp_fin_timeout
 *   CLOSE
 */
#include "../../harness/probe.h"

static const struct fin_stay stay = {.host = SIDE_CLIENT, .sock = "c1"};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
	await_gone_within(client, fin_stay_limit_ms(run_record(run), &stay));
}

static void judge(const struct story *story, struct judge *judge)
{
	const char *walk = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE";

	judge_claim(judge, "finwait2.close-timeout");
	fin_stay_judge(judge, &stay, "stay_in_FIN_WAIT2", (struct moment){0},
	               fin_stay_timeout(story->rec, SIDE_CLIENT));
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "inet_twsk_kill()",
			  });
}

const struct probe probe_finwait2_close_timeout = {
	.id = "finwait2.close-timeout",
	.title = "FIN_WAIT2 after close(), with a peer that never closes",
	.question = "How long does an orphan stay in FIN_WAIT2, and where does it go from there?",
	.kernel_path = "tcp_rcv_state_process(), tcp_fin_time(), tcp_time_wait(), "
		       "tcp_keepalive_timer(), tw_timer_handler()",
	.wire = WIRE_HAND,
	.claims =
		{{"finwait2.close-timeout", "C D",
                  "After close(), FIN_WAIT2 lasts tcp_fin_timeout, then CLOSED, never TIME_WAIT."}},
	.sysctls = {{"net.ipv4.tcp_fin_timeout", "2", NULL}},
	.run = run,
	.judge = judge,
};
