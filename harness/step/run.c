// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * A run has two halves. run_prepare() builds what any probe on a kind of wire needs, so that
 * a guest's snapshot can be taken with it standing; run_probe() is told which probe it is,
 * sets its sysctls, runs it, judges its record and ends the process. A guest leaves the
 * judging to who reads its lines: emulated it was a fifth of a run's instructions.
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../../netns/sysctl.h"
#include "../base/die.h"
#include "../examine/examine.h"
#include "../judge/model/unmodelled.h"
#include "describe.h"
#include "probe_run.h"
#include "setting.h"

/* In virtual time a reading costs more than the hours between two of them. */
#define POLL_CAP_NS (100 * NS_PER_MS)
#define POLL_CAP_VIRTUAL_NS (24LL * 3600 * NS_PER_S)

/* A host that talks to itself has a wire too, which nobody uses. */
static enum bench_wire bench_wire_of(enum wire_kind wire)
{
	switch (wire) {
	case WIRE_HAND:
		return BENCH_WIRE_HAND;
	case WIRE_ROUTED:
		return BENCH_WIRE_ROUTED;
	case WIRE_KERNEL:
	case WIRE_NONE:
	case WIRE_KIND_COUNT:
		break;
	}
	return BENCH_WIRE_KERNEL;
}

static int bench_open(struct bench *bench, const struct run_plan *plan, enum wire_kind wire,
                      struct fault *f)
{
	struct bench_config config = {
		.wire = bench_wire_of(wire),
		.userns = strcmp(plan->info.privilege, "root") != 0,
	};

	return bench_create(bench, &config, f);
}

/* Killed, the supervisor takes its children along, and with them their namespaces. */
static void run_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		die_errno("a probe", "ask to be killed with its supervisor");
	if (getppid() != parent)
		_exit(EXIT_FAILURE); /* it is gone already: nobody is left to tell */
}

/* Who works with whom. */
static void rooms_join(struct probe_run *run, const struct run_plan *plan, enum wire_kind wire)
{
	bool is_virtual = !strcmp(plan->info.clock, "virtual");

	run->flows = (struct flows){.emit = &run->emit, .bench = &run->bench};
	run->watch = (struct watch){
		.emit = &run->emit,
		.obs = &run->obs,
		.flows = &run->flows,
		.poll_cap_ns = is_virtual ? POLL_CAP_VIRTUAL_NS : POLL_CAP_NS,
	};
	run->wire = (struct wire){
		.ops = wire_ops_of(wire),
		.emit = &run->emit,
		.bench = &run->bench,
		.obs = &run->obs,
		.watch = &run->watch,
		.late = &run->late,
	};
	run->late = (struct late){.emit = &run->emit, .is_virtual = is_virtual};
	run->pump = (struct pump){
		.emit = &run->emit,
		.obs = &run->obs,
		.watch = &run->watch,
		.late = &run->late,
		.wire = &run->wire,
	};
}

struct probe_run *run_prepare(const struct run_plan *plan, enum wire_kind wire)
{
	struct probe_run *run = calloc(1, sizeof(*run));
	struct record *rec = record_new();
	int err;

	if (!run || !rec)
		die_errno("a probe", "prepare its run");
	run->emit.rec = rec;
	rooms_join(run, plan, wire);
	run_die_with(plan->parent);
	err = bench_open(&run->bench, plan, wire, &run->fault);
	run_die_with(plan->parent); /* entering a user namespace has cleared it */
	if (!err)
		err = setting_read(&run->bench, rec, &run->fault);
	if (!err)
		err = observers_open(&run->obs, &run->bench, plan, wire, rec, &run->fault);
	if (!err)
		err = pump_open(&run->pump, &run->fault);
	late_open(&run->late);
	run->unready = err != 0;
	return run;
}

int run_judge(const struct probe *probe, struct record *rec)
{
	return judge_record(rec, probe->claims, probe->judge, examine_record);
}

/*
 * ksoftirqd is scheduled as any task is, so that a frame comes after some of the others' slices
 * (29 ms for a whole settling, at most, in sets on a busy machine); one that a tap lost never
 * comes, and costs it all.
 */
#define SETTLE_LIMIT_NS NS_PER_S

struct settling {
	struct probe_run *run;
	struct counts counts;
};

static bool counts_settled(void *arg)
{
	struct settling *settling = arg;
	struct probe_run *run = settling->run;

	observers_count(&run->obs, &run->bench, &settling->counts);
	return !pump_drain(&run->pump) && observers_saw_all(&run->obs, &settling->counts);
}

/*
 * The counters are to tell of the frames that are in the record, no more and no fewer: they
 * are read while no frame comes, and all that was sent has come. Where some always do, or one
 * never does, the last reading counts.
 */
static void run_count(struct probe_run *run, const char *mark)
{
	struct settling settling = {.run = run};

	waiting_name(run->pump.waiting, "awaits the frames that are on their way");
	(void)pump_until(&run->pump, counts_settled, &settling, SETTLE_LIMIT_NS);
	observers_tell_counts(&run->obs, &settling.counts, &run->emit, mark);
}

