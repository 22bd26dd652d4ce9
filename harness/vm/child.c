// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "../record/json.h"
#include "../judge/judge.h"
#include "../step/describe.h"
#include "../step/run.h"
#include "../story/story.h"
#include "place.h"
#include "stem.h"
#include "trouble.h"

#define LOOK_MS 20 /* how often to pass on what a guest in real time has written */

struct vm_run {
	const struct run_plan *plan;
	const struct vm_machine *vm;
	struct qemu qemu;
	uint64_t passed; /* bytes of the record */
	uint32_t told_turn; /* of the guest's wait that was passed on */
	int out_fd;
	int64_t began_ns;
	bool has_result; /* it begins behind what was passed on */
};

static void out_put(const struct vm_run *run, const char *data, size_t size)
{
	if (write_all(run->out_fd, data, size) < 0)
		_exit(EXIT_FAILURE); /* nobody listens any more */
}

static const char *shared_out(const struct vm_run *run)
{
	return (const char *)run->qemu.shared + SHARED_OUT_AT;
}

/* The guest could write any size; its memory ends where it ends. */
static uint64_t shared_out_size(const struct vm_run *run)
{
	uint64_t size = __atomic_load_n(&run->qemu.shared->out_size, __ATOMIC_ACQUIRE);

	return size < SHARED_OUT_MAX ? size : SHARED_OUT_MAX;
}

/* The last whole line of @size bytes from @data on; @length with its newline. NULL: none. */
static const char *line_last(const char *data, size_t size, size_t *length)
{
	const char *end = memrchr(data, '\n', size), *before;

	if (!end)
		return NULL;
	before = memrchr(data, '\n', (size_t)(end - data));
	before = before ? before + 1 : data;
	*length = (size_t)(end + 1 - before);
	return before;
}

/*
 * Whole lines only: what a dying guest tore off is no line. The result, which is the last one
 * that a probe writes, is still to be judged: it is not passed on as it is.
 */
static void vm_pass(struct vm_run *run)
{
	uint64_t size = shared_out_size(run);
	const char *fresh = shared_out(run) + run->passed, *last;
	size_t length;

	if (run->qemu.shared->stage < GUEST_RUNNING || size <= run->passed)
		return;
	last = line_last(fresh, size - run->passed, &length);
	if (!last)
		return;
	run->has_result = json_line_is(last, length, JSON_RESULT);
	size = (uint64_t)(last - fresh) + (run->has_result ? 0 : length);
	out_put(run, fresh, size);
	run->passed += size;
}

/* What the guest says that it waits for, by our clock. It may say anything. */
static void vm_tell(struct vm_run *run)
{
	struct waiting *waiting = run->plan->waiting;
	struct waiting told;
	int64_t until_ns;

	if (!waiting_look(&run->qemu.shared->waiting, &told)) {
		waiting_set(waiting, 0);
		return;
	}
	if (told.turn == run->told_turn ||
	    __builtin_sub_overflow(told.until_ns, told.set_ns, &until_ns) ||
	    __builtin_add_overflow(until_ns, clock_mono_ns(), &until_ns))
		return;
	run->told_turn = told.turn;
	waiting_name(waiting, "%s", told.words);
	waiting_set(waiting, until_ns);
}

/* The record so far, from the lines that were passed on. */
static struct record *vm_record(const struct vm_run *run)
{
	struct record *rec = record_new();
	const char *line = shared_out(run), *end = line + run->passed, *next;
	char why[160];

	for (; rec && line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			break;
		if (json_read_line(rec, line, (size_t)(next - line), why) < 0)
			rec->lost[OBSERVER_STEPS]++;
	}
	if (rec)
		rec->probe = run_name(run->plan, rec);
	return rec;
}

static _Noreturn void vm_tell_result(const struct vm_run *run, struct record *rec)
{
	char *line = story_tell_walks(rec) ? NULL : json_result_line(rec);

	if (!line)
		_exit(EXIT_FAILURE);
	out_put(run, line, strlen(line));
	out_put(run, "\n", 1);
	_exit(EXIT_SUCCESS);
}

static _Noreturn void vm_end(struct vm_run *run, enum outcome outcome, const char *reason)
{
	struct record *rec = vm_record(run);

	qemu_close(&run->qemu);
	if (!rec)
		_exit(EXIT_FAILURE);
	rec->outcome = outcome;
	rec->reason = reason;
	if (rec->event_count)
		rec->elapsed_ns = rec->events[rec->event_count - 1].t_ns;
	vm_tell_result(run, rec);
}

