// SPDX-License-Identifier: GPL-2.0-or-later
#include "run.h"

#include <errno.h>
#include <stdarg.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../../netns/sysctl.h"
#include "../base/clock.h"
#include "../record/json.h"

int64_t run_now_ns(const struct probe_run *run)
{
	return clock_mono_ns() - run->t0_ns;
}

static void out_reserve(struct out *out, size_t more)
{
	size_t space = out->space ? out->space : 65536;
	char *data;

	while (space < out->used + more)
		space *= 2;
	if (space == out->space)
		return;
	data = realloc(out->data, space);
	if (!data)
		_exit(EXIT_FAILURE); /* the supervisor reports a crash and keeps what it has */
	out->data = data;
	out->space = space;
}

/* Takes @line over. */
static void out_line(struct out *out, char *line)
{
	size_t length;

	if (!line)
		_exit(EXIT_FAILURE);
	length = strlen(line);
	out_reserve(out, length + 1);
	memcpy(out->data + out->used, line, length);
	out->data[out->used + length] = '\n';
	out->used += length + 1;
	free(line);
}

void run_flush(struct probe_run *run)
{
	struct out *out = &run->out;
	size_t done = 0;

	while (done < out->used) {
		ssize_t n = out->write(out->fd, out->data + done, out->used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(EXIT_FAILURE); /* nobody listens any more */
		done += (size_t)n;
	}
	out->used = 0;
}

/* For crash_flush(), which a signal gets no argument for. */
static const struct out *crash_out;

/* A crash must not cost what was recorded: whole lines alone, by write(2) alone. */
static void crash_flush(int signal)
{
	const struct out *out = crash_out;
	size_t done = 0;

	while (done < out->used) {
		ssize_t n = out->write(out->fd, out->data + done, out->used - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (raise(signal)) /* the handler is reset: this one kills */
		_exit(EXIT_FAILURE);
}

static void crash_arm(const struct out *out)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	static char stack[16384]; /* the probe's own may be what ran out */
	const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof(stack)};
	const struct sigaction action = {
		.sa_handler = crash_flush,
		.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK),
	};

	crash_out = out;
	if (sigaltstack(&alternative, NULL) < 0)
		_exit(EXIT_FAILURE);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], &action, NULL) < 0)
			_exit(EXIT_FAILURE);
}

void run_emit(struct probe_run *run, struct event *event)
{
	if (!event->t_ns)
		event->t_ns = run_now_ns(run);
	if (record_add_event(run->rec, event) < 0)
		_exit(EXIT_FAILURE);
	out_line(&run->out, json_event_line(run->probe->id, event));
	/* Into a guest's shared memory a line is cheap, and outlives the guest's kernel. */
	if (run->out.write != write)
		run_flush(run);
}

struct counter_place {
	struct probe_run *run;
	enum side host;
};

static void counter_emit(const char *name, int64_t delta, void *arg)
{
	const struct counter_place *place = arg;
	struct event event = {.kind = EVENT_COUNTER, .host = place->host};

	event.counter.name = name;
	event.counter.delta = delta;
	run_emit(place->run, &event);
}

static void run_counters(struct probe_run *run)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct counter_place place = {.run = run, .host = (enum side)side};
		struct counters *after;

		if (!run->counters[side])
			continue;
		if (bench_enter(&run->bench, (enum bench_ns)side, NULL) < 0)
			continue;
		after = counters_read(NULL);
		if (after)
			counters_changed(run->counters[side], after, counter_emit, &place);
		else
			run->rec->lost[OBSERVER_COUNTERS]++;
		counters_free(after);
	}
}

static void run_losses(struct probe_run *run)
{
	struct record *rec = run->rec;

	for (int side = 0; side < SIDE_COUNT; side++) {
		if (run->taps[side])
			rec->lost[OBSERVER_TAP] += tap_lost(run->taps[side]);
		if (run->diag[side])
			rec->lost[OBSERVER_DIAG] += diag_lost(run->diag[side]);
	}
	if (run->loopback)
		rec->lost[OBSERVER_TAP] += tap_lost(run->loopback);
	if (run->trace)
		rec->lost[OBSERVER_TRACE] += trace_lost(run->trace);
}

/* The last lines of the record; the kernel takes the namespaces away with us. */
static _Noreturn void run_end(struct probe_run *run)
{
	run->rec->elapsed_ns = run->t0_ns ? run_now_ns(run) : 0;
	out_line(&run->out, json_result_line(run->rec));
	run_flush(run);
	if (run->out.end)
		run->out.end();
	_exit(EXIT_SUCCESS);
}

void run_fail(struct probe_run *run, const struct fault *fault)
{
	char why[512];

	run->rec->outcome = OUTCOME_ERROR;
	run->rec->reason = record_text(run->rec, "%s", fault_text(fault, why, sizeof(why)));
	run_end(run);
}

