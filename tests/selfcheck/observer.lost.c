// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * More frames cross the port than the tap's buffer holds, while nobody reads: the tap
 * loses some and counts them. All figures agree, but rest on what was lost.
 * Expected: inconclusive, exit 3, never ok.
 */
#include "../../harness/probe.h"

/* The buffer is 8 MiB, doubled by the kernel; a frame of this size costs over 2 KiB of it. */
#define FRAMES 12000

static void run(struct probe_run *run)
{
	/* nobody answers a reset */
	struct packet reset = {.flags = TCP_FLAG_RST, .len = 1400, .src.port = 1, .dst.port = 2};

	for (int i = 0; i < FRAMES; i++)
		wire_inject(run, SIDE_CLIENT, &reset);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "observer.lost");
	judge_count(judge, &(struct figure){
				   .name = "figure",
				   .says = value_count(3),
				   .predicts = value_count(3),
				   .measured = {.value = value_count(3),
	                                        .rests_on = RESTS_ON(OBSERVER_TAP)},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_observer_lost = {
	.id = "observer.lost",
	.title = "A finding rests on an observer that lost data",
	.question =
		"A finding rests on an observer that lost data: what does the bench make of it?",
	.kernel_path = "-",
	.wire = WIRE_KERNEL,
	.claims = {{"observer.lost", "-", "The figure is 3."}},
	.run = run,
	.judge = judge,
};