static _Noreturn void vm_fail(struct vm_run *run, const struct fault *fault)
{
	char text[400];

	fault_text(fault, text, sizeof(text));
	vm_end(run, OUTCOME_ERROR, text);
}

/* The guest is over, or has to be; it wrote no result. */
static _Noreturn void vm_explain(struct vm_run *run, bool hangs, int status)
{
	char tail[200], line[140], reason[400], *console = qemu_console(&run->qemu);
	enum trouble trouble = console ? trouble_find(console, line, sizeof(line)) : TROUBLE_NONE;

	free(console);
	if (!*qemu_console_tail(&run->qemu, 4, tail, sizeof(tail)))
		snprintf(tail, sizeof(tail), "nothing was said");
	if (trouble != TROUBLE_NONE) {
		snprintf(reason, sizeof(reason), "the guest's %s: %s; console: %s",
		         trouble_name(trouble), line, tail);
		vm_end(run, OUTCOME_CRASHED, reason);
	}
	if (hangs) {
		snprintf(reason, sizeof(reason),
		         "the guest was still running after %u s (--time-limit); console: %s",
		         run->vm->config.time_limit_s, tail);
		vm_end(run, OUTCOME_TIMED_OUT, reason);
	}
	if (run->qemu.shared->stage == GUEST_FAILED) {
		snprintf(reason, sizeof(reason), "in the guest: %.*s", (int)shared_out_size(run),
		         shared_out(run));
		vm_end(run, OUTCOME_ERROR, reason);
	}
	if (run->qemu.shared->stage == GUEST_DONE) {
		int probe = (int)run->qemu.shared->status;

		if (run->qemu.shared->overflow)
			snprintf(reason, sizeof(reason), "the record is larger than %u MiB",
			         (unsigned int)(SHARED_OUT_MAX >> 20));
		else if (WIFSIGNALED(probe))
			snprintf(reason, sizeof(reason), "killed by SIG%s in the guest",
			         sigabbrev_np(WTERMSIG(probe)) ?: "?");
		else
			snprintf(reason, sizeof(reason),
			         "its process ended with status %d in the guest",
			         WEXITSTATUS(probe));
		vm_end(run, OUTCOME_CRASHED, reason);
	}
	if (run->qemu.line_fd >= 0) /* a fork: nobody hears how it ended */
		snprintf(reason, sizeof(reason), "QEMU has ended: %s",
		         qemu_error_line(&run->qemu, tail, sizeof(tail)));
	else if (WIFSIGNALED(status))
		snprintf(reason, sizeof(reason), "QEMU was killed by SIG%s",
		         sigabbrev_np(WTERMSIG(status)) ?: "?");
	else
		snprintf(reason, sizeof(reason), "QEMU ended with status %d: %s",
		         WEXITSTATUS(status), qemu_error_line(&run->qemu, tail, sizeof(tail)));
	vm_end(run, OUTCOME_ERROR, reason);
}

/* The guest has run the probe to its end, whichever: what it observed is judged here. */
static _Noreturn void vm_conclude(struct vm_run *run)
{
	const char *line = shared_out(run) + run->passed;
	size_t length = shared_out_size(run) - run->passed;
	struct record *rec = vm_record(run);
	char why[160], reason[240];

	if (!rec)
		_exit(EXIT_FAILURE);
	if (json_read_line(rec, line, length, why) != JSON_RESULT) {
		snprintf(reason, sizeof(reason), "read the guest's result: %s", why);
		vm_end(run, OUTCOME_ERROR, reason);
	}
	rec->run = run->plan->info;
	if (record_came_to_judge(rec) && run_conclude(run->plan->probe, rec) < 0)
		_exit(EXIT_FAILURE);
	vm_tell_result(run, rec);
}

/* FINWAIT_GUEST_PANIC=1 is for tests alone: what a guest's panic looks like from here. */
static bool panic_asked(void)
{
	const char *text = getenv("FINWAIT_GUEST_PANIC");

	return text && !strcmp(text, "1");
}