void run_skip(struct probe_run *run, const char *fmt, ...)
{
	va_list args;

	run->rec->outcome = OUTCOME_SKIPPED;
	va_start(args, fmt);
	run->rec->reason = record_vtext(run->rec, fmt, args);
	va_end(args);
	run_end(run);
}

void run_inconclusive(struct probe_run *run, const char *fmt, ...)
{
	va_list args;

	run->rec->outcome = OUTCOME_INCONCLUSIVE;
	va_start(args, fmt);
	run->rec->reason = record_vtext(run->rec, fmt, args);
	va_end(args);
	run_end(run);
}

void run_enter(struct probe_run *run, enum side host)
{
	struct fault fault;

	if (bench_enter(&run->bench, (enum bench_ns)host, &fault) < 0)
		run_fail(run, &fault);
}

static void observer_absent(struct record *rec, enum observer observer, const char *why)
{
	rec->observed[observer] = false;
	rec->absent[observer] = record_text(rec, "%s", why);
}

static int run_open_trace(struct probe_run *run, const struct run_plan *plan, struct fault *f)
{
	char why[400];
	int err = 0;

	if (!plan->trace) {
		observer_absent(run->rec, OBSERVER_TRACE, plan->trace_absent);
		return 0;
	}
	run->trace = trace_reader_open(plan->trace, plan->trace_slot, f);
	if (!run->trace) {
		observer_absent(run->rec, OBSERVER_TRACE, fault_text(f, why, sizeof(why)));
		return 0;
	}
	run->woken = !strcmp(plan->info.clock, "virtual");
	trace_set_wakes(plan->trace, plan->trace_slot, run->woken);
	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = trace_watch(plan->trace, plan->trace_slot, run->bench.netns_inum[side],
		                  (enum side)side, f);
	run->rec->observed[OBSERVER_TRACE] = !err;
	return err;
}

static int tap_open_in(struct probe_run *run, enum bench_ns ns, const char *ifname,
                       struct tap **tap, struct fault *f)
{
	int err = bench_enter(&run->bench, ns, f);

	if (err)
		return err;
	*tap = tap_open(ifname, f);
	return *tap ? 0 : -f->err;
}

static int run_open_taps(struct probe_run *run, enum wire_kind wire, struct fault *f)
{
	int err;

	if (wire == WIRE_NONE)
		return tap_open_in(run, BENCH_CLIENT, "lo", &run->loopback, f);
	err = tap_open_in(run, BENCH_WIRE, BENCH_PORT_CLIENT, &run->taps[SIDE_CLIENT], f);
	if (!err)
		err = tap_open_in(run, BENCH_WIRE, BENCH_PORT_SERVER, &run->taps[SIDE_SERVER], f);
	return err;
}

/* A host's sysctls, and what observes it. */
static int run_open_host(struct probe_run *run, enum side host, struct fault *f)
{
	int err = bench_enter(&run->bench, (enum bench_ns)host, f);

	if (!err)
		err = bench_sysctls_read(&run->bench, (enum bench_ns)host, &run->rec->sysctls[host],
		                         f);
	if (err)
		return err;
	run->diag[host] = diag_open(f);
	if (!run->diag[host])
		return -f->err;
	run->counters[host] = counters_read(f);
	return run->counters[host] ? 0 : -f->err;
}

static int run_open_observers(struct probe_run *run, const struct run_plan *plan,
                              enum wire_kind wire, struct fault *f)
{
	bool *observed = run->rec->observed;
	int err = run_open_taps(run, wire, f);

	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = run_open_host(run, (enum side)side, f);
	if (err)
		return err;
	observed[OBSERVER_TAP] = observed[OBSERVER_DIAG] = observed[OBSERVER_COUNTERS] = true;
	observed[OBSERVER_STEPS] = true;
	observed[OBSERVER_WIRE] = wire != WIRE_NONE;
	if (wire == WIRE_NONE)
		observer_absent(run->rec, OBSERVER_WIRE, "one host talks to itself");
	return run_open_trace(run, plan, f);
}

/* What was read before is read again: setting one may change others. */
static int run_set_sysctls(struct probe_run *run, enum side host, const struct settings *set,
                           struct fault *f)
{
	int err = 0;

	for (size_t i = 0; i < set->count && !err; i++)
		err = sysctl_write(run->bench.netns_fd[host], set->items[i].name,
		                   set->items[i].value, f);
	if (!err && set->count)
		err = bench_sysctls_read(&run->bench, (enum bench_ns)host, &run->rec->sysctls[host],
		                         f);
	return err;
}

