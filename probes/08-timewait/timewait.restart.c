// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last ACK is lost a few times. The peer in LAST_ACK sends its FIN again, TIME_WAIT
 * acknowledges it again and starts its 60 s anew: tcp_timewait_state_process(), "out of
 * window segment". The peer closes without an error when one of those ACKs arrives.
 *
 *   client                         server
 *   TIME_WAIT   <--- FA ----       LAST_ACK
 *     60 s      ---- A --X
 *   TIME_WAIT   <--- FA ----         RTO
 *     60 s anew ---- A ---->       CLOSE
 */
#include "../../harness/probe.h"

static const struct packet_match server_fin = {
	.from = SIDE_SERVER,
	.flags_mask = TCP_FLAG_FIN,
	.flags_value = TCP_FLAG_FIN,
};

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	unsigned int lost = (unsigned int)param(run, "lost_acks");
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	wire_drop_next(run, match_of(client, TCP_FLAG_ACK), lost);
	sock_close(server);
	await_state(client, model_timewait_state(rec, SIDE_CLIENT));
	await_gone_within(server, fin_loss_limit_ms(rec, SIDE_SERVER, "s1"));
	sock_read(client); /* it has answered the last FIN, or the server would be there */
	if (param(run, "to_the_end"))
		await_end(client);
}

/* Of the FIN that is number @index: it was answered by an ACK of its own. */
static void judge_acks(struct judge *judge)
{
	struct sent fins = sent_on(judge, "s1", &server_fin, (struct moment){0});
	struct sent acks = sent_on(judge, "c1",
	                           &(struct packet_match){.from = SIDE_CLIENT,
	                                                  .flags_mask = TCP_FLAG_ACK,
	                                                  .flags_value = TCP_FLAG_ACK},
	                           when_sent(&fins));

	judge_count(judge, &(struct figure){
				   .name = "acks_of_the_fin",
				   .predicts = value_count((int64_t)fins.count),
				   .measured = measure_sent(&acks),
				   .rule = "tcp_timewait_state_process(): TCP_TW_ACK for each FIN",
			   });
}

static void judge_restart(struct judge *judge)
{
	const struct tw_stay stay = {SIDE_CLIENT, "c1"};
	struct moment last = tw_stay_began(judge, &stay);
	int64_t to_the_end = 0;

	tw_stay_judge_timer(judge, &stay, "timer_set_by_the_last_FIN", last, last, 60);
	if (record_param(judged_story(judge)->rec, "to_the_end", &to_the_end) && to_the_end)
		tw_stay_judge_end(judge, &stay, "from_the_last_FIN_to_the_end", last, 60);
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent fins = sent_on(judge, "s1", &server_fin, (struct moment){0});
	const char *walk = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE";

	(void)story;
	judge_claim(judge, "timewait.restart");
	judge_restart(judge);
	judge_claim(judge, "timewait.reack");
	judge_truth(judge, &(struct figure){
				   .name = "fin_is_sent_again",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_same_seq(&fins),
				   .rule = "tcp_retransmit_timer() in LAST_ACK",
			   });
	judge_acks(judge);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_rcv_state_process(): LAST_ACK, tcp_done()",
			  });
}

const struct probe probe_timewait_restart = {
	.id = "timewait.restart",
	.title = "The last ACK is lost, and sent again from TIME_WAIT",
	.question =
		"What does TIME_WAIT do with a FIN that is sent again, and how long does it last "
		"then?",
	.kernel_path = "tcp_timewait_state_process(), inet_twsk_reschedule(), "
		       "tcp_v4_timewait_ack()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.restart", "D", "A FIN that is sent again restarts the 2MSL timer."},
                   {"timewait.reack", "B D",
                    "A FIN that is sent again is acknowledged again, and the peer closes "
                    "cleanly."}},
	.params = {{"lost_acks", 3, 5, "how many ACKs of the FIN are lost"},
                   {"to_the_end", 0, 1,
                    "1: wait for the end of TIME_WAIT; 0: go by what its timer is set to"}},
	.run = run,
	.judge = judge,
};
