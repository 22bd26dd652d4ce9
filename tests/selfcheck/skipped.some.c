// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One comparison of two is skipped, the other one fails: a skip hides nothing.
 * Expected: model_failed, exit 1.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "skipped.some");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.skip = "not on this kernel"},
				   .rule = "none: a selfcheck",
			   });
	judge_count(judge, &(struct figure){
				   .name = "other_figure",
				   .says = value_count(3),
				   .predicts = value_count(4),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_skipped_some = {
	.id = "skipped.some",
	.title = "One finding is skipped, one fails",
	.question = "One finding is skipped, one fails: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"skipped.some", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
