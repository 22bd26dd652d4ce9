// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two claims are declared, one is judged.
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
	judge_claim(judge, "claim.unjudged");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_claim_unjudged = {
	.id = "claim.unjudged",
	.title = "A declared claim is never judged",
	.question = "A declared claim is never judged: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"claim.unjudged", "-", "The figure is 3."},
                   {"claim.forgotten", "-", "Nobody looks at this one."}},
	.run = run,
	.judge = judge,
};
