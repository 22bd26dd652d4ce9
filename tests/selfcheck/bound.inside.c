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

static void judge(const struct story *story, struct judge *judge)
{
	const int64_t hides_ns = model_tick_hides_ns(story->rec);

	judge_claim(judge, "bound.inside");
	judge_count(judge, &(struct figure){
				   .name = "lowest",
				   .says = value_counts(3, 5),
				   .predicts = value_counts(3, 5),
				   .measured = {.value = value_count(3)},
				   .rule = "none: a selfcheck",
			   });
	judge_count(judge, &(struct figure){
				   .name = "highest",
				   .says = value_counts(3, 5),
				   .predicts = value_counts(3, 5),
				   .measured = {.value = value_count(5)},
				   .rule = "none: a selfcheck",
			   });
	judge_time(judge, &(struct figure){
				  .name = "shortest",
				  .says = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				  .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				  .measured = {.value = value_time(2 * NS_PER_S, 3 * NS_PER_S)},
				  .rule = "none: a selfcheck",
			  });
	judge_time(judge,
	           &(struct figure){
			   .name = "shortened_by_a_tick",
			   .says = value_time(3 * NS_PER_S, 5 * NS_PER_S),
			   .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
			   .measured = {.value = value_time(2 * NS_PER_S, 3 * NS_PER_S - hides_ns)},
			   .rule = "none: a selfcheck",
		   });
	judge_time(judge, &(struct figure){
				  .name = "longest",
				  .says = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				  .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
				  .measured = {.value = value_time(5 * NS_PER_S, 6 * NS_PER_S)},
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
