// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last ACK never arrives. Does the server wait for ever in LAST_ACK?
 * tcp_write_timeout(), tcp_orphan_retries(); the client's time-wait sock answers
 * each FIN, tcp_timewait_state_process().
 *
 *   client                         server
 *   FIN_WAIT2                      CLOSE_WAIT
 *                                  close()
 *   TIME_WAIT   <--- FA ----       LAST_ACK
 *               ---- A ---X
 *               <--- FA ----       a tail loss probe, retransmissions
 *               ---- A ---X
 *                                  CLOSE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	/* All of it: where the waits between FINs grow longer than TIME_WAIT (tcp_orphan_retries
	 * above 8), the client answers by a reset, and the kernel's patience is not reached. */
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT});
	sock_close(server);
	await_gone_within(server, fin_loss_limit_ms(run_record(run), SIDE_SERVER, "s1"));
}

/* Nothing of what the client answers may come through. */
static struct measured measure_unanswered(struct judge *judge, const struct fin_loss *loss)
{
	const struct packet_match client = {.from = SIDE_CLIENT};
	struct sent answers = sent_on(judge, "c1", &client, when_sent(&loss->fins));

	return measure_all_lost(&answers);
}

static void judge_end(struct judge *judge, const struct fin_loss *loss)
{
	const char *walk = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE";

	judge_truth(judge, &(struct figure){
				   .name = "server_gives_up",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_ended(judge, SIDE_SERVER, "s1",
	                                                     when_sent(&loss->fins),
	                                                     loss->model.give_up.hi_ns),
				   .rule = "tcp_write_timeout() of an orphan",
				   .unpredicted = loss->unpredicted,
				   .predicted_from = loss->predicted_from,
			   });
	fin_loss_judge_times(judge, loss);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct measured unanswered;
	struct fin_loss loss;
	int64_t retries = 0;

	record_sysctl(story->rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", &retries);
	fin_loss_measure(judge, SIDE_SERVER, "s1", &loss);
	unanswered = measure_unanswered(judge, &loss);
	judge_claim(judge, "wave4.lost");
	judge_premise(judge, "every ACK was lost", unanswered);
	judge_end(judge, &loss);
	judge_claim(judge, "wave4.lost-retries");
	judge_premise(judge, "every ACK was lost", unanswered);
	fin_loss_judge_count(judge, &loss, value_count(1 + retries));
	judge_claim(judge, "wave4.lost-zero-eight");
	judge_premise(judge, "every ACK was lost", unanswered);
	fin_loss_judge_count(judge, &loss, value_count(1 + (retries ? retries : 8)));
}

const struct probe probe_wave4_lost = {
	.id = "wave4.lost",
	.title = "The last ACK is lost",
	.question = "Does a server in LAST_ACK whose FIN is never acknowledged wait for ever?",
	.kernel_path = "tcp_send_fin(), tcp_write_timeout(), tcp_orphan_retries(), "
		       "tcp_timewait_state_process()",
	.wire = WIRE_KERNEL,
	.claims = {{"wave4.lost", "A D",
                    "The last ACK is lost: the server in LAST_ACK retransmits its FIN, then gives "
                    "up; it does not wait for ever."},
                   {"wave4.lost-retries", "D", "It retransmits the FIN tcp_orphan_retries times."},
                   {"wave4.lost-zero-eight", "A",
                    "It retransmits the FIN tcp_orphan_retries times, and 0 stands for 8."}},
	.sysctls = {{"net.ipv4.tcp_orphan_retries", "3", NULL}},
	.run = run,
	.judge = judge,
};
