// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A finding rests on an observer that is not there: one host that talks to itself has
 * no wire. All figures agree.
 * Expected: skipped, exit 4, naming the observer and why it was not there.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "nothing is asked of the kernel");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "observer.absent");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3),
	                                        .rests_on = RESTS_ON(OBSERVER_WIRE)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_observer_absent = {
	.id = "observer.absent",
	.title = "A finding rests on an observer that was not there",
	.question = "A finding rests on an observer that was not there: what does the bench make "
		    "of it?",
	.kernel_path = "-",
	.wire = WIRE_NONE,
	.claims = {{"observer.absent", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
