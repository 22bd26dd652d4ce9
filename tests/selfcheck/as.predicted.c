// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control: everything holds. Expected: ok, exit 0.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "as.predicted");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_as_predicted = {
	.id = "as.predicted",
	.title = "All three figures are the same",
	.question = "All three figures are the same: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"as.predicted", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
