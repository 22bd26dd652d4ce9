// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A probe that needs a kernel of its own, on a host and over IPv4. Expected: skipped with that reason
 * before a bench is made.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "it was run after all");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "needs.vm");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_needs_vm = {
	.id = "needs.vm",
	.title = "A probe that needs a kernel of its own",
	.question = "Is it skipped where that is missing?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.needs = NEEDS_VM,
	.claims = {{"needs.vm", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