static int job_put(struct qemu *qemu, enum guest_task task, char *job, struct fault *f)
{
	size_t size = job ? strlen(job) : 0;

	if (!job || size > SHARED_JOB_MAX) {
		free(job);
		return fault_set(f, job ? EFBIG : ENOMEM, "hand the job to the guest");
	}
	memcpy((char *)qemu->shared + SHARED_JOB_AT, job, size);
	qemu->shared->job_size = (uint32_t)size;
	qemu->shared->task = task;
	free(job);
	return 0;
}

static int guest_start(struct qemu *qemu, const struct vm_machine *vm, int cpu, struct fault *f)
{
	char vmlinux[CACHE_PATH], initrd[CACHE_PATH];
	struct qemu_config config = {
		.clock = vm->clock,
		.ram_mb = vm->config.ram_mb,
		.ram_fd = vm->warm.ram_fd,
		.state_fd = vm->warm.state_fd < 0 ? -1 : kept_state(&vm->warm),
		.controlled = vm->warm.state_fd >= 0,
		.goes_on = STOP_COUNT,
		.cpu = cpu,
	};
	int err;

	if (vm->stem && stem_fork(vm->stem, qemu, cpu) == 0)
		return 0;
	if (vm->warm.state_fd < 0) {
		err = path_join(vmlinux, vm->entry, "vmlinux", f);
		if (!err)
			err = path_join(initrd, vm->entry, "initrd", f);
		if (err)
			return err;
		config.vmlinux = vmlinux;
		config.initrd = initrd;
	}
	err = qemu_start(qemu, &config, f);
	return err || vm->warm.state_fd < 0 ? err : vm_restore(qemu, config.state_fd, f);
}

void vm_child(const struct run_plan *plan, const struct vm_machine *vm,
              const struct job_times *times, int out_fd)
{
	struct vm_run run = {.plan = plan, .vm = vm, .out_fd = out_fd, .began_ns = clock_mono_ns()};
	struct job_times asked = *times;
	struct fault fault;
	int status = 0;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != plan->parent)
		_exit(EXIT_FAILURE);
	asked.panic = panic_asked();
	if (qemu_open(&run.qemu, &fault) < 0)
		vm_fail(&run, &fault);
	run.qemu.shared->wire = plan->probe->wire;
	if (job_put(&run.qemu, GUEST_RUNS, job_encode(plan, &asked), &fault) < 0 ||
	    guest_start(&run.qemu, vm, place_take(), &fault) < 0)
		vm_fail(&run, &fault);
	while (!qemu_wait(&run.qemu, LOOK_MS, &status)) {
		vm_pass(&run);
		vm_tell(&run);
		if (clock_mono_ns() - run.began_ns > vm->config.time_limit_s * NS_PER_S)
			vm_explain(&run, true, 0);
	}
	vm_pass(&run);
	if (run.qemu.shared->stage != GUEST_DONE || run.qemu.shared->status ||
	    run.qemu.shared->overflow || !run.has_result)
		vm_explain(&run, false, status);
	vm_conclude(&run);
}

/* The guest has checked, or what became of it. */
static int check_answer(const struct qemu *qemu, bool ended, struct fault *f)
{
	const struct shared *shared = qemu->shared;
	char tail[160];

	if (ended && shared->stage == GUEST_DONE && !shared->status)
		return 0;
	if (ended && (shared->stage == GUEST_DONE || shared->stage == GUEST_FAILED)) {
		int err = shared->stage == GUEST_DONE ? (int)shared->status : EIO;

		return fault_refuse(f, err, "%.*s", (int)shared->out_size,
		                    (const char *)shared + SHARED_OUT_AT);
	}
	qemu_console_tail(qemu, 3, tail, sizeof(tail));
	return fault_set_ext(f, ended ? EIO : ETIMEDOUT, tail, "check the sysctls in the guest");
}

int vm_check_sysctls(const struct plan *plan, const struct vm_machine *vm, struct fault *f)
{
	struct qemu qemu;
	int status, err = qemu_open(&qemu, f);

	if (err)
		return err;
	err = job_put(&qemu, GUEST_CHECKS, plan_encode(plan), f);
	if (!err)
		err = guest_start(&qemu, vm, -1, f);
	if (!err)
		err = check_answer(
			&qemu, qemu_end(&qemu, (int)vm->config.time_limit_s * 1000, &status), f);
	qemu_close(&qemu);
	return err;
}
