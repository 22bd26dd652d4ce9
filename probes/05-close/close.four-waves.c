// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The full sequence of a close, active and passive side, when the passive side
 * closes only after its ACK has gone. RFC 9293 3.6, tcp_close_state(), tcp_fin().
 *
 *   client                         server
 *   close()
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *                                  close()
 *   TIME_WAIT   <--- FA ----       LAST_ACK
 *               ---- A ---->       CLOSE
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
	await_state(server, STATE_GONE);
	if (param(run, "to_the_end"))
		await_gone_within(client,
		                  model_timewait(run_record(run), SIDE_CLIENT).hi_ns / NS_PER_MS +
		                          2000);
}

static void judge(const struct story *story, struct judge *judge)
{
	const char *active = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT";
	const char *passive = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE";
	const char *predicted, *segments = "FA A FA A";
	int64_t to_the_end = 0;

	record_param(story->rec, "to_the_end", &to_the_end);
	if (to_the_end)
		active = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE";
	predicted = active;
	if (!model_timewait_is_kept(story->rec, SIDE_CLIENT))
		predicted = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE";
	if (model_finwait2_state(story->rec, SIDE_CLIENT) == STATE_GONE)
		segments = "FA A FA R";
	judge_claim(judge, "close.four-waves");
	judge_segments(judge, &(struct segments_figure){
				      .from = when_called(judge, SIDE_CLIENT, "c1", "close"),
				      .says = "FA A FA A",
				      .predicts = segments,
				      .rule = "tcp_send_fin(), tcp_fin()",
			      });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = active, /* the article does not say when it ends */
				  .predicts = predicted,
				  .rule = "tcp_close_state(), tcp_time_wait(), "
					  "tcp_timewait_state_process()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = passive,
				  .predicts = passive,
				  .rule = "tcp_fin(), tcp_close_state(), tcp_rcv_state_process()",
			  });
}

const struct probe probe_close_four_waves = {
	.id = "close.four-waves",
	.title = "Four waves: one side closes, then the other",
	.question = "Which states and which segments does a close take, on either side?",
	.kernel_path = "tcp_close_state(), tcp_send_fin(), tcp_fin(), tcp_rcv_state_process(), "
		       "tcp_time_wait()",
	.wire = WIRE_HAND,
	.claims =
		{{"close.four-waves", "A C D",
                  "FIN, ACK, FIN, ACK; the active side passes FIN_WAIT1, FIN_WAIT2, TIME_WAIT, the "
                  "passive one CLOSE_WAIT, LAST_ACK, CLOSED."}},
	.params = {{"to_the_end", 0, 1, "1: stay until TIME_WAIT is over"}},
	.run = run,
	.judge = judge,
};
