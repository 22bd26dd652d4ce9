// SPDX-License-Identifier: GPL-2.0-or-later
#include "phases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct probe_phases *phases_find(const struct phases *phases, const char *probe)
{
	for (size_t i = 0; phases && i < phases->probe_count; i++)
		if (!strcmp(phases->probes[i].probe, probe))
			return &phases->probes[i];
	return NULL;
}

const struct spread *spread_find(const struct probe_phases *probe, const char *claim,
                                 const char *name)
{
	for (size_t i = 0; probe && i < probe->count; i++)
		if (!strcmp(probe->spreads[i].claim, claim) &&
		    !strcmp(probe->spreads[i].name, name))
			return &probe->spreads[i];
	return NULL;
}

static bool is_number(const struct value *value)
{
	return value->kind == VALUE_COUNT || value->kind == VALUE_TIME;
}

static void spread_measured(struct spread *spread, const struct value *measured)
{
	struct value *range = &spread->measured;

	if (range->kind == VALUE_NONE) {
		*range = *measured;
	} else if (range->kind == measured->kind && is_number(range)) {
		range->lo = measured->lo < range->lo ? measured->lo : range->lo;
		range->hi = measured->hi > range->hi ? measured->hi : range->hi;
	} else if (range->kind != measured->kind || strcmp(range->text, measured->text) != 0) {
		if (!spread->differ++)
			spread->other = *measured;
	}
}

static void spread_take(struct spread *spread, const struct finding *finding)
{
	if (!finding || finding_undecided(finding) || finding->measured.kind == VALUE_NONE) {
		spread->undecided++;
		return;
	}
	spread->model_failed += !finding->model_ok;
	spread_measured(spread, &finding->measured);
}

/* A finding that no phase had before. */
static int spread_new(struct probe_phases *probe, const struct finding *finding,
                      unsigned int phases_before)
{
	struct spread *all = reallocarray(probe->spreads, probe->count + 1, sizeof(*all)), *spread;

	if (!all)
		return -ENOMEM;
	probe->spreads = all;
	spread = &all[probe->count++];
	*spread = (struct spread){.predicts = finding->predicts, .undecided = phases_before};
	memcpy(spread->claim, finding->claim, sizeof(spread->claim));
	memcpy(spread->name, finding->name, sizeof(spread->name));
	memcpy(spread->unit, finding->unit, sizeof(spread->unit));
	spread_take(spread, finding);
	return 0;
}

static bool record_failed(const struct record *rec)
{
	return !rec->finished || (rec->outcome != OUTCOME_OK && rec->outcome != OUTCOME_SKIPPED &&
	                          rec->outcome != OUTCOME_INCONCLUSIVE);
}

static int probe_take(struct probe_phases *probe, const struct record *rec,
                      unsigned int phases_before)
{
	size_t known = probe->count;
	int err = 0;

	probe->failed += record_failed(rec);
	for (size_t i = 0; i < known; i++)
		spread_take(&probe->spreads[i],
		            finding_find(rec, probe->spreads[i].claim, probe->spreads[i].name));
	for (size_t i = 0; i < rec->finding_count && !err; i++)
		if (!spread_find(probe, rec->findings[i].claim, rec->findings[i].name))
			err = spread_new(probe, &rec->findings[i], phases_before);
	return err;
}

static struct probe_phases *probe_of(struct phases *phases, const char *probe)
{
	struct probe_phases *all;

	for (size_t i = 0; i < phases->probe_count; i++)
		if (!strcmp(phases->probes[i].probe, probe))
			return &phases->probes[i];
	all = reallocarray(phases->probes, phases->probe_count + 1, sizeof(*all));
	if (!all)
		return NULL;
	phases->probes = all;
	all[phases->probe_count] = (struct probe_phases){0};
	snprintf(all[phases->probe_count].probe, sizeof(all->probe), "%s", probe);
	return &all[phases->probe_count++];
}

int phases_add(struct phases *phases, struct record *const *records, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		struct probe_phases *probe;

		if (!records[i])
			continue;
		probe = probe_of(phases, records[i]->probe);
		err = probe ? probe_take(probe, records[i], phases->count) : -ENOMEM;
		if (!err)
			probe->phases = phases->count + 1;
	}
	phases->count++;
	return err;
}

int phases_take(struct phases *phases, const struct record *rec)
{
	struct probe_phases *probe;
	struct spread *spreads;

	if (!rec->phases || phases_find(phases, rec->probe))
		return 0;
	spreads = calloc(rec->spread_count, sizeof(*spreads));
	probe = spreads ? probe_of(phases, rec->probe) : NULL;
	if (!probe) {
		free(spreads);
		return -ENOMEM;
	}
	memcpy(spreads, rec->spreads, rec->spread_count * sizeof(*spreads));
	probe->spreads = spreads;
	probe->count = rec->spread_count;
	probe->phases = rec->phases;
	if (rec->phases > phases->count)
		phases->count = rec->phases;
	return 0;
}

void phases_free(struct phases *phases)
{
	for (size_t i = 0; i < phases->probe_count; i++)
		free(phases->probes[i].spreads);
	free(phases->probes);
	*phases = (struct phases){0};
}
