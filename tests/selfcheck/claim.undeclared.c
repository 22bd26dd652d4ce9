// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A claim is judged that the probe never declared.
 * Expected: error, exit 3.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "claim.undeclared");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
	judge_claim(judge, "claim.stranger");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_claim_undeclared = {
	.id = "claim.undeclared",
	.title = "An undeclared claim is judged",
	.question = "An undeclared claim is judged: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"claim.undeclared", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
