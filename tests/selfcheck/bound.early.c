// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A time that is too short by a nanosecond more than a late tick hides (model/timer.h).
 * Expected: model_failed, exit 1.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	const int64_t hides_ns = model_tick_hides_ns(story->rec);

	judge_claim(judge, "bound.early");
	judge_time(judge,
	           &(struct figure){
			   .name = "figure",
			   .predicts = value_time(3 * NS_PER_S, 5 * NS_PER_S),
			   .measured = {.value = value_time(NS_PER_S, 3 * NS_PER_S - hides_ns - 1)},
			   .rule = "none: a selfcheck",
		   });
}

const struct probe probe_bound_early = {
	.id = "bound.early",
	.title = "A value just outside its bound",
	.question = "A value just outside its bound: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"bound.early", "-", "3 to 5."}},
	.run = run,
	.judge = judge,
};
