// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk predicted has a state that the socket never enters.
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
	judge_claim(judge, "walk.differs");
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = "SYN_SENT ESTABLISHED",
				  .predicts = "SYN_SENT ESTABLISHED FIN_WAIT1",
				  .rule = "none: a selfcheck",
			  });
}

const struct probe probe_walk_differs = {
	.id = "walk.differs",
	.title = "The states differ from those predicted",
	.question = "The states differ from those predicted: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"walk.differs", "-", "SYN_SENT, ESTABLISHED."}},
	.run = run,
	.judge = judge,
};
