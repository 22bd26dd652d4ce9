// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run() never returns and waits for nothing.
 * Expected with --time-limit 1: timed_out, exit 3; in a guest what was observed is kept.
 */
#include "../../harness/probe.h"

static volatile bool on = true;

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
	while (on)
		;
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "never.ends-run");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_never_ends_run = {
	.id = "never.ends-run",
	.title = "run() never returns",
	.question = "run() never returns: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"never.ends-run", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