/* What trace lost without a word is lost all the same. */
static int run_count_holes(struct record *rec)
{
	struct story story;
	uint64_t holes = 0;
	int err;

	if (!rec->observed[OBSERVER_TRACE])
		return 0;
	err = story_build(rec, &story);
	if (err)
		return err;
	err = examine_holes(&story, &holes);
	story_free(&story);
	rec->lost[OBSERVER_TRACE] += holes;
	return err;
}

int run_conclude(const struct probe *probe, struct record *rec)
{
	int err = run_count_holes(rec);

	return err < 0 ? err : run_judge(probe, rec);
}

static void run_finish(struct probe_run *run)
{
	struct record *rec = run->emit.rec;

	run_count(run, "");
	wire_end(&run->wire);
	watch_read_all(&run->watch);
	late_end(&run->late);
	observers_losses(&run->obs, rec);
	record_sort(rec);
	emit_flush(&run->emit); /* what was observed does not wait for the judge */
	if (!run->emit.judged_outside && run_conclude(run->probe, rec) < 0)
		die_errno(rec->probe, "judge the record");
}

static bool is_optional(const struct probe_sysctl *sysctls, const char *name)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && sysctls[i].name; i++) {
		const char *colon = strchr(sysctls[i].name, ':');

		if (sysctls[i].optional && !strcmp(colon ? colon + 1 : sysctls[i].name, name))
			return true;
	}
	return false;
}

/* What the plan sets at @side, without what is optional and this kernel does not have. */
static int run_set_sysctls(struct probe_run *run, const struct run_plan *plan, enum side side)
{
	const struct settings *asked = &plan->sysctls[side];
	struct settings set = {0};
	int err = 0;

	for (size_t i = 0; i < asked->count && !err; i++) {
		const char *name = asked->items[i].name;
		bool optional = is_optional(plan->probe->sysctls, name) ||
		                (plan->variant && is_optional(plan->variant->sysctls, name));

		if (optional && !sysctl_exists(run->bench.netns_fd[side], name))
			continue;
		err = settings_put(&set, name, asked->items[i].value);
	}
	if (err)
		err = fault_set(&run->fault, ENOMEM, "set the sysctls of %s", plan->id);
	else
		err = setting_write(&run->bench, side, &set, run->emit.rec, &run->fault);
	settings_clear(&set);
	return err;
}

void run_probe(struct probe_run *run, const struct run_plan *plan, int out_fd)
{
	struct record *rec = run->emit.rec;

	run->probe = plan->probe;
	run->pump.waiting = plan->waiting;
	rec->run = plan->info;
	rec->params = plan->params;
	if (run_describe(plan, rec) < 0)
		die_errno(plan->id, "describe it in its record");
	run->emit.judged_outside = plan->judged_outside;
	emit_open(&run->emit, out_fd, plan->out_write, plan->out_end);
	for (int side = 0; side < SIDE_COUNT && !run->unready; side++)
		run->unready = run_set_sysctls(run, plan, (enum side)side) < 0;
	if (run->unready)
		emit_fail(&run->emit, &run->fault);
	emit_begin(&run->emit);
	late_begin(&run->late);
	if (bench_set_family(&run->bench, plan->family, &run->fault) < 0)
		run_skip(run, "%s", run->fault.what);
	plan->probe->run(run);
	run_finish(run);
	emit_end(&run->emit);
}

const struct record *run_record(struct probe_run *run)
{
	return run->emit.rec;
}

void run_skip(struct probe_run *run, const char *fmt, ...)
{
	const char *reason;
	va_list args;

	late_end(&run->late);
	va_start(args, fmt);
	reason = record_vtext(run->emit.rec, fmt, args);
	va_end(args);
	emit_stop(&run->emit, OUTCOME_SKIPPED, reason);
}

const char *run_unmodelled(struct probe_run *run)
{
	struct record *rec = run->emit.rec;
	char why[UNMODELLED_SIZE];
	struct story story;
	bool found;

	record_sort(rec);
	if (story_build(rec, &story) < 0)
		return NULL;
	found = model_unmodelled(&story, why);
	story_free(&story);
	return found ? record_text(rec, "%s", why) : NULL;
}

void run_inconclusive(struct probe_run *run, const char *fmt, ...)
{
	const char *reason, *unmodelled = run_unmodelled(run);
	va_list args;

	late_end(&run->late);
	va_start(args, fmt);
	reason = record_vtext(run->emit.rec, fmt, args);
	va_end(args);
	if (unmodelled)
		reason = record_text(run->emit.rec, "%s; %s", reason, unmodelled);
	emit_stop(&run->emit, OUTCOME_INCONCLUSIVE, reason);
}

void note(struct probe_run *run, const char *fmt, ...)
{
	struct event event = {.kind = EVENT_NOTE};
	va_list args;

	va_start(args, fmt);
	event.note.text = record_vtext(run->emit.rec, fmt, args);
	va_end(args);
	emit_event(&run->emit, &event);
}

void counters_mark(struct probe_run *run, const char *mark)
{
	run_count(run, mark);
}
