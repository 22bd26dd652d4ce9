// SPDX-License-Identifier: GPL-2.0-or-later
#include "setting.h"

#include <errno.h>
#include <stdlib.h>

#include "../../netns/sysctl.h"
#include "probe_run.h"

static int host_read(const struct bench *bench, enum side host, struct record *rec, struct fault *f)
{
	return bench_sysctls_read(bench, (enum bench_ns)host, &rec->sysctls[host], f);
}

int setting_read(const struct bench *bench, struct record *rec, struct fault *f)
{
	int err = 0;

	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = host_read(bench, (enum side)side, rec, f);
	return err;
}

int setting_write(const struct bench *bench, enum side host, const struct settings *set,
                  struct record *rec, struct fault *f)
{
	int err = 0;

	for (size_t i = 0; i < set->count && !err; i++)
		err = sysctl_write(bench->netns_fd[host], set->items[i].name, set->items[i].value,
		                   f);
	return err || !set->count ? err : host_read(bench, host, rec, f);
}

int64_t param(struct probe_run *run, const char *name)
{
	int64_t value;

	if (record_param(run->emit.rec, name, &value))
		return value;
	emit_fail_errno(&run->emit, ENOENT, "parameter %s of probe %s", name, run->probe->id);
}

int64_t sysctl_default(struct probe_run *run, const char *name)
{
	struct event event = {.kind = EVENT_SYSCTL};
	struct fault fault;
	char text[64];

	/* nobody sets anything in the wire's namespace */
	if (sysctl_read(run->bench.netns_fd[BENCH_WIRE], name, text, sizeof(text), &fault) < 0)
		emit_fail(&run->emit, &fault);
	event.sysctl.name = record_text(run->emit.rec, "default:%s", name);
	event.sysctl.to = text;
	emit_event(&run->emit, &event);
	return strtoll(text, NULL, 10);
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
		emit_fail(&run->emit, &fault);
	event.sysctl.name = name;
	event.sysctl.from = from;
	event.sysctl.to = to;
	emit_event(&run->emit, &event);
}

void sysctl_set_machine(struct probe_run *run, const char *name, int64_t value)
{
	struct event event = {.kind = EVENT_SYSCTL};
	struct sysctl_change change;
	struct fault fault;
	char text[24];

	if (!run->emit.rec->run.guest[0])
		emit_fail_errno(&run->emit, EPERM, "set sysctl %s, which is the whole machine's",
		                name);
	snprintf(text, sizeof(text), "%lld", (long long)value);
	if (sysctl_machine_set(name, text, &change, &fault) < 0)
		emit_fail(&run->emit, &fault);
	event.sysctl.name = record_text(run->emit.rec, "machine:%s", name);
	event.sysctl.from = change.from;
	event.sysctl.to = change.to;
	emit_event(&run->emit, &event);
}
