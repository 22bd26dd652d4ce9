// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A count is compared to a time: never the same, whatever the numbers.
 * Expected: error, exit 3: the probe is wrong, not the kernel.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "kind.differs");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .predicts = value_time(3, 3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_kind_differs = {
	.id = "kind.differs",
	.title = "A count against a time",
	.question = "A count against a time: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"kind.differs", "-", "3."}},
	.run = run,
	.judge = judge,
};
