// SPDX-License-Identifier: GPL-2.0-or-later
#include "phases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The wheel rounds a timer up to the grain of its level, 8^n jiffies: the fourth, for
 * timers up to 17 minutes at 250 Hz, has one of 16.384 s. The golden ratio's
 * multiples spread any number of phases evenly over it.
 */
#define PHASE_SPAN_NS 16384000000LL
#define GOLDEN_RATIO 0.6180339887498949

int64_t phase_delay_ns(unsigned int index)
{
	double turns = index * GOLDEN_RATIO;

	return (int64_t)((turns - (double)(int64_t)turns) * PHASE_SPAN_NS);
}

int phases_add(struct phases *phases, struct record **records, size_t probes)
{
	struct record ***all =
		realloc(phases->records, (phases->count + 1) * sizeof(*phases->records));

	if (!all)
		return -ENOMEM;
	phases->records = all;
	all[phases->count++] = records;
	phases->probes = probes;
	return 0;
}

void phases_free(struct phases *phases)
{
	for (unsigned int i = 0; i < phases->count; i++) {
		for (size_t j = 0; j < phases->probes; j++)
			record_free(phases->records[i][j]);
		free(phases->records[i]);
	}
	free(phases->records);
	*phases = (struct phases){0};
}

static const struct finding *finding_named(const struct record *rec, const struct finding *like)
{
	for (size_t i = 0; rec && i < rec->finding_count; i++)
		if (!strcmp(rec->findings[i].claim, like->claim) &&
		    !strcmp(rec->findings[i].name, like->name))
			return &rec->findings[i];
	return NULL;
}

struct spread {
	struct value range;
	unsigned int missing, model_failed;
	bool texts_differ;
};

static void spread_add(struct spread *spread, const struct finding *finding)
{
	if (!finding) {
		spread->missing++;
		return;
	}
	spread->model_failed += !finding->model_ok;
	if (finding->measured.kind != spread->range.kind) {
		spread->missing++;
	} else if (finding->measured.kind == VALUE_TEXT) {
		spread->texts_differ |= strcmp(finding->measured.text, spread->range.text) != 0;
	} else {
		if (finding->measured.lo < spread->range.lo)
			spread->range.lo = finding->measured.lo;
		if (finding->measured.hi > spread->range.hi)
			spread->range.hi = finding->measured.hi;
	}
}

static void finding_print(const struct phases *phases, size_t probe, const struct finding *first,
                          FILE *out)
{
	struct spread spread = {.range = first->measured};
	char measured[256], predicts[256];

	for (unsigned int i = 0; i < phases->count; i++)
		spread_add(&spread, finding_named(phases->records[i][probe], first));
	fprintf(out, "  %-24s %-24s %s", first->name,
	        value_text(&spread.range, measured, sizeof(measured)),
	        value_text(&first->predicts, predicts, sizeof(predicts)));
	if (spread.texts_differ)
		fprintf(out, "  DIFFERS between phases");
	if (spread.model_failed)
		fprintf(out, "  NOT AS PREDICTED in %u", spread.model_failed);
	if (spread.missing)
		fprintf(out, "  not measured in %u", spread.missing);
	fputc('\n', out);
}

void phases_print(const struct phases *phases, FILE *out)
{
	for (size_t i = 0; i < phases->probes; i++) {
		const struct record *rec = phases->records[0][i];

		if (!rec || !rec->finding_count)
			continue;
		fprintf(out, "\n%s over %u timer phases: measured, predicts\n", rec->probe,
		        phases->count);
		for (size_t j = 0; j < rec->finding_count; j++)
			finding_print(phases, i, &rec->findings[j], out);
	}
}
