// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run() dereferences a null pointer after a system call.
 * Expected: crashed by SIGSEGV, exit 3; the timeline up to there is kept.
 */
#include "../../harness/probe.h"

static volatile int *volatile nowhere;

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_send(client, 5);
	*nowhere = 1;
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "crash.run");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_crash_run = {
	.id = "crash.run",
	.title = "run() crashes",
	.question = "run() crashes: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"crash.run", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
