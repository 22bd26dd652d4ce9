// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tcp_orphan_retries 0: is that 8? Two orphans side by side, the client's under 0
 * and the server's under 8, both with FINs that never arrive.
 * tcp_orphan_retries() in net/ipv4/tcp_timer.c.
 *
 *   client (0)                     server (8)
 *   FIN_WAIT1   ---- FA ---X
 *                                  of another connection:
 *               X--- FA ----       FIN_WAIT1
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client[2], *server[2];
	struct packet_match fin = {.flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};

	flow_establish(run, 8080, &client[0], &server[0]);
	flow_establish(run, 8081, &client[1], &server[1]);
	for (int side = 0; side < SIDE_COUNT; side++) {
		fin.from = (enum side)side;
		wire_drop(run, fin);
	}
	sock_close(client[0]);
	sock_close(server[1]);
	await_gone_within(client[0], fin_loss_limit_ms(run_record(run), SIDE_CLIENT, "c1"));
	await_gone_within(server[1], fin_loss_limit_ms(run_record(run), SIDE_SERVER, "s2"));
}

static void judge(const struct story *story, struct judge *judge)
{
	struct fin_loss zero, eight;

	(void)story;
	fin_loss_measure(judge, SIDE_CLIENT, "c1", &zero);
	fin_loss_measure(judge, SIDE_SERVER, "s2", &eight);
	judge_claim(judge, "orphan.zero-means-eight");
	judge_premise(judge, "every FIN was lost", measure_all_lost(&zero.fins));
	judge_premise(judge, "every FIN was lost", measure_all_lost(&eight.fins));
	judge_case(judge, "tcp_orphan_retries 0");
	fin_loss_judge_orphan(judge, &zero, measure_sent(&eight.fins).value,
	                      "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSE");
	judge_case(judge, "tcp_orphan_retries 8");
	fin_loss_judge_orphan(judge, &eight, value_none(), "SYN_RECV ESTABLISHED FIN_WAIT1 CLOSE");
	judge_time(judge, &(struct figure){
				  .name = "lifetime_over_100_s",
				  .says = value_time(100 * NS_PER_S, INT64_MAX),
				  .predicts = span_value(eight.model.give_up),
				  .measured = measure_until_end(judge, SIDE_SERVER, "s2",
	                                                        when_sent(&eight.fins)),
				  .rule = "tcp_orphan_retries(): 8 where 0 and the socket is alive",
				  .unpredicted = eight.unpredicted,
				  .predicted_from = eight.predicted_from,
			  });
}

const struct probe probe_orphan_zero_means_eight = {
	.id = "orphan.zero-means-eight",
	.title = "tcp_orphan_retries 0 against 8",
	.question = "Does an orphan under tcp_orphan_retries 0 do what one under 8 does?",
	.kernel_path = "tcp_orphan_retries(), tcp_write_timeout(), retransmits_timed_out()",
	.wire = WIRE_KERNEL,
	.slow = true,
	.claims = {{"orphan.zero-means-eight", "A",
                    "tcp_orphan_retries 0 behaves as 8: over 100 s at an RTO of 200 ms."}},
	.sysctls = {{"client:net.ipv4.tcp_orphan_retries", "0", "0"},
                    {"server:net.ipv4.tcp_orphan_retries", "8", "8"}},
	.run = run,
	.judge = judge,
};
