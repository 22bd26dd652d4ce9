// SPDX-License-Identifier: GPL-2.0-or-later
#include "ready.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../vm/vm.h"

static size_t processors(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) < 0 ? 1 : (size_t)CPU_COUNT(&cpus);
}

static bool source_boots(const struct source *source)
{
	return !source->path && !source_is_host(source);
}

static void source_make_ready(const struct source *source, bool real)
{
	const struct vm_config config = {.real = real};
	struct vm_machine vm;
	struct vm_kernel kernel;
	struct fault ignored;

	if (kernel_find(source->name, &kernel, &ignored) == 0 &&
	    vm_prepare(&kernel, &config, &vm, &ignored) == 0)
		vm_release(&vm);
}

/* Of the kernels that boot, all but the first are shared out among @count processes. */
static _Noreturn void ready_child(const struct collect *c, size_t index, size_t count, pid_t parent)
{
	size_t place = 0;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
	for (size_t i = 0; i < c->count; i++) {
		if (!source_boots(&c->sources[i]))
			continue;
		if (place && (place - 1) % count == index)
			source_make_ready(&c->sources[i], c->request.clock_real);
		place++;
	}
	_exit(EXIT_SUCCESS);
}

void ready_start(const struct collect *c, struct ready *ready)
{
	size_t boots = 0, count = processors() - 1;
	pid_t parent = getpid();

	*ready = (struct ready){0};
	for (size_t i = 0; i < c->count; i++)
		boots += source_boots(&c->sources[i]);
	if (boots < 2)
		return;
	count = count < boots - 1 ? count : boots - 1;
	ready->pids = calloc(count + 1, sizeof(*ready->pids));
	if (!ready->pids) /* it takes longer, no more */
		return;
	for (size_t i = 0; i < count; i++) {
		pid_t pid = fork();

		if (!pid)
			ready_child(c, i, count, parent);
		if (pid > 0) /* else there is no help: it takes longer */
			ready->pids[ready->count++] = pid;
	}
}

void ready_end(struct ready *ready, bool at_once)
{
	for (size_t i = 0; i < ready->count; i++) {
		if (at_once)
			kill(ready->pids[i], SIGKILL);
		while (waitpid(ready->pids[i], NULL, 0) < 0 && errno == EINTR)
			;
	}
	free(ready->pids);
	*ready = (struct ready){0};
}
