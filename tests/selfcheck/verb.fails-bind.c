// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A second listener on a port that has one.
 * Expected: error, exit 3, naming the step, the socket and the errno.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	sock_listen(run, SIDE_SERVER, 8080);
	sock_listen(run, SIDE_SERVER, 8080);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "verb.fails-bind");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_verb_fails_bind = {
	.id = "verb.fails-bind",
	.title = "bind() to a port in use",
	.question = "bind() to a port in use: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"verb.fails-bind", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
