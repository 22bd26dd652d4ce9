// SPDX-License-Identifier: GPL-2.0-or-later
#include "finding_rows.h"

#include "../base/clock.h"
#include "outcome_words.h"
#include "verdict_words.h"

/* In the order in which they are put. */
static const struct grid_column columns[] = {
	{"finwait", GRID_CONTEXT},
	{"kernel", GRID_CONTEXT},
	{"guest", GRID_CONTEXT},
	{"clock", GRID_CONTEXT},
	{"family", GRID_CONTEXT},
	{"conditions", GRID_CONTEXT},
	{"probe", 0},
	{"claim", 0},
	{"article", 0},
	{"finding", 0},
	{"says", 0},
	{"predicts", 0},
	{"measured", 0},
	{"verdict", 0},
	{"model", 0},
	{"unit", GRID_PROGRAMS},
	{"measured_low", GRID_PROGRAMS | GRID_NUMBER},
	{"measured_high", GRID_PROGRAMS | GRID_NUMBER},
	{"outcome", GRID_PROGRAMS},
	{"elapsed_s", GRID_PROGRAMS | GRID_NUMBER},
	{"note", 0},
};

/* What a record alone cannot tell: only where there were phases. */
static const struct grid_column phase_columns[] = {
	{"phases", GRID_NUMBER},
	{"over_phases", 0},
	{"phases_failed", GRID_NUMBER},
};

const char *family_word(enum family family)
{
	return family == FAMILY_IPV6 ? "IPv6" : "IPv4";
}

static void put_whom(struct grid *grid, const struct record *rec)
{
	grid_put(grid, "%s", rec->run.version);
	grid_put(grid, "Linux %s", rec->run.kernel);
	grid_put(grid, "%s", rec->run.guest);
	grid_put(grid, "%s", rec->run.clock);
	grid_put(grid, "%s", family_word(rec->family));
	grid_put(grid, "%s", rec->faithful ? "faithful" : "quick");
}

void value_put(struct grid *grid, const struct value *value)
{
	char text[256];

	grid_put(grid, "%s",
	         value->kind == VALUE_NONE ? "" : value_text(value, text, sizeof(text)));
}

/* A count, or seconds. */
static void put_bound(struct grid *grid, enum value_kind kind, int64_t bound)
{
	bool open = bound == INT64_MIN || bound == INT64_MAX;

	if (kind == VALUE_TIME && !open)
		grid_put(grid, "%.9f", (double)bound / NS_PER_S);
	else if (kind == VALUE_COUNT && !open)
		grid_put(grid, "%lld", (long long)bound);
	else
		grid_put(grid, "%s", "");
}

const char *model_word(enum model model)
{
	switch (model) {
	case MODEL_HOLDS:
		return "holds";
	case MODEL_FAILS:
		return "FAILED";
	case MODEL_UNJUDGED:
		break;
	}
	return "";
}

void answer_put(struct grid *grid, const struct finding *finding)
{
	value_put(grid, &finding->says);
	value_put(grid, &finding->predicts);
	value_put(grid, &finding->measured);
	grid_put(grid, "%s", verdict_word(finding->verdict));
	grid_put(grid, "%s", model_word(finding->model));
}

static void put_result(struct grid *grid, const struct record *rec, const char *note)
{
	grid_put(grid, "%s", outcome_name(record_outcome(rec)));
	grid_put(grid, "%.9f", (double)rec->elapsed_ns / NS_PER_S);
	grid_put(grid, "%s", note);
}

/* Of a finding, or where there is none of its probe. */
static void put_phases(struct grid *grid, const struct phases *phases, const struct record *rec,
                       const struct finding *finding)
{
	const struct probe_phases *probe = phases_find(phases, rec->probe);
	const struct spread *spread = finding ? spread_find(probe, finding_id_of(finding)) : NULL;
	char text[256], why[SPREAD_WHY_SIZE] = "";
	const char *measured;

	if (!phases)
		return;
	grid_put(grid, "%u", probe ? probe->phases : 0);
	if (!spread) {
		grid_put(grid, "%s", "");
		grid_put(grid, "%u", probe ? probe->failed : 0);
		return;
	}
	measured = value_text(&spread->measured, text, sizeof(text));
	if (spread->differ)
		grid_put(grid, "%s, other words in %u", measured, spread->differ);
	else if (!spread_fits_wheel(spread, why))
		grid_put(grid, "%s: %s", measured, why);
	else
		grid_put(grid, "%s", measured);
	grid_put(grid, "%u", spread->model_failed);
}

static void put_finding(struct grid *grid, const struct record *rec, const struct finding *finding)
{
	const struct record_claim *claim = record_claim_find(rec, finding->claim);
	char title[200];

	put_whom(grid, rec);
	grid_put(grid, "%s", rec->probe);
	grid_put(grid, "%s", finding->claim);
	grid_put(grid, "%s", claim ? claim->article : "");
	grid_put(grid, "%s", finding_title(finding_id_of(finding), title, sizeof(title)));
	answer_put(grid, finding);
	grid_put(grid, "%s", finding->unit);
	put_bound(grid, finding->measured.kind, finding->measured.lo);
	put_bound(grid, finding->measured.kind, finding->measured.hi);
	put_result(grid, rec, finding->note);
}

/* Nothing was found: the outcome stands where a verdict would. */
static void put_nothing(struct grid *grid, const struct record *rec)
{
	put_whom(grid, rec);
	grid_put(grid, "%s", rec->probe);
	for (int i = 0; i < 6; i++) /* claim to measured */
		grid_put(grid, "%s", "");
	grid_put(grid, "%s", outcome_word(record_outcome(rec)));
	for (int i = 0; i < 4; i++) /* model to measured_high */
		grid_put(grid, "%s", "");
	put_result(grid, rec, rec->finished ? rec->reason : "the record ends before the result");
}

static void put_record(struct grid *grid, const struct record *rec, const struct phases *phases)
{
	for (size_t i = 0; i < rec->finding_count; i++) {
		put_finding(grid, rec, &rec->findings[i]);
		put_phases(grid, phases, rec, &rec->findings[i]);
	}
	if (!rec->finding_count) {
		put_nothing(grid, rec);
		put_phases(grid, phases, rec, NULL);
	}
}

void finding_rows(struct grid *grid, const struct record *const *records, size_t count,
                  const struct phases *phases)
{
	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
	if (phases)
		grid_columns(grid, phase_columns, sizeof(phase_columns) / sizeof(phase_columns[0]));
	for (size_t i = 0; i < count; i++)
		if (records[i])
			put_record(grid, records[i], phases);
}
