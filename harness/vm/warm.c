// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * warm. Theory of operation
 *
 * QEMU translates code of the guest when it runs for the first time, which takes longer than
 * to run it some hundred times. A machine that is to multiply (stem.h) goes through here, and
 * its forks find translated what any probe needs: sockets, wires, readings, lines. So
 * these two are chosen for the code that they touch, not for what they ask: with six the stem
 * stood 2 s later, and the whole catalog took no less after it. All machines of
 * a kernel must be the same to the bit: those that do not multiply were here, too, before
 * their snapshot was taken.
 */
#include "warm.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../run/plan.h"
#include "../step/run.h"

static const char *const probes[] = {
	"close.four-waves",
	"wave4.lost",
};

static ssize_t nobody_hears(int fd, const void *data, size_t size)
{
	(void)fd;
	(void)data;
	return (ssize_t)size;
}

static _Noreturn void warm_child(const struct machine *machine, struct run_plan *run, pid_t keeper)
{
	run->trace = machine->trace;
	run->parent = keeper;
	run->out_write = nobody_hears;
	run->judged_outside = true;
	snprintf(run->trace_absent, sizeof(run->trace_absent), "%s", machine->trace_absent);
	run_probe(run_prepare(run, run->probe->wire), run, -1);
}

static void warm_run(const struct machine *machine, struct run_plan *run)
{
	pid_t keeper = getpid(), pid = fork();

	if (!pid)
		warm_child(machine, run, keeper);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (machine->trace)
		trace_unwatch(machine->trace, run->trace_slot);
}

static void warm_probe(const struct machine *machine, const char *id)
{
	static const struct settings none;
	const struct plan_request request = {
		.patterns = &id,
		.pattern_count = 1,
		.sets = &none,
		.params = &none,
		.families = {[FAMILY_IPV4] = true, [FAMILY_IPV6] = true},
	};
	struct fault ignored;
	struct plan plan;

	if (plan_make(&request, &machine->info, &plan, &ignored) < 0)
		return;
	for (size_t i = 0; i < plan.count; i++)
		if (!plan.items[i].skip)
			warm_run(machine, &plan.items[i].run);
	plan_free(&plan);
}

void warm_up(const struct machine *machine)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		warm_probe(machine, probes[i]);
}
