// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The article is wrong, the model is right: a finding, not a failure.
 * Expected: ok, exit 0, verdict refuted.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "article.wrong");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(4),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_article_wrong = {
	.id = "article.wrong",
	.title = "The article says 4, it is 3",
	.question = "The article says 4, it is 3: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"article.wrong", "-", "The figure is 4."}},
	.run = run,
	.judge = judge,
};
