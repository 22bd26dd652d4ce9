// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The article is right under a condition only.
 * Expected: ok, exit 0, verdict qualified.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct record *rec, struct judge *judge)
{
	(void)rec;
	judge_claim(judge, "article.qualified");
	judge_compare(judge, &(struct comparison){
				     .name = "figure",
				     .unit = "count",
				     .says = value_count(4),
				     .predicts = value_count(3),
				     .measured = value_count(3),
				     .qualified = "only on Tuesdays",
				     .rule = "none: a selfcheck",
			     });
}

const struct probe probe_article_qualified = {
	.id = "article.qualified",
	.title = "The article is right on Tuesdays",
	.question = "The article is right on Tuesdays: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"article.qualified", "-", "The figure is 4."}},
	.run = run,
	.judge = judge,
};
