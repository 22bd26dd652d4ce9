// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The article is right in one of two cases.
 * Expected: ok, exit 0, both verdicts qualified.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "article.qualified");
	for (int day = 1; day <= 2; day++) {
		judge_case(judge, "day %d", day);
		judge_count(judge, &(struct figure){
					   .name = "figure",
					   .says = value_count(2),
					   .predicts = value_count(day),
					   .measured = {.value = value_count(day)},
					   .rule = "none: a selfcheck",
				   });
	}
}

const struct probe probe_article_qualified = {
	.id = "article.qualified",
	.title = "The article is right on the second day",
	.question = "The article is right on the second day: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"article.qualified", "-", "The figure is 2."}},
	.run = run,
	.judge = judge,
};
