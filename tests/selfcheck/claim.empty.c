// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A claim is named in judge(), and nothing is compared.
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
	judge_claim(judge, "claim.empty");
}

const struct probe probe_claim_empty = {
	.id = "claim.empty",
	.title = "A claim has no finding",
	.question = "A claim has no finding: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"claim.empty", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