static int run_open_bench(struct probe_run *run, const struct run_plan *plan, enum wire_kind wire,
                          struct fault *f)
{
	struct bench_config config = {
		.wire = wire == WIRE_HAND ? BENCH_WIRE_HAND : BENCH_WIRE_KERNEL,
		.userns = strcmp(plan->info.privilege, "root") != 0,
	};

	return bench_create(&run->bench, &config, f);
}

static void run_finish(struct probe_run *run)
{
	pump_drain(run);
	pump_sample(run);
	wire_rules_end(run);
	run_counters(run);
	run_losses(run);
	record_sort(run->rec);
	run_flush(run); /* what was observed does not wait for the judge */
	if (judge_record(run->rec, run->probe->claims, run->probe->judge) < 0)
		_exit(EXIT_FAILURE);
	run_end(run);
}

/* Killed, the supervisor takes its children along, and with them their namespaces. */
static void run_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
}

/* In virtual time a reading costs more than the hours between two of them. */
#define POLL_CAP_NS (100 * NS_PER_MS)
#define POLL_CAP_VIRTUAL_NS (24LL * 3600 * NS_PER_S)

struct probe_run *run_prepare(const struct run_plan *plan, enum wire_kind wire)
{
	bool is_virtual = !strcmp(plan->info.clock, "virtual");
	struct probe_run *run = calloc(1, sizeof(*run));
	struct record *rec = record_new();
	int err;

	if (!run || !rec)
		_exit(EXIT_FAILURE);
	*run = (struct probe_run){
		.rec = rec,
		.poll_cap_ns = is_virtual ? POLL_CAP_VIRTUAL_NS : POLL_CAP_NS,
	};
	run_die_with(plan->parent);
	err = run_open_bench(run, plan, wire, &run->fault);
	run_die_with(plan->parent); /* entering a user namespace has cleared it */
	if (!err)
		err = run_open_observers(run, plan, wire, &run->fault);
	run->unready = err != 0;
	return run;
}

void run_probe(struct probe_run *run, const struct run_plan *plan, int out_fd)
{
	struct record *rec = run->rec;

	run->probe = plan->probe;
	run->out = (struct out){
		.fd = out_fd,
		.write = plan->out_write ? plan->out_write : write,
		.end = plan->out_end,
	};
	rec->run = plan->info;
	rec->params = plan->params;
	rec->faithful = plan->faithful;
	rec->probe = plan->probe->id;
	crash_arm(&run->out);
	for (int side = 0; side < SIDE_COUNT && !run->unready; side++)
		run->unready = run_set_sysctls(run, (enum side)side, &plan->sysctls[side],
		                               &run->fault) < 0;
	if (run->unready)
		run_fail(run, &run->fault);
	run->t0_ns = clock_mono_ns();
	out_line(&run->out, json_probe_line(rec));
	run_flush(run);
	plan->probe->run(run);
	run_finish(run);
	_exit(EXIT_FAILURE);
}

int64_t param(struct probe_run *run, const char *name)
{
	struct fault fault;
	int64_t value;

	if (record_param(run->rec, name, &value))
		return value;
	fault_set(&fault, ENOENT, "parameter %s of probe %s", name, run->probe->id);
	run_fail(run, &fault);
}

const struct record *run_record(struct probe_run *run)
{
	return run->rec;
}

int64_t sysctl_default(struct probe_run *run, const char *name)
{
	struct event event = {.kind = EVENT_CALL};
	struct fault fault;
	char text[64];

	/* nobody sets anything in the wire's namespace */
	if (sysctl_read(run->bench.netns_fd[BENCH_WIRE], name, text, sizeof(text), &fault) < 0)
		run_fail(run, &fault);
	event.call.name = "sysctl default";
	event.call.args = name;
	event.call.result = strtoll(text, NULL, 10);
	run_emit(run, &event);
	return event.call.result;
}

void sysctl_set(struct probe_run *run, enum side side, const char *name, const char *value)
{
	struct event event = {.kind = EVENT_SYSCTL, .host = side};
	int fd = run->bench.netns_fd[side];
	char from[256], to[256];
	struct fault fault;

	if (sysctl_read(fd, name, from, sizeof(from), &fault) < 0 ||
	    sysctl_write(fd, name, value, &fault) < 0 ||
	    sysctl_read(fd, name, to, sizeof(to), &fault) < 0)
		run_fail(run, &fault);
	event.sysctl.name = name;
	event.sysctl.from = from;
	event.sysctl.to = to;
	run_emit(run, &event);
}

void note(struct probe_run *run, const char *fmt, ...)
{
	struct event event = {.kind = EVENT_NOTE};
	va_list args;

	va_start(args, fmt);
	event.note.text = record_vtext(run->rec, fmt, args);
	va_end(args);
	run_emit(run, &event);
}
