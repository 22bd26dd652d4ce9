// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep: runs of one probe that were asked the same but for one setting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "plot.h"

static bool is_number(const char *text, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	return *text && !*end && !errno;
}

/* ---- what was asked ---- */

/* The next setting from @at on that is not @name. */
static size_t next_other(const struct settings *set, size_t at, const char *name)
{
	while (at < set->count && !strcmp(set->items[at].name, name))
		at++;
	return at;
}

static bool same_but(const struct settings *a, const struct settings *b, const char *name)
{
	size_t i = next_other(a, 0, name), j = next_other(b, 0, name);

	while (i < a->count && j < b->count) {
		if (strcmp(a->items[i].name, b->items[j].name) != 0 ||
		    strcmp(a->items[i].value, b->items[j].value) != 0)
			return false;
		i = next_other(a, i + 1, name);
		j = next_other(b, j + 1, name);
	}
	return i == a->count && j == b->count;
}

static bool alike_but(const struct record *a, const struct record *b, const char *name)
{
	return !strcmp(a->probe, b->probe) && a->family == b->family &&
	       a->faithful == b->faithful && !strcmp(a->run.kernel, b->run.kernel) &&
	       !strcmp(a->run.guest, b->run.guest) && !strcmp(a->run.clock, b->run.clock) &&
	       !strcmp(a->run.privilege, b->run.privilege) &&
	       a->run.asked.seed == b->run.asked.seed &&
	       same_but(&a->run.asked.sets, &b->run.asked.sets, name) &&
	       same_but(&a->run.asked.params, &b->run.asked.params, name);
}

/* ---- its value ---- */

/* Not asked for: what was in force. */
static bool value_in_force(const struct record *rec, const char *name, int64_t *value)
{
	char full[200];

	if (record_param(rec, name, value) || record_sysctl(rec, SIDE_CLIENT, name, value))
		return true;
	snprintf(full, sizeof(full), "net.ipv4.%s", name);
	return record_sysctl(rec, SIDE_CLIENT, full, value);
}

static bool value_of(const struct record *rec, const char *name, int64_t *value)
{
	const char *asked = settings_get(&rec->run.asked.sets, name);

	if (!asked)
		asked = settings_get(&rec->run.asked.params, name);
	return asked ? is_number(asked, value) : value_in_force(rec, name, value);
}

/* ---- sweeps ---- */

static int run_add(struct sweep *sweep, const struct record *rec, int64_t x)
{
	struct sweep_run *runs =
		array_reserve(sweep->runs, &sweep->space, sweep->count + 1, sizeof(*runs));

	if (!runs)
		return -ENOMEM;
	sweep->runs = runs;
	runs[sweep->count++] = (struct sweep_run){x, rec};
	return 0;
}

static int run_compare(const void *a, const void *b)
{
	const struct sweep_run *ra = a, *rb = b;

	return ra->x < rb->x ? -1 : ra->x > rb->x;
}

static size_t values_count(const struct sweep *sweep)
{
	size_t count = sweep->count > 0;

	for (size_t i = 1; i < sweep->count; i++)
		count += sweep->runs[i].x != sweep->runs[i - 1].x;
	return count;
}

static int sweep_put(struct sweeps *sweeps, const struct sweep *sweep)
{
	struct sweep *items =
		array_reserve(sweeps->items, &sweeps->space, sweeps->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	sweeps->items = items;
	items[sweeps->count++] = *sweep;
	return 0;
}

/* The runs that differ from @like in @name alone, where they are a sweep. */
static int sweep_of(const struct record *const *records, size_t count, const struct record *like,
                    const char *name, struct sweeps *sweeps)
{
	struct sweep sweep = {.name = name};
	int64_t x;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		if (records[i] && alike_but(like, records[i], name) &&
		    value_of(records[i], name, &x))
			err = run_add(&sweep, records[i], x);
	if (sweep.count)
		qsort(sweep.runs, sweep.count, sizeof(*sweep.runs), run_compare);
	if (!err && values_count(&sweep) >= SWEEP_VALUES) {
		err = sweep_put(sweeps, &sweep);
		if (!err)
			return 0;
	}
	free(sweep.runs);
	return err;
}

/* Is @rec in a sweep of @name already? */
static bool is_swept(const struct sweeps *sweeps, const struct record *rec, const char *name)
{
	for (size_t i = 0; i < sweeps->count; i++)
		if (!strcmp(sweeps->items[i].name, name) &&
		    alike_but(sweeps->items[i].runs[0].rec, rec, name))
			return true;
	return false;
}

int sweeps_collect(const struct record *const *records, size_t count, struct sweeps *sweeps)
{
	int err = 0;

	*sweeps = (struct sweeps){0};
	for (size_t i = 0; i < count && !err; i++) {
		const struct record *rec = records[i];
		const struct settings *lists[2];

		if (!rec)
			continue;
		lists[0] = &rec->run.asked.sets;
		lists[1] = &rec->run.asked.params;
		for (size_t j = 0; j < lists[0]->count + lists[1]->count && !err; j++) {
			const char *name = j < lists[0]->count
			                           ? lists[0]->items[j].name
			                           : lists[1]->items[j - lists[0]->count].name;

			if (!is_swept(sweeps, rec, name))
				err = sweep_of(records, count, rec, name, sweeps);
		}
	}
	return err;
}

void sweeps_free(struct sweeps *sweeps)
{
	for (size_t i = 0; i < sweeps->count; i++)
		free(sweeps->items[i].runs);
	free(sweeps->items);
	*sweeps = (struct sweeps){0};
}
