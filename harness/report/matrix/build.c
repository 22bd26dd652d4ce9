// SPDX-License-Identifier: GPL-2.0-or-later
/* build: the matrix's blocks and rows, and what they add up to. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "matrix.h"

const char *matrix_text(struct matrix *mx, const char *fmt, ...)
{
	const char *kept = NULL;
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0) {
		kept = arena_text(&mx->texts, text);
		free(text);
	}
	va_end(args);
	mx->no_memory |= !kept;
	return kept ? kept : "";
}

void words_add(struct matrix *mx, struct words *list, const char *text)
{
	const char **items =
		array_reserve(list->items, &list->space, list->count + 1, sizeof(*items));

	if (!items) {
		mx->no_memory = true;
		return;
	}
	list->items = items;
	items[list->count++] = text;
}

size_t words_number(struct matrix *mx, struct words *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return i + 1;
	words_add(mx, list, text);
	return list->count;
}

static bool is_like(const struct record *rec, const struct record *like)
{
	return !strcmp(rec->probe, like->probe) && rec->family == like->family;
}

const struct record *matrix_record(const struct matrix *mx, size_t column,
                                   const struct record *like)
{
	const struct matrix_column *col = &mx->columns[column];

	for (size_t i = 0; !col->why && i < col->count; i++) {
		if (col->records[i] && is_like(col->records[i], like))
			return col->records[i];
	}
	return NULL;
}

/* ---- what differs for no fault of the kernel's ---- */

static bool settings_have(const struct settings *a, const struct settings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const char *theirs = settings_get(b, a->items[i].name);

		if (!theirs || strcmp(theirs, a->items[i].value))
			return false;
	}
	return true;
}

/* Figures of runs that were asked different things differ for no fault of the kernel's. */
static void block_conditions(struct matrix *mx, struct matrix_block *block)
{
	const struct record *first = NULL;
	const char *first_name = NULL;

	for (size_t i = 0; i < mx->count; i++) {
		const struct record *rec = matrix_record(mx, i, block->rec);

		if (!rec || !rec->event_count)
			continue;
		if (first && (first->faithful != rec->faithful ||
		              !settings_have(&first->params, &rec->params)))
			words_add(mx, &block->conditions,
			          matrix_text(mx, "%s was run with other parameters than %s",
			                      mx->columns[i].name, first_name));
		if (!first) {
			first = rec;
			first_name = mx->columns[i].name;
		}
	}
}

/* ---- where the model failed ---- */

static const char *failure_text(struct matrix *mx, const struct matrix_cell *cell)
{
	char predicts[256], measured[256], phases[40] = "", why[SPREAD_WHY_SIZE] = "";

	if (!cell->measured || cell->model_ok)
		return "";
	if (cell->spread && cell->spread->model_failed)
		snprintf(phases, sizeof(phases), "  in %u timer phase%s",
		         cell->spread->model_failed, cell->spread->model_failed == 1 ? "" : "s");
	if (cell->spread && !spread_fits_wheel(cell->spread, why))
		snprintf(phases, sizeof(phases), "  over all timer phases: ");
	return matrix_text(mx, "MODEL FAILED  predicted %s  measured %s%s%s",
	                   value_text(&cell->finding->predicts, predicts, sizeof(predicts)),
	                   value_text(cell->value, measured, sizeof(measured)), phases, why);
}

/* Kernels where it failed in the same words are told together. */
static void row_failures(struct matrix *mx, struct matrix_row *row)
{
	struct words told = {0}, names = {0};

	for (size_t i = 0; i < mx->count; i++) {
		const char *text = failure_text(mx, &row->cells[i]);
		size_t number;

		if (!*text)
			continue;
		number = words_number(mx, &told, text);
		if (number > names.count)
			words_add(mx, &names, mx->columns[i].name);
		else if (number)
			names.items[number - 1] = matrix_text(mx, "%s, %s", names.items[number - 1],
			                                      mx->columns[i].name);
	}
	for (size_t i = 0; i < names.count; i++)
		words_add(mx, &row->failures,
		          matrix_text(mx, "%s: %s", names.items[i], told.items[i]));
	free(told.items);
	free(names.items);
}

/* ---- totals ---- */

/* Who answers against who does not, for reasons that are not those of a column as a whole. */
static bool row_is_unanswered(const struct matrix *mx, const struct matrix_row *row, bool unjudged)
{
	for (size_t i = 0; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];

		if (!cell->measured && !mx->columns[i].why && (cell->unjudged || !unjudged))
			return true;
	}
	return false;
}

static bool row_has_phases(const struct matrix *mx, const struct matrix_row *row)
{
	for (size_t i = 0; i < mx->count; i++)
		if (row->cells[i].mark == MARK_PHASES)
			return true;
	return false;
}

