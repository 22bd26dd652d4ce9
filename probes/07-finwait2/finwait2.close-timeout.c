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

static int64_t stay_limit_ms(struct probe_run *run)
{
	const struct sample *rto = query_rto(run_record(run), SIDE_CLIENT, "c1", INT64_MAX);
	struct span stay;

	if (!rto || !model_finwait2_after(run_record(run), SIDE_CLIENT, rto, &stay))
		run_inconclusive(run, "no RTO of the client's socket was read");
	return stay.hi_ns / NS_PER_MS + 2000;
}

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
	await_gone_within(client, stay_limit_ms(run));
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct sample *rto = query_rto(story->rec, SIDE_CLIENT, "c1", INT64_MAX);
	const char *walk = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE";
	bool modelled;
	int64_t timeout_s = 0;
	struct span stay = {0};

	modelled = rto && model_finwait2_after(story->rec, SIDE_CLIENT, rto, &stay);
	record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", &timeout_s);
	judge_claim(judge, "finwait2.close-timeout");
	judge_time(
		judge,
		&(struct figure){
			.name = "stay_in_FIN_WAIT2",
			.says = span_value(model_timer(story->rec, timeout_s * NS_PER_S)),
			.predicts = span_value(stay),
			.grain_ns = stay.grain_ns,
			.measured = measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2),
			.rule = "tcp_fin_time(), tcp_time_wait(); above 60 s twice what is over, "
				"tcp_keepalive_timer()",
			.unpredicted = modelled ? NULL : "no RTO of c1 was read",
			.predicted_from = RESTS_ON(OBSERVER_DIAG),
		});
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
