// SPDX-License-Identifier: GPL-2.0-or-later
/* cell: what stands in a cell, and how it compares with its row. */
#include "matrix.h"

static void say_with_note(struct matrix *mx, struct matrix_cell *cell, const char *text,
                          const char *note)
{
	cell->bare = matrix_text(mx, "%s", text);
	cell->note = note;
	cell->text = matrix_text(mx, "%s [%zu]", text, words_number(mx, &mx->notes, note));
}

static void cell_say(struct matrix *mx, struct matrix_cell *cell, const char *word,
                     const char *reason)
{
	cell->text = word;
	if (*reason)
		say_with_note(mx, cell, word, matrix_text(mx, "%s: %s", word, reason));
}

/* No finding: what the run came to instead. */
static void cell_without(struct matrix *mx, const struct matrix_row *row, struct matrix_cell *cell,
                         const struct matrix_column *column)
{
	const struct record *rec = cell->rec;

	if (column->why)
		cell->text = "-";
	else if (!rec)
		cell_say(mx, cell, "missing", "this probe was not run there");
	else if (!rec->finished)
		cell_say(mx, cell, "cut off", "the record ends before the result");
	else if (rec->outcome != OUTCOME_OK || !row->id.claim)
		cell_say(mx, cell, outcome_name(rec->outcome), rec->reason);
	else {
		cell->unjudged = true;
		cell_say(mx, cell, "missing", "the probe did not judge this there");
	}
}

static void cell_undecided(struct matrix *mx, struct matrix_cell *cell)
{
	const struct finding *finding = cell->finding;
	const char *verdict = verdict_name(finding->verdict);
	char value[64];

	cell->mark = MARK_UNDECIDED;
	say_with_note(mx, cell,
	              finding->measured.kind == VALUE_NONE
	                      ? verdict
	                      : value_text(&finding->measured, value, sizeof(value)),
	              matrix_text(mx, "%s: %s", verdict,
	                          *finding->note ? finding->note : "no reason given"));
}

/* What is not the same in all phases goes into a footnote. */
static void cell_spread(struct matrix *mx, struct matrix_cell *cell, unsigned int phases)
{
	const struct spread *spread = cell->spread;
	const char *note = "";
	char other[64];

	if (spread->differ)
		note = matrix_text(mx, "in %u of %u timer phases: %s", spread->differ, phases,
		                   value_text(&spread->other, other, sizeof(other)));
	if (spread->undecided)
		note = matrix_text(mx, "%s%snot measured in %u of %u timer phases", note,
		                   *note ? "; " : "", spread->undecided, phases);
	if (!*note)
		return;
	if (cell->mark == MARK_NONE)
		cell->mark = MARK_PHASES;
	say_with_note(mx, cell, cell->text, note);
}

static void cell_measured(struct matrix *mx, struct matrix_cell *cell,
                          const struct matrix_cell *first, const struct phases *phases)
{
	const struct probe_phases *probe = phases_find(phases, cell->rec->probe);
	const struct finding *finding = cell->finding;
	char value[64];

	cell->measured = true;
	cell->spread = spread_find(probe, finding_id_of(finding));
	cell->value = cell->spread ? &cell->spread->measured : &finding->measured;
	cell->model_ok =
		finding->model != MODEL_FAILS && !(cell->spread && spread_failed(cell->spread));
	if (first) {
		struct diff_rule rule = diff_rule_for(first->rec, cell->rec, mx->slack_ns);

		cell->differs = !values_alike(&rule, first->value, cell->value);
	}
	cell->mark = !cell->model_ok ? MARK_FAILED : cell->differs ? MARK_DIFFERS : MARK_NONE;
	cell->text = matrix_text(mx, "%s", value_text(cell->value, value, sizeof(value)));
	if (cell->spread)
		cell_spread(mx, cell, probe->phases);
}

void row_fill(struct matrix *mx, const struct matrix_block *block, struct matrix_row *row)
{
	const struct matrix_cell *first = NULL;

	for (size_t i = 0; i < mx->count; i++) {
		struct matrix_cell *cell = &row->cells[i];

		*cell = (struct matrix_cell){.rec = matrix_record(mx, i, block->rec)};
		if (cell->rec && row->id.claim)
			cell->finding = finding_find(cell->rec, row->id);
		if (!cell->finding)
			cell_without(mx, row, cell, &mx->columns[i]);
		else if (finding_undecided(cell->finding))
			cell_undecided(mx, cell);
		else
			cell_measured(mx, cell, first, mx->columns[i].phases);
		if (cell->measured && !first)
			first = cell;
	}
}
