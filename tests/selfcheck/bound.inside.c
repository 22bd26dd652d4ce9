// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counts and times on the very edge of their bounds.
 * Expected: ok, exit 0.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct record *rec, struct judge *judge)
{
	(void)rec;
	judge_claim(judge, "bound.inside");
	judge_compare(judge, &(struct comparison){
				     .name = "lowest",
				     .unit = "count",
				     .says = value_counts(3, 5),
				     .predicts = value_counts(3, 5),
				     .measured = value_count(3),
				     .rule = "none: a selfcheck",
			     });
	judge_compare(judge, &(struct comparison){
				     .name = "highest",
				     .unit = "count",
				     .says = value_counts(3, 5),
				     .predicts = value_counts(3, 5),
				     .measured = value_count(5),
				     .rule = "none: a selfcheck",
			     });
	judge_compare(judge, &(struct comparison){
				     .name = "shortest",
				     .unit = "count",
				     .says = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				     .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				     .measured = value_time(2 * NS_PER_S, 3 * NS_PER_S),
				     .rule = "none: a selfcheck",
			     });
	judge_compare(judge, &(struct comparison){
				     .name = "longest",
				     .unit = "count",
				     .says = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				     .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				     .measured = value_time(5 * NS_PER_S, 6 * NS_PER_S),
				     .rule = "none: a selfcheck",
			     });
}

const struct probe probe_bound_inside = {
	.id = "bound.inside",
	.title = "Values on the edge of their bounds",
	.question = "Values on the edge of their bounds: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"bound.inside", "-", "3 to 5."}},
	.run = run,
	.judge = judge,
};
