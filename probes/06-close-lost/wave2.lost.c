// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ACK of the first FIN never arrives. The active side cannot tell that from a lost FIN;
 * the passive side answers each FIN that comes again, and sends no ACK of its own accord.
 * tcp_write_timeout(), tcp_orphan_retries(); tcp_validate_incoming(), tcp_send_dupack().
 *
 *   client                         server
 *   close()
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *               X--- A ----
 *               ---- FA --->       a tail loss probe, retransmissions
 *               X--- A ----        one for each
 *   CLOSE                          CLOSE_WAIT still
 *                                  close(), much later
 *               <--- FA ----       LAST_ACK
 *               ---- R --->        CLOSE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	uint32_t rule;

	flow_establish(run, 8080, &client, &server);
	rule = wire_drop(run, (struct packet_match){.from = SIDE_SERVER});
	sock_close(client);
	await_state(server, STATE_CLOSE_WAIT);
	if (!await_gone_within(client, fin_loss_limit_ms(run_record(run), SIDE_CLIENT, "c1")))
		run_inconclusive(run, "c1 has not ended, so what it says then is not known");
	wire_restore(run, rule);
	sock_close(server);
	await_gone_within(server, AWAIT_LIMIT_MS);
}

/* What the passive side answers, and what becomes of it. */
static void judge_passive(struct judge *judge, const struct fin_loss *loss, const struct sent *acks)
{
	const struct packet_match rst = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_since(judge, &rst, 0);

	judge_count(judge,
	            &(struct figure){
			    .name = "acks_sent",
			    .predicts = measure_sent(&loss->fins).value,
			    .measured = measure_sent(acks),
			    .rule = "tcp_validate_incoming(), tcp_send_dupack(): one for each "
				    "FIN",
			    .predicted_from = RESTS_ON(OBSERVER_TAP),
		    });
	judge_count(judge, &(struct figure){
				   .name = "resets_in_answer_to_its_FIN",
				   .predicts = value_count(1),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_v4_rcv(), tcp_v6_rcv(): no socket is left",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
				  .rule = "tcp_fin(), tcp_close_state(), tcp_reset()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match ack = {
		.from = SIDE_SERVER, .flags_mask = TCP_FLAG_FIN | TCP_FLAG_RST, .flags_value = 0};
	const char *walk = "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSE";
	struct fin_loss loss;
	struct sent acks;

	fin_loss_measure(judge, SIDE_CLIENT, "c1", &loss);
	acks = sent_on(judge, "s1", &ack, when_sent(&loss.fins));
	judge_claim(judge, "wave2.lost");
	judge_premise(judge, "every ACK was lost", measure_all_lost(&acks));
	fin_loss_judge_count(judge, &loss,
	                     value_count(1 + model_sysctl_or(story->rec, SIDE_CLIENT,
	                                                     "net.ipv4.tcp_orphan_retries", 0)));
	fin_loss_judge_times(judge, &loss);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
	judge_passive(judge, &loss, &acks);
}

const struct probe probe_wave2_lost = {
	.id = "wave2.lost",
	.title = "The ACK of the first FIN is lost",
	.question = "Who sends what again when the second wave is lost, how often, and what "
		    "becomes of the two ends?",
	.kernel_path = "tcp_send_fin(), tcp_write_timeout(), tcp_orphan_retries(), "
		       "tcp_validate_incoming(), tcp_send_dupack()",
	.wire = WIRE_KERNEL,
	.claims = {{"wave2.lost", "D",
                    "The ACK of the first FIN is lost: an ACK is not retransmitted, so the active "
                    "side sends its FIN again, tcp_orphan_retries times, then CLOSED."}},
	.sysctls = {{"net.ipv4.tcp_orphan_retries", "2", NULL}},
	.run = run,
	.judge = judge,
};
