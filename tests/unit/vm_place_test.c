// SPDX-License-Identifier: GPL-2.0-or-later
/* A processor each: no two processes have the same, nobody has one that it may not run on. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../harness/vm/place.h"

#define ASKED 8

/* A network namespace of our own: a finwait that runs beside us has other places. */
static int alone(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		print_message("SKIP: needs a network namespace of its own\n");
	return 0;
}

/* A process that takes a place, tells which, and keeps it until nobody can write to @hold. */
static pid_t taker_start(int answers, const int hold[2])
{
	pid_t pid = fork();
	int cpu;
	char byte;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	close(hold[1]);
	cpu = place_take();
	if (write(answers, &cpu, sizeof(cpu)) != sizeof(cpu))
		_exit(1);
	_exit(read(hold[0], &byte, 1) == 0 ? 0 : 1);
}

static void places_are_taken_once(void **state)
{
	int answers[2], hold[2], taken = 0;
	pid_t pids[ASKED];
	cpu_set_t may, had;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(may), &may), 0);
	CPU_ZERO(&had);
	assert_int_equal(pipe(answers), 0);
	assert_int_equal(pipe(hold), 0);
	for (int i = 0; i < ASKED; i++) {
		int cpu;

		pids[i] = taker_start(answers[1], hold);
		assert_int_equal(read(answers[0], &cpu, sizeof(cpu)), sizeof(cpu));
		if (cpu < 0)
			continue;
		assert_true(CPU_ISSET((size_t)cpu, &may));
		assert_false(CPU_ISSET((size_t)cpu, &had));
		CPU_SET((size_t)cpu, &had);
		taken++;
	}
	close(hold[1]);
	for (int i = 0; i < ASKED; i++)
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	assert_int_equal(taken, CPU_COUNT(&may) < ASKED ? CPU_COUNT(&may) : ASKED);
}

static void a_place_is_free_again(void **state)
{
	cpu_set_t before, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	for (int i = 0; i < 3; i++) {
		int answers[2], hold[2], cpu, status;
		pid_t pid;

		assert_int_equal(pipe(answers), 0);
		assert_int_equal(pipe(hold), 0);
		pid = taker_start(answers[1], hold);
		assert_int_equal(read(answers[0], &cpu, sizeof(cpu)), sizeof(cpu));
		assert_true(cpu >= 0 && CPU_ISSET((size_t)cpu, &one));
		close(hold[1]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_taken_once),
		cmocka_unit_test(a_place_is_free_again),
	};

	return cmocka_run_group_tests_name("vm_place", tests, alone, NULL);
}
