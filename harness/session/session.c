// SPDX-License-Identifier: GPL-2.0-or-later
#include "session.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>

#include "files.h"
#include "session_parts.h"

/*
 * A probe waits for timers most of its time: over the quick set it takes a tenth of a processor,
 * and more while its namespaces are made. So many side by side leave enough that none is late.
 * Those that wait for minutes take next to nothing, and would take hours one after another.
 */
#define PROBES_A_PROCESSOR 8

void session_result_clear(struct session_result *result)
{
	records_free(result->records, result->count);
	phases_free(&result->phases);
	*result = (struct session_result){0};
}

/* ---- what is said ---- */

void session_say(const struct session *session, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (session->hooks->say)
		session->hooks->say(line, session->hooks->arg);
}

enum exit_code session_stop(struct session *session, enum exit_code code, const struct fault *fault)
{
	fault_text(fault, session->result->why, sizeof(session->result->why));
	return code;
}

/* A request that cannot be. Of the commonest mistakes the words say all; errno adds nothing. */
static enum exit_code session_refuse(struct session *session, const struct fault *fault)
{
	return session_stop(session, fault->err == ENOMEM ? EXIT_NOT_RUN : EXIT_USAGE, fault);
}

/* ---- the target ---- */

static enum exit_code session_on_guest(struct session *session, const struct machine *machine,
                                       struct plan *plan)
{
	size_t phases = session->request->phase_count ? session->request->phase_count : 1;
	struct fault fault;
	char line[512];
	int err = vm_expect(session->vm, plan->count * phases, session->jobs, &fault);

	if (err == -EINTR)
		return session_stop(session, EXIT_NOT_RUN, &fault);
	if (err)
		session_say(session, "each guest is restored, which takes longer: %s",
		            fault_text(&fault, line, sizeof(line)));
	return session_carry_out(session, machine, plan);
}

/* A guest costs a restore: what the probes set by themselves is tried when they run. */
static int session_check_sysctls(const struct session *session, const struct machine *machine,
                                 const struct plan *plan, struct fault *f)
{
	if (!session->vm)
		return plan_check_sysctls(plan, !machine->root, f);
	return session->request->sets.count ? vm_check_sysctls(plan, session->vm, f) : 0;
}

static enum exit_code session_on(struct session *session, struct machine *machine)
{
	const struct machine_feature *lacking = machine_lacks(machine);
	struct plan_request asked = request_plan(session->request, session->target);
	struct fault fault;
	struct plan plan;
	enum exit_code code;

	if (lacking) {
		snprintf(session->result->why, sizeof(session->result->why),
		         "no probe can run here: %s: %s%s%s", lacking->name, lacking->why,
		         lacking->help[0] ? "; helps: " : "", lacking->help);
		return EXIT_NOT_RUN;
	}
	if (plan_make(&asked, &machine->info, &plan, &fault) < 0)
		return session_refuse(session, &fault);
	if (session_check_sysctls(session, machine, &plan, &fault) == 0)
		code = session->vm ? session_on_guest(session, machine, &plan)
		                   : session_carry_out(session, machine, &plan);
	else if (session->request->sets.count)
		code = session_refuse(session, &fault);
	else
		code = session_stop(session, EXIT_NOT_RUN, &fault);
	plan_free(&plan);
	return code;
}

static unsigned int processors(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned int)CPU_COUNT(&cpus) : 1;
}

/* As many as are to run side by side: eBPF has a slot for each. */
static int places_count(const struct session *session, unsigned int *places, struct fault *f)
{
	struct plan_request asked = request_plan(session->request, session->target);
	struct plan plan;
	int err = plan_make(&asked, &(struct run_info){0}, &plan, f);

	if (err)
		return err;
	*places = session->jobs && session->jobs < plan.count ? session->jobs
	                                                      : (unsigned int)plan.count;
	plan_free(&plan);
	return 0;
}

static enum exit_code session_on_host(struct session *session)
{
	struct machine machine;
	struct fault fault;
	unsigned long long files;
	unsigned int places = 0;
	enum exit_code code;

	if (!session->jobs && !request_is_faithful(session->request, session->target))
		session->jobs = PROBES_A_PROCESSOR * processors();
	if (places_count(session, &places, &fault) < 0)
		return session_refuse(session, &fault);
	if (files_allow(&files, &fault) < 0 || machine_find(&machine, places, &fault) < 0)
		return session_stop(session, EXIT_NOT_RUN, &fault);
	code = session_on(session, &machine);
	machine_release(&machine);
	return code;
}

static void say_clock(const struct session *session)
{
	switch (session->vm->clock) {
	case QEMU_VIRTUAL:
	case QEMU_CLOCK_COUNT:
		break;
	case QEMU_REAL_TCG:
		session_say(session, "real time without KVM, slowly (%s)", session->vm->clock_why);
		break;
	case QEMU_REAL_KVM:
		session_say(session, "real time, with KVM");
		break;
	}
}

static enum exit_code session_on_kernel(struct session *session, struct vm_machine *vm)
{
	struct vm_config config = {
		.real = session->request->clock_real,
		.time_limit_s = session->time_limit_s,
	};
	struct machine machine = {0};
	struct vm_kernel kernel;
	struct fault fault;
	enum exit_code code;

	if (kernel_find(session->target->kernel, &kernel, &fault) < 0)
		return session_stop(session, EXIT_NOT_RUN, &fault);
	if (session->hooks->progress)
		session->hooks->progress(&(struct progress){.preparing = kernel.release},
		                         session->hooks->arg);
	if (vm_prepare(&kernel, &config, vm, &fault) < 0)
		return session_stop(session, EXIT_NOT_RUN, &fault);
	session->vm = vm;
	say_clock(session);
	if (!session->jobs)
		session->jobs = processors();
	session->time_limit_s += GUEST_LIMIT_MARGIN_S;
	machine.info = vm->info;
	code = session_on(session, &machine);
	vm_release(vm);
	return code;
}

enum exit_code session_run(const struct request *request, const struct target *target,
                           const struct session_hooks *hooks, struct session_result *result)
{
	struct session session = {
		.request = request,
		.target = target,
		.hooks = hooks,
		.result = result,
		.jobs = request->jobs,
		.time_limit_s = request->time_limit_s ? request->time_limit_s : TIME_LIMIT_S,
		.times = {.seed = request->seed},
	};
	struct vm_machine vm;
	struct fault fault;

	*result = (struct session_result){0};
	/* Mistakes in the request come before anything is tried. */
	if (request_check(request, target, &fault) < 0)
		return session_refuse(&session, &fault);
	return target->kernel ? session_on_kernel(&session, &vm) : session_on_host(&session);
}
