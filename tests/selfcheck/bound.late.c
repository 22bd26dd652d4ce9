// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A value just outside its bound.
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
	judge_claim(judge, "bound.late");
	judge_time(judge, &(struct figure){
				  .name = "figure",
				  .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				  .measured = {.value = value_time(5 * NS_PER_S + 1, 6 * NS_PER_S)},
				  .rule = "none: a selfcheck",
			  });
}

const struct probe probe_bound_late = {
	.id = "bound.late",
	.title = "A value just outside its bound",
	.question = "A value just outside its bound: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"bound.late", "-", "3 to 5."}},
	.run = run,
	.judge = judge,
};
