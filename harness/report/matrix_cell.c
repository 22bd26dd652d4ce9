// SPDX-License-Identifier: GPL-2.0-or-later
/* matrix_cell: what stands in a cell, and how it compares with its row. */
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

size_t matrix_words(struct matrix *mx, struct words *list, const char *words)
{
	char **items;

	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->items[i], words))
			return i + 1;
	}
	items = reallocarray(list->items, list->count + 1, sizeof(*items));
	if (items)
		list->items = items;
	if (!items || !(items[list->count] = strdup(words))) {
		mx->no_memory = true;
		return 0;
	}
	return ++list->count;
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
	snprintf(cell->text, sizeof(cell->text), "%s [%zu]", word,
	         matrix_words(mx, &mx->notes, words));
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
	else if (rec->outcome != OUTCOME_OK || !row->id.claim)
		cell_say(mx, cell, outcome_name(rec->outcome), rec->reason);
	else
		cell_say(mx, cell, "missing", "the probe did not judge this there");
}

static void cell_undecided(struct matrix *mx, struct matrix_cell *cell)
{
	const struct finding *finding = cell->finding;
	char words[400], value[64];

	cell->mark = '?';
	snprintf(words, sizeof(words), "%s: %s", verdict_name(finding->verdict),
	         *finding->note ? finding->note : "no reason given");
	snprintf(cell->text, sizeof(cell->text), "%s [%zu]",
	         finding->measured.kind == VALUE_NONE
	                 ? verdict_name(finding->verdict)
	                 : value_text(&finding->measured, value, sizeof(value)),
	         matrix_words(mx, &mx->notes, words));
}

/* What is not the same in all phases goes into a footnote. */
static void cell_spread(struct matrix *mx, struct matrix_cell *cell, unsigned int phases)
{
	const struct spread *spread = cell->spread;
	char words[400] = "", undecided[64] = "", other[256];
	size_t used = strlen(cell->text);

	if (spread->differ)
		snprintf(words, sizeof(words), "in %u of %u timer phases: %s", spread->differ,
		         phases, value_text(&spread->other, other, sizeof(other)));
	if (spread->undecided)
		snprintf(undecided, sizeof(undecided), "%snot measured in %u of %u timer phases",
		         *words ? "; " : "", spread->undecided, phases);
	if (!*words && !*undecided)
		return;
	strcat(words, undecided);
	if (cell->mark == ' ')
		cell->mark = '~';
	snprintf(cell->text + used, sizeof(cell->text) - used, " [%zu]",
	         matrix_words(mx, &mx->notes, words));
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
		finding->model != MODEL_FAILS && !(cell->spread && cell->spread->model_failed);
	if (first) {
		struct diff_rule rule = diff_rule_for(first->rec, cell->rec, mx->slack_ns);

		cell->differs = !values_alike(&rule, first->value, cell->value);
	}
	cell->mark = !cell->model_ok ? '!' : cell->differs ? '*' : ' ';
	snprintf(cell->text, sizeof(cell->text), "%s",
	         value_text(cell->value, value, sizeof(value)));
	if (cell->spread)
		cell_spread(mx, cell, probe->phases);
}

void matrix_row_fill(struct matrix *mx, struct matrix_row *row)
{
	const struct matrix_cell *first = NULL;

	for (size_t i = 0; i < mx->count; i++) {
		struct matrix_cell *cell = &row->cells[i];

		*cell = (struct matrix_cell){.rec = matrix_record(mx, i, row->probe)};
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
