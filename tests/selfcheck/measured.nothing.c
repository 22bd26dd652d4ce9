// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the claim is about did not happen: there is nothing to compare.
 * Expected: inconclusive, exit 3, with the reason of the comparison.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "measured.nothing");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.why_not = "the figure was never shown"},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_measured_nothing = {
	.id = "measured.nothing",
	.title = "Nothing was measured",
	.question = "Nothing was measured: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"measured.nothing", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
