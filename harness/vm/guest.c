// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest. Theory of operation
 *
 * Process 1 makes the system usable and forks a keeper, which finds out what this
 * kernel can do, loads eBPF and writes the record's first line. It warms up (warm.h), and
 * for each kind of wire it forks a process that stands by: with its bench built and its observers open, all
 * that does not depend on the probe (two thirds of a restored guest's work otherwise).
 * Then it stops the machine by an I/O port, at an exact instant of its own: that is
 * when the snapshot is taken. A restored guest goes on behind that instruction, the
 * process whose wire the job in the shared memory needs runs it (run_probe(), the same
 * as outside), and the keeper ends QEMU by another port when it is over. Process 1
 * itself only ends the guest should the keeper die.
 */
#include "guest.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../record/json.h"
#include "../run/machine.h"
#include "../run/outside.h"
#include "../step/run.h"
#include "initrd.h"
#include "job.h"
#include "shared.h"
#include "system.h"
#include "warm.h"

static struct shared *shared;

bool guest_is_init(const char *argv0)
{
	return getpid() == 1 && !strcmp(argv0, "/init") && access(INITRD_MODULES, R_OK) == 0;
}

static _Noreturn void guest_exit(void)
{
	for (;;) {
		outb(0, PORT_EXIT);
		pause();
	}
}

/* ---- what goes out */

/* As write(2), into the shared memory; the reader sees a size only with what it counts. */
static ssize_t shared_write(int fd, const void *data, size_t size)
{
	uint64_t at = shared->out_size;
	size_t room = SHARED_OUT_MAX - at, some = size < room ? size : room;

	(void)fd;
	memcpy((char *)shared + SHARED_OUT_AT + at, data, some);
	if (some < size)
		shared->overflow = 1;
	__atomic_store_n(&shared->out_size, at + some, __ATOMIC_RELEASE);
	return (ssize_t)size;
}

static void stage_set(enum guest_stage stage)
{
	__atomic_store_n(&shared->stage, (uint32_t)stage, __ATOMIC_RELEASE);
}

static _Noreturn void guest_fail(const struct fault *fault)
{
	char text[512];

	fault_text(fault, text, sizeof(text));
	fprintf(stderr, "finwait: %s\n", text);
	if (shared) {
		(void)shared_write(-1, text, strlen(text));
		stage_set(GUEST_FAILED);
	}
	guest_exit();
}

/* ---- the memory shared with the host */

static void guest_map_shared(void)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	struct fault fault;
	void *at = MAP_FAILED;

	if (fd >= 0)
		at = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		          SHARED_ADDRESS);
	if (at == MAP_FAILED) {
		fault_set(&fault, errno, "map the memory shared with the host");
		guest_fail(&fault);
	}
	close(fd);
	shared = at;
	if (shared->magic == SHARED_MAGIC)
		return;
	shared = NULL;
	fault_set(&fault, EBADMSG, "map the memory shared with the host");
	guest_fail(&fault);
}

/* ---- the keeper */

/* Whether QEMU computes the processor's instructions instead of letting it run them. */
static bool is_emulated(void)
{
#ifdef __x86_64__
	unsigned int eax, vendor[3];

	__cpuid(0x40000000, eax, vendor[0], vendor[1], vendor[2]);
	return !memcmp(vendor, "TCGTCGTCGTCG", sizeof(vendor));
#else
	return true;
#endif
}

static void keeper_find(struct machine *machine, bool is_virtual)
{
	struct fault fault;
	char *line;

	if (machine_find(machine, WIRE_KIND_COUNT, &fault) < 0)
		guest_fail(&fault);
	snprintf(machine->info.clock, sizeof(machine->info.clock), "%s",
	         is_virtual ? "virtual" : "real");
	/* the host knows it better, but the judge is here */
	snprintf(machine->info.guest, sizeof(machine->info.guest), "QEMU, %s",
	         is_emulated() ? "TCG" : "KVM");
	line = json_run_line(&machine->info);
	fault_set(&fault, ENOMEM, "write the record's first line");
	if (line)
		(void)shared_write(-1, line, strlen(line));
	else
		guest_fail(&fault);
	free(line);
}