static void row_news(const struct matrix *mx, struct matrix_row *row, bool differs)
{
	row->disagree = differs || row->says_differ || row->verdict_differs ||
	                row_is_unanswered(mx, row, true);
	row->news = row->disagree || row->model == MODEL_FAILS || row->verdict == VERDICT_REFUTED ||
	            row->verdict == VERDICT_QUALIFIED || row_is_unanswered(mx, row, false) ||
	            row_has_phases(mx, row);
}

static void row_tally(struct matrix *mx, const struct matrix_block *block, struct matrix_row *row)
{
	bool differs = false;

	for (size_t i = 0; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		struct matrix_tally *tally = &mx->tally[i];

		tally->missing += !cell->measured;
		if (!cell->measured)
			continue;
		tally->findings++;
		tally->differ += cell->differs;
		tally->held += cell->model_ok;
		tally->failed += !cell->model_ok;
		differs |= cell->differs;
		if (row->model != MODEL_FAILS)
			row->model = cell->model_ok ? MODEL_HOLDS : MODEL_FAILS;
	}
	mx->findings += row->id.claim != NULL;
	mx->differ += differs;
	mx->failed += row->model == MODEL_FAILS;
	row_news(mx, row, differs);
	if (row->verdict_differs)
		(void)words_number(mx, &mx->split,
		                   matrix_text(mx, "%s/%s", block->rec->probe, row->id.claim));
}

/* ---- rows ---- */

static void row_add(struct matrix *mx, struct matrix_block *block, struct matrix_row row)
{
	struct matrix_row *rows =
		array_reserve(mx->rows, &mx->row_space, mx->row_count + 1, sizeof(*rows));
	char title[200];

	row.cells = arena_take(&mx->texts, (mx->count + 1) * sizeof(*row.cells));
	if (rows)
		mx->rows = rows;
	if (!rows || !row.cells) {
		mx->no_memory = true;
		return;
	}
	row.title = matrix_text(mx, "%s", finding_title(row.id, title, sizeof(title)));
	row_fill(mx, block, &row);
	row_article(mx, &row);
	row_tally(mx, block, &row);
	row_failures(mx, &row);
	rows[mx->row_count++] = row;
	block->row_count++;
}

/* Has this figure been in a column to the left, or further up in this one? */
static bool finding_has_row(const struct matrix *mx, const struct matrix_block *block,
                            const struct finding *finding)
{
	for (size_t i = block->row; i < mx->row_count; i++)
		if (finding_id_same(mx->rows[i].id, finding_id_of(finding)))
			return true;
	return false;
}

static void block_rows(struct matrix *mx, struct matrix_block *block)
{
	for (size_t i = 0; i < mx->count; i++) {
		const struct record *rec = matrix_record(mx, i, block->rec);

		for (size_t j = 0; rec && j < rec->finding_count; j++) {
			const struct finding *finding = &rec->findings[j];

			if (!finding_has_row(mx, block, finding))
				row_add(mx, block,
				        (struct matrix_row){.id = finding_id_of(finding)});
		}
	}
	if (!block->row_count)
		row_add(mx, block, (struct matrix_row){.id = {NULL, "", "(nothing judged)"}});
}

static bool has_block(const struct matrix *mx, const struct record *rec)
{
	for (size_t i = 0; i < mx->block_count; i++)
		if (is_like(mx->blocks[i].rec, rec))
			return true;
	return false;
}

static void block_add(struct matrix *mx, const struct record *rec)
{
	struct matrix_block *blocks =
		array_reserve(mx->blocks, &mx->block_space, mx->block_count + 1, sizeof(*blocks));
	struct matrix_block *block;

	if (!blocks) {
		mx->no_memory = true;
		return;
	}
	mx->blocks = blocks;
	block = &blocks[mx->block_count++];
	*block = (struct matrix_block){.rec = rec, .row = mx->row_count};
	block_conditions(mx, block);
	block_rows(mx, block);
}

int matrix_build(const struct matrix_column *columns, size_t count, int64_t slack_ns,
                 struct matrix *mx)
{
	*mx = (struct matrix){.columns = columns, .count = count, .slack_ns = slack_ns};
	mx->tally = calloc(count + 1, sizeof(*mx->tally));
	if (!mx->tally)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; !columns[i].why && j < columns[i].count; j++) {
			const struct record *rec = columns[i].records[j];

			if (rec && !has_block(mx, rec))
				block_add(mx, rec);
		}
	return mx->no_memory ? -ENOMEM : 0;
}

void matrix_free(struct matrix *mx)
{
	for (size_t i = 0; i < mx->row_count; i++)
		free(mx->rows[i].failures.items);
	for (size_t i = 0; i < mx->block_count; i++)
		free(mx->blocks[i].conditions.items);
	free(mx->rows);
	free(mx->blocks);
	free(mx->tally);
	free(mx->notes.items);
	free(mx->split.items);
	arena_clear(&mx->texts);
	*mx = (struct matrix){0};
}
