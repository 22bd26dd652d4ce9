// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A probe that looks on for an hour.
 * Expected with --time-limit 1: timed_out, exit 3; what it recorded is kept.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	observe_for(run, 3600 * 1000, "nothing happens");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "never.ends");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_never_ends = {
	.id = "never.ends",
	.title = "run() takes an hour",
	.question = "run() takes an hour: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"never.ends", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