/*
 * Ports and initial sequence numbers come of secrets made once, at the first
 * connection (in the snapshot), and of the time: a seed moves the time on. By whole
 * turns of the timer wheel's fifth level, so that timers round as they did.
 */
#define WHEEL_TURN_JIFFIES 32768

static void guest_vary(const struct job_times *times, int hz, bool is_virtual)
{
	int64_t turn_ns = WHEEL_TURN_JIFFIES * (NS_PER_S / (hz ? hz : 250));

	if (times->seed) {
		system_credit_random(times->seed);
		if (is_virtual)
			system_wait((int64_t)(1 + times->seed % 64) * turn_ns);
	}
	system_wait(times->phase_ns);
}

/* ---- standing by */

struct standby {
	pid_t pid; /* 0: none */
	int go_fd; /* a byte sets it going */
};

static uint32_t job_size(void)
{
	uint32_t size = shared->job_size;

	return size > SHARED_JOB_MAX ? 0 : size;
}

static void standby_take_job(struct run_plan *plan, bool is_virtual)
{
	struct job_times times;
	struct fault fault;

	if (job_decode((const char *)shared + SHARED_JOB_AT, job_size(), plan, &times, &fault) < 0)
		guest_fail(&fault);
	shared->out_size = 0;
	stage_set(GUEST_RUNNING);
	guest_vary(&times, plan->info.hz, is_virtual);
	if (times.panic)
		system_put("/proc/sysrq-trigger", "c");
}

/*
 * The record is complete. For the process and its namespaces to be taken down first, in code
 * that never ran before, would take a third of a short probe's time.
 */
static void standby_end(void)
{
	shared->status = 0;
	stage_set(GUEST_DONE);
	guest_exit();
}

/* One stands by for each kind of wire, with a slot of trace. */
static _Noreturn void standby_main(const struct machine *machine, enum wire_kind wire, pid_t keeper,
                                   int ready_fd, int go_fd)
{
	struct run_plan plan = {
		.info = machine->info,
		.trace = machine->trace,
		.trace_slot = wire,
		.parent = keeper,
		.out_write = shared_write,
		.out_end = standby_end,
		.judged_outside = true,
		/* in virtual time hours pass in a second: nobody could read it */
		.waiting = strcmp(machine->info.clock, "virtual") != 0 ? &shared->waiting : NULL,
	};
	struct probe_run *run;
	char go;

	snprintf(plan.trace_absent, sizeof(plan.trace_absent), "%s", machine->trace_absent);
	run = run_prepare(&plan, wire);
	system_keep_memory();
	if (write(ready_fd, "", 1) != 1 || read(go_fd, &go, 1) != 1)
		_exit(EXIT_FAILURE);
	standby_take_job(&plan, !strcmp(plan.info.clock, "virtual"));
	run_probe(run, &plan, -1);
}

static void standby_start(struct standby *standby, const struct machine *machine,
                          enum wire_kind wire)
{
	int ready[2], go[2];
	pid_t keeper = getpid();
	struct fault fault;
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0) {
		fault_set(&fault, errno, "make a pipe");
		guest_fail(&fault);
	}
	standby->pid = fork();
	if (!standby->pid) {
		close(ready[0]);
		standby_main(machine, wire, keeper, ready[1], go[0]);
	}
	close(ready[1]);
	close(go[0]);
	standby->go_fd = go[1];
	if (standby->pid < 0 || read(ready[0], &byte, 1) != 1) {
		fault_set(&fault, standby->pid < 0 ? errno : ECHILD, "prepare a bench");
		guest_fail(&fault);
	}
	close(ready[0]);
}

/* A job that is there already (no snapshot is taken) needs one wire only. */
static void standbys_start(struct standby *standbys, const struct machine *machine)
{
	for (unsigned int wire = 0; wire < WIRE_KIND_COUNT; wire++)
		if (!job_size() || (shared->task == GUEST_RUNS && shared->wire == wire))
			standby_start(&standbys[wire], machine, (enum wire_kind)wire);
}

