// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sysctl that no kernel has is changed in mid-run.
 * Expected: error, exit 3, naming the sysctl and the errno.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	sysctl_set(run, SIDE_CLIENT, "net.ipv4.tcp_no_such_thing", "1");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "verb.fails-sysctl");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_verb_fails_sysctl = {
	.id = "verb.fails-sysctl",
	.title = "A sysctl that does not exist is set",
	.question = "A sysctl that does not exist is set: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"verb.fails-sysctl", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
