// SPDX-License-Identifier: GPL-2.0-or-later
/* A limit counts what a process gets of the machine: waiting for a processor is not its fault. */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../harness/base/clock.h"
#include "../../harness/vm/limit.h"

#define COMPETITORS 4

/* A process on @cpu: busy, or asleep until it is killed. */
static pid_t child_start(int cpu, bool busy)
{
	pid_t pid = fork();
	cpu_set_t cpus;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	CPU_ZERO(&cpus);
	CPU_SET((size_t)cpu, &cpus);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sched_setaffinity(0, sizeof(cpus), &cpus) < 0)
		_exit(1);
	for (volatile unsigned int turns = 0; busy; turns++)
		;
	for (;;)
		pause();
}

static void child_end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void wait_until(int64_t end_ns)
{
	while (clock_mono_ns() < end_ns)
		;
}

static void a_process_without_a_processor_has_longer(void **state)
{
	int cpu = sched_getcpu();
	pid_t pids[COMPETITORS + 1];
	struct limit limit;

	(void)state;
	for (int i = 0; i <= COMPETITORS; i++)
		pids[i] = child_start(cpu, true);
	limit = limit_begin(pids[0], 300);
	/* it gets a fifth of the time: 80 ms of 400 */
	wait_until(limit.began_ns + 400 * NS_PER_MS);
	/* a wait is counted once it is over, which takes longer on a busy machine */
	while (!limit_left_ms(&limit) && clock_mono_ns() < limit.began_ns + 20 * NS_PER_S)
		;
	assert_true(limit_left_ms(&limit) > 0);
	for (int i = 0; i <= COMPETITORS; i++)
		child_end(pids[i]);
	/* gone, it waits for nothing */
	assert_int_equal(limit_left_ms(&limit), 0);
}

static void a_process_that_waits_for_something_else_has_not(void **state)
{
	pid_t pid = child_start(sched_getcpu(), false);
	struct limit limit = limit_begin(pid, 100);

	(void)state;
	assert_true(limit_left_ms(&limit) > 0 && limit_left_ms(&limit) <= 101);
	/* its start may have had to wait for a processor on a busy machine */
	while (limit_left_ms(&limit) && clock_mono_ns() < limit.began_ns + 20 * NS_PER_S)
		;
	assert_int_equal(limit_left_ms(&limit), 0);
	child_end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_without_a_processor_has_longer),
		cmocka_unit_test(a_process_that_waits_for_something_else_has_not),
	};

	return cmocka_run_group_tests_name("vm_limit", tests, NULL, NULL);
}
