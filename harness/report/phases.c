// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * phases: a block a probe, in it a row a finding, and below it what is not the same in
 * all phases.
 *
 *   wave1.lost over 5 timer phases
 *     finding                  predicts            measured
 *     lifetime                 104.45..109.52 s    106.78..107.24 s
 */
#include <assert.h>
#include <errno.h>

#include "sheet.h"

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 72
#define INDENT 2
#define NAME_COLUMNS 24
#define CELLS 3
static_assert(CELLS <= SHEET_CELLS, "a row is printed at once");

struct printer {
	struct sheet sheet;
	const struct phases *phases;
};

static void print_row(const struct printer *pr, const char *const texts[CELLS], enum attr attr)
{
	unsigned int value = (pr->sheet.width - INDENT - NAME_COLUMNS - CELLS + 1) / 2;
	const struct sheet_cell cells[CELLS] = {
		{texts[0], NAME_COLUMNS, attr},
		{texts[1], value, attr},
		{texts[2], value, attr == ATTR_DIM ? attr : ATTR_BOLD},
	};

	sheet_row(&pr->sheet, INDENT, cells, CELLS);
}

static void print_remark(const struct printer *pr, const char *words, unsigned int phases,
                         const char *more, enum attr attr)
{
	sheet_format(&pr->sheet, INDENT + 2, attr, "%s in %u of %u phases%s%s", words, phases,
	             pr->phases->count, *more ? ": " : "", more);
}

static void print_spread(const struct printer *pr, const struct spread *spread)
{
	char name[200], predicts[256], measured[256], other[256], why[SPREAD_WHY_SIZE];
	const char *const cells[CELLS] = {
		finding_title(spread_id_of(spread), name, sizeof(name)),
		value_text(&spread->predicts, predicts, sizeof(predicts)),
		value_text(&spread->measured, measured, sizeof(measured)),
	};

	print_row(pr, cells, ATTR_PLAIN);
	if (spread->differ)
		print_remark(pr, "DIFFERS", spread->differ,
		             value_text(&spread->other, other, sizeof(other)), ATTR_YELLOW);
	if (spread->model_failed)
		print_remark(pr, "MODEL FAILED", spread->model_failed, "", ATTR_RED);
	if (!spread_fits_wheel(spread, why))
		sheet_format(&pr->sheet, INDENT + 2, ATTR_RED, "MODEL FAILED over all phases: %s",
		             why);
	if (spread->undecided)
		print_remark(pr, "not measured", spread->undecided, "", ATTR_MAGENTA);
}

static void print_probe(const struct printer *pr, const struct probe_phases *probe)
{
	static const char *const heads[CELLS] = {"finding", "predicts", "measured"};

	sheet_end_line(&pr->sheet);
	sheet_put(&pr->sheet, ATTR_BOLD, probe->probe, 0);
	fprintf(pr->sheet.out, " over %u timer phase%s\n", pr->phases->count,
	        pr->phases->count == 1 ? "" : "s");
	print_row(pr, heads, ATTR_DIM);
	for (size_t i = 0; i < probe->count; i++)
		print_spread(pr, &probe->spreads[i]);
}

int phases_print(const struct phases *phases, const struct report_style *style, FILE *out)
{
	struct printer pr = {.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN),
	                     .phases = phases};

	for (size_t i = 0; i < phases->probe_count; i++)
		if (phases->probes[i].count)
			print_probe(&pr, &phases->probes[i]);
	return ferror(out) ? -EIO : 0;
}
