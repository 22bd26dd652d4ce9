/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_lab: a bench in a child of its own, as the supervisor makes one, for tests on it. */
#ifndef FINWAIT_TESTS_BENCH_LAB_H
#define FINWAIT_TESTS_BENCH_LAB_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../harness/step/bench.h"
#include "../../netns/features.h"

#define NOBODY 65534

struct report {
	char failure[512]; /* the first one; "" for none */
	int64_t create_ns, connect_ns;
	uint32_t retransmits;
};

static void expect(struct report *report, bool ok, const struct fault *f, const char *fmt, ...)
	PRINTF(4, 5);

static void expect(struct report *report, bool ok, const struct fault *f, const char *fmt, ...)
{
	char what[160], fault[sizeof(f->what) + sizeof(f->extack) + 64];
	va_list ap;

	if (ok || report->failure[0])
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(report->failure, sizeof(report->failure), "%s [%s]", what,
	         fault_text(f, fault, sizeof(fault)));
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static bool become_nobody(void)
{
	return !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY) && !prctl(PR_SET_DUMPABLE, 1);
}

/* Under ASan: what the child has lost until now. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

typedef void (*body_fn)(struct bench *bench, struct report *report);

struct plan {
	body_fn body;
	enum bench_wire wire;
	unsigned int mtu;
	bool nobody;
};

static void child_run(const struct plan *plan, int pipe_fd)
{
	struct bench_config config = {.wire = plan->wire, .mtu = plan->mtu};
	struct report report = {0};
	struct fault f = {0};
	int64_t start_ns;
	struct bench bench;
	int rc;

	expect(&report, !plan->nobody || become_nobody(), NULL, "become nobody");
	config.userns = geteuid() != 0;
	start_ns = now_ns();
	rc = bench_create(&bench, &config, &f);
	report.create_ns = now_ns() - start_ns;
	expect(&report, !rc, &f, "create a bench");
	if (!rc)
		plan->body(&bench, &report);
	bench_close(&bench);
	if (__lsan_do_recoverable_leak_check)
		expect(&report, !__lsan_do_recoverable_leak_check(), NULL, "memory was lost");
	_exit(write(pipe_fd, &report, sizeof(report)) != sizeof(report));
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
	struct report report = {0};
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child_run(plan, ends[1]);
	close(ends[1]);
	if (read(ends[0], &report, sizeof(report)) != sizeof(report))
		snprintf(report.failure, sizeof(report.failure), "the child died without a word");
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return report;
}

#endif
