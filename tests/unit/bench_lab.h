/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_lab: a bench in a child of its own, as the supervisor makes one, for tests on it. */
#ifndef FINWAIT_TESTS_BENCH_LAB_H
#define FINWAIT_TESTS_BENCH_LAB_H

#include <time.h>

#include "../../harness/step/bench.h"
#include "../../netns/features.h"
#include "child_lab.h"

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

typedef void (*body_fn)(struct bench *bench, struct report *report);

struct plan {
	body_fn body;
	enum bench_wire wire;
	unsigned int mtu;
	bool nobody;
};

static void bench_run(const void *arg, struct report *report)
{
	const struct plan *plan = arg;
	struct bench_config config = {.wire = plan->wire, .mtu = plan->mtu};
	struct fault f = {0};
	int64_t start_ns;
	struct bench bench;
	int rc;

	expect(report, !plan->nobody || become_nobody(), NULL, "become nobody");
	config.userns = geteuid() != 0;
	start_ns = now_ns();
	rc = bench_create(&bench, &config, &f);
	report->create_ns = now_ns() - start_ns;
	expect(report, !rc, &f, "create a bench");
	if (!rc)
		plan->body(&bench, report);
	bench_close(&bench);
}

static bool benches_here(bool root)
{
	struct netns_feature_state state[NETNS_FEATURE_COUNT];
	enum netns_feature needed = root ? NETNS_FEATURE_NETNS : NETNS_FEATURE_USERNS;

	if (netns_features_try(geteuid() == 0, state, NULL))
		return false;
	if (!state[needed].present)
		print_message("no benches here: %s\n", state[needed].why);
	return state[needed].present;
}

static struct report on_bench(const struct plan *plan)
{
	return in_child(bench_run, plan);
}

#endif
