// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A socket that is connected to itself closes: its own FIN comes in while it is in
 * FIN_WAIT1, which is a simultaneous close. tcp_fin() in FIN_WAIT1.
 *
 *   client, over lo
 *   FIN_WAIT1   FA, to itself
 *   CLOSING     A, to itself
 *   TIME_WAIT
 */
#include "../../harness/probe.h"

#define PORT 5000

static void run(struct probe_run *run)
{
	struct sock *self = sock_open(run, SIDE_CLIENT);

	sock_bind(self, PORT);
	sock_connect(self, SIDE_CLIENT, PORT);
	await_state(self, STATE_ESTABLISHED);
	sock_close(self);
	await_state(self, model_timewait_state(run_record(run), SIDE_CLIENT));
}

static void judge(const struct story *story, struct judge *judge)
{
	const char *walk = "SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT";
	struct moment closing = when_called(judge, SIDE_CLIENT, "c1", "close");
	struct sent sent = sent_all_since(judge, closing);
	const char *predicted = walk;

	if (!model_timewait_is_kept(story->rec, SIDE_CLIENT))
		predicted = "SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 CLOSING CLOSE";
	judge_claim(judge, "self.two-waves");
	judge_count(judge, &(struct figure){
				   .name = "packets",
				   .says = value_count(2),
				   .predicts = value_count(2),
				   .measured = measure_sent(&sent),
				   .rule = "one FIN is both ends', and so is its ACK",
			   });
	judge_segments(judge, &(struct segments_figure){
				      .from = closing,
				      .predicts = "FA A",
				      .rule = "tcp_send_fin(), tcp_fin()",
			      });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = walk,
				  .predicts = predicted,
				  .rule = "tcp_fin() in FIN_WAIT1, tcp_rcv_state_process() in "
					  "CLOSING",
			  });
}

const struct probe probe_self_two_waves = {
	.id = "self.two-waves",
	.title = "A socket connected to itself closes",
	.question = "How many segments and which states does it take to close a self-connection?",
	.kernel_path = "tcp_close_state(), tcp_send_fin(), tcp_fin(), tcp_rcv_state_process()",
	.wire = WIRE_NONE,
	.claims = {{"self.two-waves", "C",
                    "Closing a self-connection takes two packets: FIN_WAIT1, CLOSING, TIME_WAIT."}},
	.run = run,
	.judge = judge,
};
