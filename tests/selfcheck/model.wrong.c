// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model is wrong, the article is right.
 * Expected: model_failed, exit 1, verdict confirmed.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "model.wrong");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(4),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_model_wrong = {
	.id = "model.wrong",
	.title = "The model predicts 4, it is 3",
	.question = "The model predicts 4, it is 3: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"model.wrong", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
