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

static void judge(const struct record *rec, struct judge *judge)
{
	struct fin_loss zero, eight;

	fin_loss_measure(rec, SIDE_CLIENT, "c1", &zero);
	fin_loss_measure(rec, SIDE_SERVER, "s2", &eight);
	judge_claim(judge, "orphan.zero-means-eight");
	fin_loss_judge(judge, &zero, value_count((int64_t)eight.fins.count));
	judge_compare(judge,
	              &(struct comparison){
			      .name = "lifetime_over_100_s",
			      .unit = "s",
			      .says = value_time(100 * NS_PER_S, INT64_MAX),
			      .predicts = span_value(eight.model.give_up),
			      .measured = eight.lifetime,
			      .rests_on = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
			      .rule = "tcp_orphan_retries(): 8 where 0 and the socket is alive",
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
