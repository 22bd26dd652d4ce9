// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The state that is waited for never comes: nothing can be concluded.
 * Expected: inconclusive, exit 3, saying which state and where it stands instead.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, STATE_TIME_WAIT); /* the server never closes */
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "precondition.unmet");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_precondition_unmet = {
	.id = "precondition.unmet",
	.title = "A state that never comes is waited for",
	.question = "A state that never comes is waited for: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"precondition.unmet", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
