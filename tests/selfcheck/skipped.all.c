// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every comparison is skipped on purpose.
 * Expected: skipped, exit 4.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "skipped.all");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.skip = "not on this kernel"},
				   .rule = "none: a selfcheck",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "other_figure",
			    .says = value_count(3),
			    .predicts = value_count(3),
			    .measured = {.value = value_count(3), .skip = "not on this kernel"},
			    .rule = "none: a selfcheck",
		    });
}

const struct probe probe_skipped_all = {
	.id = "skipped.all",
	.title = "Every finding is skipped",
	.question = "Every finding is skipped: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"skipped.all", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
