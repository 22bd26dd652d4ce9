// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A socket that is not connected is shut down.
 * Expected: error, exit 3, naming the step, the socket and the errno;
 * what happened before is kept.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_shutdown(sock_open(run, SIDE_CLIENT), SHUT_WR);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "verb.fails-shutdown");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_verb_fails_shutdown = {
	.id = "verb.fails-shutdown",
	.title = "shutdown() without a connection",
	.question = "shutdown() without a connection: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"verb.fails-shutdown", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
