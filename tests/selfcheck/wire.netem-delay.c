// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netem on the kernel wire: a delay of 50 ms each way makes an RTT of 100 ms, as the
 * client's own estimate has it. tc-netem(8).
 */
#include "../../harness/probe.h"

#define DELAY_US 50000

static void run(struct probe_run *run)
{
	const struct wire_quality slow = {.delay_us = DELAY_US};
	struct sock *client, *server;

	for (int side = 0; side < SIDE_COUNT; side++)
		wire_set_quality(run, (enum side)side, &slow);
	flow_establish(run, 8080, &client, &server);
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct sample *rtt = query_rto(story->rec, SIDE_CLIENT, "c1", INT64_MAX);
	/* a real machine may be late each way; virtual time has only the instructions */
	int64_t late_ns = strcmp(story->rec->run.clock, "virtual")
	                          ? 2 * story->rec->slack_ms * NS_PER_MS
	                          : 100000;
	int64_t measured_ns = rtt ? rtt->rtt_us * 1000LL : 0;

	judge_claim(judge, "wire.netem-delay");
	judge_time(judge, &(struct figure){
				  .name = "rtt",
				  .predicts = value_time(2 * DELAY_US * 1000LL,
	                                                 2 * DELAY_US * 1000LL + late_ns),
				  .measured = {.value = rtt ? value_time(measured_ns, measured_ns)
	                                                    : value_none(),
	                                       .rests_on = RESTS_ON(OBSERVER_DIAG),
	                                       .to_ns = story->end_ns},
				  .rule = "tcp_rtt_estimator() of the first sample",
			  });
}

const struct probe probe_wire_netem_delay = {
	.id = "wire.netem-delay",
	.title = "netem delays both ways",
	.question = "Is the RTT over a wire that delays by 50 ms each way 100 ms?",
	.kernel_path = "netem_enqueue(), tcp_rtt_estimator()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.netem-delay", "-", "The RTT is twice the delay."}},
	.run = run,
	.judge = judge,
};
