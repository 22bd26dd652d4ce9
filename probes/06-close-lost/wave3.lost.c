// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The passive side's FIN never arrives. It is in LAST_ACK, an orphan that goes by
 * tcp_orphan_retries; the other end is an orphan in FIN_WAIT2 and goes by tcp_fin_timeout,
 * whatever the passive side does. tcp_write_timeout(), tcp_orphan_retries(); tcp_fin_time(),
 * tcp_time_wait().
 *
 *   client                         server
 *   close()
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *                                  close()
 *               X--- FA ----       LAST_ACK
 *     tcp_fin_timeout
 *   CLOSE       X--- FA ----       a tail loss probe, retransmissions
 *                                  CLOSE
 */
#include "../../harness/probe.h"

static const struct fin_stay stay = {.host = SIDE_CLIENT, .sock = "c1"};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
	await_state(server, STATE_CLOSE_WAIT);
	wire_drop(run, (struct packet_match){.from = SIDE_SERVER,
	                                     .flags_mask = TCP_FLAG_FIN,
	                                     .flags_value = TCP_FLAG_FIN});
	sock_close(server);
	await_gone_within(server, fin_loss_limit_ms(run_record(run), SIDE_SERVER, "s1"));
	await_gone_within(client, fin_stay_limit_ms(run_record(run), &stay));
}

static void judge_active(const struct story *story, struct judge *judge)
{
	const char *walk = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE";

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

static void judge(const struct story *story, struct judge *judge)
{
	const char *walk = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE";
	struct fin_loss loss;

	fin_loss_measure(judge, SIDE_SERVER, "s1", &loss);
	judge_claim(judge, "wave3.lost");
	judge_premise(judge, "every FIN of the server was lost", measure_all_lost(&loss.fins));
	fin_loss_judge_count(judge, &loss,
	                     value_count(1 + model_sysctl_or(story->rec, SIDE_SERVER,
	                                                     "net.ipv4.tcp_orphan_retries", 0)));
	fin_loss_judge_times(judge, &loss);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
	judge_active(story, judge);
}

const struct probe probe_wave3_lost = {
	.id = "wave3.lost",
	.title = "The passive side's FIN is lost",
	.question = "How long does a server in LAST_ACK go on sending its FIN, and how long does "
		    "its peer wait for it in FIN_WAIT2?",
	.kernel_path = "tcp_send_fin(), tcp_write_timeout(), tcp_orphan_retries(); "
		       "tcp_fin_time(), tcp_time_wait(), tcp_keepalive_timer()",
	.wire = WIRE_KERNEL,
	.claims = {{"wave3.lost", "D",
                    "The passive side's FIN is lost: in LAST_ACK it is retransmitted "
                    "tcp_orphan_retries times, then CLOSED; the other end leaves FIN_WAIT2 after "
                    "tcp_fin_timeout."}},
	.sysctls = {{"server:net.ipv4.tcp_orphan_retries", "3", NULL},
                    {"client:net.ipv4.tcp_fin_timeout", "2", NULL}},
	.run = run,
	.judge = judge,
};
