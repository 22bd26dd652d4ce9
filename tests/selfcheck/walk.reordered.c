// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk predicted has the right states in the wrong order: also without eBPF, where a
 * state may be missed, this is no walk with one left out.
 * Expected: model_failed, exit 1.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "walk.reordered");
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .predicts = "ESTABLISHED SYN_SENT",
				  .rule = "none: a selfcheck",
			  });
}

const struct probe probe_walk_reordered = {
	.id = "walk.reordered",
	.title = "The states come in another order than predicted",
	.question =
		"The states come in another order than predicted: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"walk.reordered", "-", "ESTABLISHED, SYN_SENT."}},
	.run = run,
	.judge = judge,
};
