// SPDX-License-Identifier: GPL-2.0-or-later
#include "observers.h"

#include <string.h>

static void observer_absent(struct record *rec, enum observer observer, const char *why)
{
	rec->observed[observer] = false;
	rec->absent[observer] = record_text(rec, "%s", why);
}

static int trace_open(struct observers *obs, const struct bench *bench, const struct run_plan *plan,
                      struct record *rec, struct fault *f)
{
	char why[400];
	int err = 0;

	if (!plan->trace) {
		observer_absent(rec, OBSERVER_TRACE, plan->trace_absent);
		return 0;
	}
	obs->trace = trace_reader_open(plan->trace, plan->trace_slot, f);
	if (!obs->trace) {
		observer_absent(rec, OBSERVER_TRACE, fault_text(f, why, sizeof(why)));
		return 0;
	}
	obs->woken = !strcmp(plan->info.clock, "virtual");
	trace_set_wakes(plan->trace, plan->trace_slot, obs->woken);
	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = trace_watch(plan->trace, plan->trace_slot, bench->netns_inum[side],
		                  (enum side)side, f);
	rec->observed[OBSERVER_TRACE] = !err;
	return err;
}

static int tap_open_in(const struct bench *bench, enum bench_ns ns, const char *ifname,
                       struct tap **tap, struct fault *f)
{
	int err = bench_enter(bench, ns, f);

	if (err)
		return err;
	*tap = tap_open(ifname, f);
	return *tap ? 0 : -f->err;
}

static int taps_open(struct observers *obs, const struct bench *bench, enum wire_kind wire,
                     struct fault *f)
{
	int err;

	if (wire == WIRE_NONE)
		return tap_open_in(bench, BENCH_CLIENT, "lo", &obs->loopback, f);
	err = tap_open_in(bench, BENCH_WIRE, BENCH_PORT_CLIENT, &obs->taps[SIDE_CLIENT], f);
	if (!err)
		err = tap_open_in(bench, BENCH_WIRE, BENCH_PORT_SERVER, &obs->taps[SIDE_SERVER], f);
	return err;
}

static int host_open(struct observers *obs, const struct bench *bench, enum side host,
                     struct fault *f)
{
	int err = bench_enter(bench, (enum bench_ns)host, f);

	if (err)
		return err;
	obs->diag[host] = diag_open(f);
	if (!obs->diag[host])
		return -f->err;
	obs->counters[host] = counters_read(obs->machine, f);
	return obs->counters[host] ? 0 : -f->err;
}

int observers_open(struct observers *obs, const struct bench *bench, const struct run_plan *plan,
                   enum wire_kind wire, struct record *rec, struct fault *f)
{
	bool *observed = rec->observed;
	int err = taps_open(obs, bench, wire, f);

	obs->machine = plan->info.guest[0] != '\0';
	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = host_open(obs, bench, (enum side)side, f);
	if (err)
		return err;
	observed[OBSERVER_TAP] = observed[OBSERVER_DIAG] = observed[OBSERVER_COUNTERS] = true;
	observed[OBSERVER_STEPS] = true;
	observed[OBSERVER_WIRE] = wire != WIRE_NONE;
	if (wire == WIRE_NONE)
		observer_absent(rec, OBSERVER_WIRE, "one host talks to itself");
	return trace_open(obs, bench, plan, rec, f);
}

struct counter_place {
	struct emit *emit;
	enum side host;
	int64_t t_ns;
	const char *mark;
};

static void counter_emit(const char *name, int64_t delta, void *arg)
{
	const struct counter_place *place = arg;
	struct event event = {.kind = EVENT_COUNTER, .host = place->host, .t_ns = place->t_ns};

	event.counter.name = name;
	event.counter.delta = delta;
	event.counter.mark = place->mark;
	emit_event(place->emit, &event);
}

void observers_count(const struct observers *obs, const struct bench *bench, struct counts *counts)
{
	counts->t_ns = clock_mono_ns();
	for (int side = 0; side < SIDE_COUNT; side++) {
		counters_free(counts->of[side]);
		counts->of[side] = NULL;
		if (bench_enter(bench, (enum bench_ns)side, NULL) == 0)
			counts->of[side] = counters_read(obs->machine, NULL);
	}
}

bool observers_saw_all(const struct observers *obs, const struct counts *counts)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (!obs->taps[side] || !counts->of[side])
			continue;
		if (counters_sent(counts->of[side]) - counters_sent(obs->counters[side]) >
		    obs->came[side])
			return false;
	}
	return true;
}

void observers_tell_counts(const struct observers *obs, struct counts *counts, struct emit *emit,
                           const char *mark)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct counter_place place = {.emit = emit,
		                              .host = (enum side)side,
		                              .t_ns = counts->t_ns - emit->t0_ns,
		                              .mark = mark};

		/* A host whose counters cannot be read any more has lost them. */
		if (counts->of[side])
			counters_changed(obs->counters[side], counts->of[side], counter_emit,
			                 &place);
		else
			emit->rec->lost[OBSERVER_COUNTERS]++;
		counters_free(counts->of[side]);
		counts->of[side] = NULL;
	}
}

void observers_losses(struct observers *obs, struct record *rec)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (obs->taps[side])
			rec->lost[OBSERVER_TAP] += tap_lost(obs->taps[side]);
		rec->lost[OBSERVER_DIAG] += diag_lost(obs->diag[side]);
	}
	if (obs->loopback)
		rec->lost[OBSERVER_TAP] += tap_lost(obs->loopback);
	if (obs->trace)
		rec->lost[OBSERVER_TRACE] += trace_lost(obs->trace);
}
