// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge() dereferences a null pointer.
 * Expected: crashed by SIGSEGV, exit 3; the whole timeline is kept.
 */
#include "../../harness/probe.h"

static volatile int *volatile nowhere;

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "crash.judge");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
	*nowhere = 1;
}

const struct probe probe_crash_judge = {
	.id = "crash.judge",
	.title = "judge() crashes",
	.question = "judge() crashes: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"crash.judge", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
