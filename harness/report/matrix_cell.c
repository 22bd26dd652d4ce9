// SPDX-License-Identifier: GPL-2.0-or-later
/* matrix_cell: what stands in a cell, and how it compares with its row. */
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

size_t matrix_note(struct matrix *mx, const char *words)
{
	char **notes;

	for (size_t i = 0; i < mx->note_count; i++) {
		if (!strcmp(mx->notes[i], words))
			return i + 1;
	}
	notes = reallocarray(mx->notes, mx->note_count + 1, sizeof(*notes));
	if (notes)
		mx->notes = notes;
	if (!notes || !(notes[mx->note_count] = strdup(words))) {
		mx->no_memory = true;
		return 0;
	}
	return ++mx->note_count;
}

const struct record *matrix_record(const struct matrix *mx, size_t column, const char *probe)
{
	const struct matrix_column *col = &mx->columns[column];

	for (size_t i = 0; !col->why && i < col->count; i++) {
		if (col->records[i] && !strcmp(col->records[i]->probe, probe))
			return col->records[i];
	}
	return NULL;
}

static void cell_say(struct matrix *mx, struct matrix_cell *cell, const char *word,
                     const char *reason)
{
	char words[640];

	if (!*reason) {
		snprintf(cell->text, sizeof(cell->text), "%s", word);
		return;
	}
	snprintf(words, sizeof(words), "%s: %s", word, reason);
	snprintf(cell->text, sizeof(cell->text), "%s [%zu]", word, matrix_note(mx, words));
}

/* No finding: what the run came to instead. */
static void cell_without(struct matrix *mx, const struct matrix_row *row, struct matrix_cell *cell,
                         const struct matrix_column *column)
{
	const struct record *rec = cell->rec;

	cell->mark = ' ';
	if (column->why)
		snprintf(cell->text, sizeof(cell->text), "-");
	else if (!rec)
		cell_say(mx, cell, "missing", "this probe was not run there");
	else if (!rec->finished)
		cell_say(mx, cell, "cut off", "the record ends before the result");
	else if (rec->outcome != OUTCOME_OK || !row->claim)
		cell_say(mx, cell, outcome_name(rec->outcome), rec->reason);
	else
		cell_say(mx, cell, "missing", "the probe did not judge this there");
}

static bool is_undecided(const struct finding *finding)
{
	return finding->verdict == VERDICT_INCONCLUSIVE || finding->verdict == VERDICT_SKIPPED;
}

static void cell_undecided(struct matrix *mx, struct matrix_cell *cell)
{
	const struct finding *finding = cell->finding;
	char words[400], value[64];

	cell->mark = '?';
	value_text(&finding->measured, value, sizeof(value));
	snprintf(words, sizeof(words), "%s: %s", verdict_name(finding->verdict),
	         *finding->note ? finding->note : "no reason given");
	snprintf(cell->text, sizeof(cell->text), "%s [%zu]",
	         finding->measured.kind == VALUE_NONE ? verdict_name(finding->verdict) : value,
	         matrix_note(mx, words));
}

static void cell_measured(struct matrix_cell *cell, const struct matrix_cell *first,
                          int64_t slack_ns)
{
	const struct finding *finding = cell->finding;

	cell->measured = true;
	if (first) {
		struct diff_rule rule = diff_rule_for(first->rec, cell->rec, slack_ns);

		cell->differs = !values_alike(&rule, &first->finding->measured, &finding->measured);
	}
	cell->mark = !finding->model_ok ? '!' : cell->differs ? '*' : ' ';
	value_text(&finding->measured, cell->text, sizeof(cell->text));
}

void matrix_row_fill(struct matrix *mx, struct matrix_row *row)
{
	const struct matrix_cell *first = NULL;

	row->all_alike = true;
	for (size_t i = 0; i < mx->count; i++) {
		struct matrix_cell *cell = &row->cells[i];

		*cell = (struct matrix_cell){.rec = matrix_record(mx, i, row->probe)};
		if (cell->rec && row->claim)
			cell->finding = finding_find(cell->rec, row->claim, row->name);
		if (!cell->finding)
			cell_without(mx, row, cell, &mx->columns[i]);
		else if (is_undecided(cell->finding))
			cell_undecided(mx, cell);
		else
			cell_measured(cell, first, mx->slack_ns);
		if (cell->measured && !first)
			first = cell;
		row->all_alike &= cell->measured && !cell->differs && cell->finding->model_ok;
	}
}