static const struct standby *standby_choose(const struct standby *standbys)
{
	struct fault fault;

	if (shared->wire < WIRE_KIND_COUNT && standbys[shared->wire].pid)
		return &standbys[shared->wire];
	fault_set(&fault, EBADMSG, "find a bench with wire %u", shared->wire);
	guest_fail(&fault);
}

/* ---- the keeper's work */

static void keeper_run(const struct standby *standby)
{
	int status = 0;

	if (write(standby->go_fd, "", 1) != 1)
		status = W_EXITCODE(EXIT_FAILURE, 0);
	while (!status && waitpid(standby->pid, &status, 0) < 0 && errno == EINTR)
		;
	shared->status = (uint32_t)status;
}

static void keeper_check(void)
{
	struct fault fault;
	struct plan plan;
	char text[512];
	int err;

	if (plan_decode((const char *)shared + SHARED_JOB_AT, job_size(), &plan, &fault) < 0)
		guest_fail(&fault);
	shared->out_size = 0;
	stage_set(GUEST_RUNNING);
	err = plan_check_sysctls(&plan, false, &fault);
	plan_free(&plan);
	if (err) {
		fault_text(&fault, text, sizeof(text));
		(void)shared_write(-1, text, strlen(text));
	}
	shared->status = (uint32_t)-err;
}

/* See STOP_CYCLES_MIN. */
static void tick_await(void)
{
	struct timespec first, now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &first);
	do
		clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	while (now.tv_nsec == first.tv_nsec);
}

/* In real time the processor runs on until QEMU's main loop has stopped the machine. */
static void keeper_stop(enum guest_stop stop, bool is_virtual)
{
	uint64_t stopped_at;

	stage_set(GUEST_READY);
	if (is_virtual)
		tick_await();
	stopped_at = __builtin_ia32_rdtsc();
	outb(STOP_VALUE, PORT_STOP);
	shared->stop_cycles[stop] = __builtin_ia32_rdtsc() - stopped_at;
	while (__atomic_load_n(&shared->goes_on, __ATOMIC_ACQUIRE) <= stop)
		__builtin_ia32_pause();
}

static _Noreturn void keeper_main(void)
{
	bool is_virtual = system_told(GUEST_VIRTUAL);
	struct standby standbys[WIRE_KIND_COUNT] = {0};
	static struct machine machine;

	keeper_find(&machine, is_virtual);
	if (is_virtual) {
		keeper_stop(STOP_COLD, true);
		warm_up(&machine);
	}
	standbys_start(standbys, &machine);
	system_settle();
	keeper_stop(STOP_WARM, is_virtual);
	if (job_size() && shared->task == GUEST_CHECKS)
		keeper_check();
	else if (job_size())
		keeper_run(standby_choose(standbys));
	/* else that was all that is asked of a new snapshot */
	stage_set(GUEST_DONE);
	guest_exit();
}

/* What looks at /proc when a program starts must find it: start again with it mounted. */
static void guest_begin(void)
{
	static char *const argv[] = {"/init", NULL};
	struct fault fault;

	if (access("/proc/self", F_OK) == 0)
		return;
	if (system_mount(&fault) < 0)
		guest_fail(&fault);
	setenv("LD_BIND_NOW", "1", 1); /* before the snapshot, not once for each restored guest */
	execv(argv[0], argv);
	fault_set(&fault, errno, "start again with /proc");
	guest_fail(&fault);
}

void guest_main(void)
{
	struct fault fault;
	pid_t pid;

	guest_begin();
	if (ioperm(PORT_EXIT, 1, 1) < 0 || ioperm(PORT_STOP, 1, 1) < 0) {
		fault_set(&fault, errno, "use I/O ports");
		guest_fail(&fault);
	}
	guest_map_shared();
	system_quieten();
	system_allow_files();
	system_credit_random(0);
	system_load_modules();
	if (outside_load_all(OUTSIDE_FOLDER, &fault) < 0)
		guest_fail(&fault);
	pid = fork();
	if (!pid)
		keeper_main();
	while (pid > 0 && wait(NULL) != pid)
		;
	fault_set(&fault, ECHILD, "the guest's keeper died");
	guest_fail(&fault);
}
