// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sysctl of the whole machine is set, and the machine is no guest of finwait's.
 * Expected: error, exit 3, before anything is written.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	sysctl_set_machine(run, "net.ipv4.tcp_max_orphans", 1 << 20);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "needs.machine");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_needs_machine = {
	.id = "needs.machine",
	.title = "A sysctl of the whole machine is set",
	.question = "The machine's own sysctl is set: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"needs.machine", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
