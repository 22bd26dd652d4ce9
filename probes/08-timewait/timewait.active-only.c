// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who enters TIME_WAIT, and for how long? tcp_rcv_state_process() in FIN_WAIT2
 * against LAST_ACK; TCP_TIMEWAIT_LEN.
 *
 *   client (active)                server (passive)
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *   TIME_WAIT   <--- FA ----       LAST_ACK
 *     60 s      ---- A ---->       CLOSE
 *   CLOSE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
	await_state(server, STATE_CLOSE_WAIT);
	sock_close(server);
	await_state(client, model_timewait_state(run_record(run), SIDE_CLIENT));
	await_gone_within(client,
	                  model_timewait(run_record(run), SIDE_CLIENT).hi_ns / NS_PER_MS + 2000);
}

static void judge(const struct story *story, struct judge *judge)
{
	bool kept = model_timewait_is_kept(story->rec, SIDE_CLIENT);
	struct span predicted = model_timewait(story->rec, SIDE_CLIENT);
	struct measured stay = measure_stay(judge, SIDE_CLIENT, "c1", STATE_TIME_WAIT);

	if (!kept)
		stay.skip = "tcp_max_tw_buckets is 0: there is no TIME_WAIT";
	judge_claim(judge, "timewait.active-only");
	judge_truth(judge,
	            &(struct figure){
			    .name = "active_in_TIME_WAIT",
			    .says = value_truth(true),
			    .predicts = value_truth(kept),
			    .measured = measure_entered(judge, SIDE_CLIENT, "c1", STATE_TIME_WAIT),
			    .rule = "tcp_time_wait() from FIN_WAIT2",
		    });
	judge_truth(judge,
	            &(struct figure){
			    .name = "passive_in_TIME_WAIT",
			    .says = value_truth(false),
			    .predicts = value_truth(false),
			    .measured = measure_entered(judge, SIDE_SERVER, "s1", STATE_TIME_WAIT),
			    .rule = "tcp_rcv_state_process(): LAST_ACK ends in tcp_done()",
		    });
	judge_time(judge, &(struct figure){
				  .name = "stay_in_TIME_WAIT",
				  .predicts = span_value(predicted),
				  .grain_ns = predicted.grain_ns,
				  .measured = stay,
				  .rule = "TCP_TIMEWAIT_LEN, rounded up by the timer wheel",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .predicts = kept ? "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 "
	                                             "TIME_WAIT CLOSE"
	                                           : "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 "
	                                             "CLOSE",
				  .rule = "tcp_time_wait(), inet_twsk_kill()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
				  .rule = "tcp_rcv_state_process()",
			  });
}

const struct probe probe_timewait_active_only = {
	.id = "timewait.active-only",
	.title = "Who enters TIME_WAIT",
	.question = "Does only the end that closes first enter TIME_WAIT, and for how long?",
	.kernel_path = "tcp_rcv_state_process(), tcp_time_wait(), tcp_timewait_state_process()",
	.wire = WIRE_HAND,
	.slow = true,
	.claims = {{"timewait.active-only", "B D", "Only the active closer enters TIME_WAIT."}},
	.run = run,
	.judge = judge,
};
