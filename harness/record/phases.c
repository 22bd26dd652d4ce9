// SPDX-License-Identifier: GPL-2.0-or-later
#include "phases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../base/phase.h"

const struct probe_phases *phases_find(const struct phases *phases, const char *probe)
{
	for (size_t i = 0; phases && i < phases->probe_count; i++)
		if (!strcmp(phases->probes[i].probe, probe))
			return &phases->probes[i];
	return NULL;
}

struct finding_id spread_id_of(const struct spread *spread)
{
	return (struct finding_id){spread->claim, spread->in_case, spread->name};
}

const struct spread *spread_find(const struct probe_phases *probe, struct finding_id id)
{
	for (size_t i = 0; probe && i < probe->count; i++)
		if (finding_id_same(spread_id_of(&probe->spreads[i]), id))
			return &probe->spreads[i];
	return NULL;
}

static bool is_number(const struct value *value)
{
	return value->kind == VALUE_COUNT || value->kind == VALUE_TIME;
}

/* @to is @from, with a text of its own. */
static int value_copy(struct arena *texts, struct value *to, const struct value *from)
{
	*to = *from;
	if (from->kind == VALUE_TEXT)
		to->text = arena_text(texts, from->text);
	return from->kind == VALUE_TEXT && !to->text ? -ENOMEM : 0;
}

static int spread_measured(struct arena *texts, struct spread *spread, const struct value *measured)
{
	struct value *range = &spread->measured;

	if (range->kind == VALUE_NONE)
		return value_copy(texts, range, measured);
	if (range->kind == measured->kind && is_number(range)) {
		range->lo = measured->lo < range->lo ? measured->lo : range->lo;
		range->hi = measured->hi > range->hi ? measured->hi : range->hi;
	} else if (range->kind != measured->kind || strcmp(range->text, measured->text) != 0) {
		if (!spread->differ++)
			return value_copy(texts, &spread->other, measured);
	}
	return 0;
}

static int spread_take(struct arena *texts, struct spread *spread, const struct finding *finding)
{
	if (!finding || finding_undecided(finding) || finding->measured.kind == VALUE_NONE) {
		spread->undecided++;
		return 0;
	}
	spread->model_failed += finding->model == MODEL_FAILS;
	if (finding->grain_ns != spread->grain_ns || finding->predicts.lo != spread->predicts.lo)
		spread->grain_ns = 0; /* another timer */
	return spread_measured(texts, spread, &finding->measured);
}

/* A finding that no phase had before. */
static int spread_new(struct arena *texts, struct probe_phases *probe,
                      const struct finding *finding, unsigned int phases_before)
{
	struct spread *spread =
		array_reserve(probe->spreads, &probe->space, probe->count + 1, sizeof(*spread));

	if (!spread)
		return -ENOMEM;
	probe->spreads = spread;
	spread += probe->count;
	*spread = (struct spread){
		.claim = finding->claim,
		.in_case = finding->in_case,
		.name = finding->name,
		.unit = finding->unit,
		.predicts = finding->predicts,
		.undecided = phases_before,
		.grain_ns = finding->grain_ns,
	};
	if (spread_copy_texts(texts, spread))
		return -ENOMEM;
	probe->count++;
	return spread_take(texts, spread, finding);
}

static bool record_failed(const struct record *rec)
{
	return !rec->finished || (rec->outcome != OUTCOME_OK && rec->outcome != OUTCOME_SKIPPED &&
	                          rec->outcome != OUTCOME_INCONCLUSIVE);
}

static int probe_take(struct arena *texts, struct probe_phases *probe, const struct record *rec,
                      unsigned int phases_before)
{
	size_t known = probe->count;
	int err = 0;

	probe->failed += record_failed(rec);
	for (size_t i = 0; i < known && !err; i++)
		err = spread_take(texts, &probe->spreads[i],
		                  finding_find(rec, spread_id_of(&probe->spreads[i])));
	for (size_t i = 0; i < rec->finding_count && !err; i++)
		if (!spread_find(probe, finding_id_of(&rec->findings[i])))
			err = spread_new(texts, probe, &rec->findings[i], phases_before);
	return err;
}

static struct probe_phases *probe_of(struct phases *phases, const char *probe)
{
	struct probe_phases *all;

