/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child_lab: a test's work in a child, which tells its first failure through a pipe. */
#ifndef FINWAIT_TESTS_CHILD_LAB_H
#define FINWAIT_TESTS_CHILD_LAB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../harness/base/fault.h"

#define NOBODY 65534

struct report {
	char failure[512]; /* the first one; "" for none */
	int64_t create_ns, connect_ns; /* of a bench */
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

static bool become_nobody(void)
{
	return !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY) && !prctl(PR_SET_DUMPABLE, 1);
}

/* Under ASan: what the child has lost until now. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

typedef void (*child_fn)(const void *arg, struct report *report);

static struct report in_child(child_fn body, const void *arg)
{
	struct report report = {0};
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		body(arg, &report);
		if (__lsan_do_recoverable_leak_check)
			expect(&report, !__lsan_do_recoverable_leak_check(), NULL,
			       "memory was lost");
		_exit(write(ends[1], &report, sizeof(report)) != sizeof(report));
	}
	close(ends[1]);
	if (read(ends[0], &report, sizeof(report)) != sizeof(report))
		snprintf(report.failure, sizeof(report.failure), "the child died without a word");
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return report;
}

#endif
