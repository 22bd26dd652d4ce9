// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One source, two rows: what a variant sets is what run() and judge() get.
 * Expected: ok for grid.rows and for grid.rows.retries-two, which differ in a parameter
 * and a sysctl; the user's --param and --set win over both.
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	note(run, "retries are %lld", (long long)param(run, "retries"));
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t retries = 0, sysctl = 0;

	(void)record_param(story->rec, "retries", &retries);
	(void)record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_syn_retries", &sysctl);
	judge_claim(judge, "grid.rows");
	judge_count(judge, &(struct figure){
				   .name = "retries",
				   .says = value_count(retries),
				   .predicts = value_count(retries),
				   .measured = {.value = value_count(sysctl)},
				   .rule = "none: a selfcheck",
			   });
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "retries-two",
		.title = "two retries",
		.params = {{"retries", 2, 2, NULL}},
		.sysctls = {{"net.ipv4.tcp_syn_retries", "2", "2"}},
	},
	{0},
};

const struct probe probe_grid_rows = {
	.id = "grid.rows",
	.title = "A probe with two rows",
	.question = "Does each row have its own parameter and sysctl?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"grid.rows", "-", "The sysctl is what the parameter says."}},
	.sysctls = {{"net.ipv4.tcp_syn_retries", "1", "1"}},
	.params = {{"retries", 1, 1, "what tcp_syn_retries is set to"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