	for (size_t i = 0; i < phases->probe_count; i++)
		if (!strcmp(phases->probes[i].probe, probe))
			return &phases->probes[i];
	all = array_reserve(phases->probes, &phases->probe_space, phases->probe_count + 1,
	                    sizeof(*all));
	if (!all)
		return NULL;
	phases->probes = all;
	all[phases->probe_count] =
		(struct probe_phases){.probe = arena_text(&phases->texts, probe)};
	if (!all[phases->probe_count].probe)
		return NULL;
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
		err = probe ? probe_take(&phases->texts, probe, records[i], phases->count)
		            : -ENOMEM;
		if (!err)
			probe->phases = phases->count + 1;
	}
	phases->count++;
	return err;
}

static int spread_settle(struct spread *spread, int hz, unsigned int phases)
{
	if (spread->undecided)
		spread->grain_ns = 0;
	return spread->grain_ns ? phase_gap(hz, phases, spread->grain_ns, &spread->gap_ns) : 0;
}

int phases_settle(struct phases *phases, int hz)
{
	int err = 0;

	for (size_t i = 0; i < phases->probe_count; i++)
		for (size_t j = 0; j < phases->probes[i].count && !err; j++)
			err = spread_settle(&phases->probes[i].spreads[j], hz, phases->count);
	return err;
}

static bool is_bounded_time(const struct value *value)
{
	return value->kind == VALUE_TIME && value->lo != INT64_MIN && value->hi != INT64_MAX;
}

/* False, with @why it does not fit. */
static bool spread_misfit(char *why, const char *which, int64_t measured_ns, const char *than,
                          int64_t limit_ns)
{
	struct value measured = {.kind = VALUE_TIME, .lo = measured_ns, .hi = measured_ns};
	struct value limit = {.kind = VALUE_TIME, .lo = limit_ns, .hi = limit_ns};
	char measured_text[48], limit_text[48];

	if (why)
		snprintf(why, SPREAD_WHY_SIZE, "the %s is %s: the timer wheel gives %s %s", which,
		         value_text(&measured, measured_text, sizeof(measured_text)), than,
		         value_text(&limit, limit_text, sizeof(limit_text)));
	return false;
}

bool spread_fits_wheel(const struct spread *spread, char *why)
{
	const struct value *predicts = &spread->predicts, *measured = &spread->measured;
	int64_t slack_ns, least_ns, greatest_ns;

	if (!spread->grain_ns || !is_bounded_time(predicts) || !is_bounded_time(measured))
		return true;
	slack_ns = predicts->hi - predicts->lo - spread->grain_ns;
	least_ns = predicts->lo + spread->gap_ns + slack_ns;
	greatest_ns = predicts->lo + spread->grain_ns - spread->gap_ns - slack_ns;
	if (measured->lo > least_ns)
		return spread_misfit(why, "least", measured->lo, "no more than", least_ns);
	if (measured->hi < greatest_ns)
		return spread_misfit(why, "greatest", measured->hi, "no less than", greatest_ns);
	return true;
}

bool spread_failed(const struct spread *spread)
{
	return spread->model_failed || !spread_fits_wheel(spread, NULL);
}

bool probe_phases_failed(const struct probe_phases *probe)
{
	for (size_t i = 0; i < probe->count; i++)
		if (spread_failed(&probe->spreads[i]))
			return true;
	return probe->failed;
}

int phases_take(struct phases *phases, const struct record *rec)
{
	struct probe_phases *probe;

	if (!rec->phases || phases_find(phases, rec->probe))
		return 0;
	probe = probe_of(phases, rec->probe);
	if (!probe)
		return -ENOMEM;
	probe->spreads =
		array_reserve(NULL, &probe->space, rec->spread_count, sizeof(*rec->spreads));
	if (!probe->spreads)
		return -ENOMEM;
	for (size_t i = 0; i < rec->spread_count; i++) {
		probe->spreads[i] = rec->spreads[i];
		if (spread_copy_texts(&phases->texts, &probe->spreads[i]))
			return -ENOMEM;
		probe->count++;
	}
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
	arena_clear(&phases->texts);
	*phases = (struct phases){0};
}
