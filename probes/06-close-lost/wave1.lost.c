// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first FIN never arrives. How often is it sent, and how long does the orphan
 * in FIN_WAIT1 live? tcp_write_timeout(), tcp_orphan_retries().
 *
 *   client                         server
 *   close()
 *   FIN_WAIT1   ---- FA ---X
 *               ---- FA ---X       a tail loss probe
 *               ---- FA ---X       retransmissions
 *   CLOSE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT,
	                                     .flags_mask = TCP_FLAG_FIN,
	                                     .flags_value = TCP_FLAG_FIN});
	sock_close(client);
	await_gone_within(client, fin_loss_limit_ms(run_record(run), SIDE_CLIENT, "c1"));
}

static void judge(const struct story *story, struct judge *judge)
{
	const char *walk = "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSE";
	struct fin_loss loss;
	int64_t retries = 0;

	record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_orphan_retries", &retries);
	fin_loss_measure(judge, SIDE_CLIENT, "c1", &loss);
	judge_claim(judge, "wave1.lost");
	judge_premise(judge, "every FIN was lost", measure_all_lost(&loss.fins));
	fin_loss_judge_count(judge, &loss, value_count(1 + retries));
	fin_loss_judge_times(judge, &loss);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
}

const struct probe probe_wave1_lost = {
	.id = "wave1.lost",
	.title = "The first FIN is lost, after close()",
	.question =
		"How often does an orphan in FIN_WAIT1 send its FIN, and how long does it live?",
	.kernel_path = "tcp_send_fin(), tcp_send_loss_probe(), tcp_write_timeout(), "
		       "tcp_orphan_retries(), retransmits_timed_out()",
	.wire = WIRE_KERNEL,
	.claims = {{"wave1.lost", "D",
                    "The first FIN is lost after close(): FIN_WAIT1, the FIN is retransmitted "
                    "tcp_orphan_retries times, then CLOSED."}},
	.sysctls = {{"net.ipv4.tcp_orphan_retries", "3", NULL}},
	.run = run,
	.judge = judge,
};
