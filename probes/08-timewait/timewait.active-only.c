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
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	sock_close(server);
	await_state(client, STATE_TIME_WAIT);
	await_gone_within(client,
	                  model_timewait(run_record(run), SIDE_CLIENT).hi_ns / NS_PER_MS + 2000);
}

static void judge(const struct record *rec, struct judge *judge)
{
	struct life active, passive;

	life_stitch(rec, SIDE_CLIENT, "c1", &active);
	life_stitch(rec, SIDE_SERVER, "s1", &passive);
	judge_claim(judge, "timewait.active-only");
	judge_truth(judge, "active_in_TIME_WAIT", "yes", true,
	            life_find(&active, STATE_TIME_WAIT) >= 0, RESTS_ON(OBSERVER_DIAG),
	            "tcp_time_wait() from FIN_WAIT2");
	judge_truth(judge, "passive_in_TIME_WAIT", "no", false,
	            life_find(&passive, STATE_TIME_WAIT) >= 0, RESTS_ON(OBSERVER_DIAG),
	            "tcp_rcv_state_process(): LAST_ACK ends in tcp_done()");
	judge_compare(judge, &(struct comparison){
				     .name = "stay_in_TIME_WAIT",
				     .unit = "s",
				     .predicts = span_value(model_timewait(rec, SIDE_CLIENT)),
				     .measured = query_stay(rec, &active, STATE_TIME_WAIT),
				     .rests_on = RESTS_ON(OBSERVER_DIAG),
				     .rule = "TCP_TIMEWAIT_LEN, rounded up by the timer wheel",
			     });
	judge_walk(judge, SIDE_CLIENT, "c1", NULL,
	           "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE",
	           "tcp_time_wait(), inet_twsk_kill()");
	judge_walk(judge, SIDE_SERVER, "s1", NULL, "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
	           "tcp_rcv_state_process()");
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
