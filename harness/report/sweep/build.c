// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "../outcome_words.h"
#include "block.h"

size_t combo_value(const struct sweep_axis *axes, size_t axis_count, size_t combo, size_t axis)
{
	for (size_t i = axis_count - 1; i > axis; i--)
		combo /= axes[i].count;
	return combo % axes[axis].count;
}

size_t slot_of(const struct sweep_table *table, const struct sweep_place *place)
{
	return (place->combo * table->kernel_count + place->kernel) * table->phases + place->phase;
}

void sweep_table_start(struct sweep_table *table)
{
	table->combos = 1;
	for (size_t i = 0; i < table->axis_count; i++)
		table->combos *= table->axes[i].count;
	table->slots = table->combos * table->kernel_count * table->phases;
}

void sweep_table_free(struct sweep_table *table)
{
	for (size_t i = 0; i < table->question_count; i++)
		free(table->questions[i].cells);
	free(table->questions);
	free(table->cells);
	free(table->troubles);
	map_free(&table->cell_places);
	map_free(&table->question_places);
	map_free(&table->texts_by_key);
	arena_clear(&table->texts);
	*table = (struct sweep_table){0};
}

/* ---- each text once */

static const char *text_keep(struct sweep_table *table, const char *text)
{
	uint64_t key = map_key(text, strlen(text));
	const char *there;

	while ((there = map_get(&table->texts_by_key, key)) && strcmp(there, text) != 0)
		key++;
	if (there)
		return there;
	there = arena_text(&table->texts, text);
	return there && map_put(&table->texts_by_key, key, (void *)there) == 0 ? there : NULL;
}

/* 0 or -ENOMEM. */
static int value_keep(struct sweep_table *table, struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return 0;
	value->text = text_keep(table, value->text);
	return value->text ? 0 : -ENOMEM;
}

/* ---- each cell once */

bool sweep_value_same(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_TEXT)
		return !strcmp(a->text, b->text);
	return a->kind == VALUE_NONE || (a->lo == b->lo && a->hi == b->hi);
}

static bool cell_same(const struct sweep_cell *a, const struct sweep_cell *b)
{
	return a->verdict == b->verdict && a->model == b->model && a->note == b->note &&
	       sweep_value_same(&a->measured, &b->measured) &&
	       sweep_value_same(&a->predicts, &b->predicts) && sweep_value_same(&a->says, &b->says);
}

static uint64_t value_key(uint64_t key, const struct value *value)
{
	const uint64_t parts[] = {key, value->kind, (uint64_t)value->lo, (uint64_t)value->hi,
	                          value->kind == VALUE_TEXT ? (uintptr_t)value->text : 0};

	return map_key(parts, sizeof(parts));
}

static uint64_t cell_key(const struct sweep_cell *cell)
{
	uint64_t key = (uint64_t)cell->verdict << 8 | (uint64_t)cell->model;

	key = value_key(key, &cell->measured);
	key = value_key(key, &cell->predicts);
	return value_key(key, &cell->says);
}

/* The number of a cell like @cell, from 1 on; 0: no memory. */
static uint32_t cell_number(struct sweep_table *table, const struct sweep_cell *cell)
{
	uint64_t key = cell_key(cell);
	struct sweep_cell *cells;
	uintptr_t number;

	while ((number = (uintptr_t)map_get(&table->cell_places, key)) &&
	       !cell_same(&table->cells[number - 1], cell))
		key++;
	if (number)
		return (uint32_t)number;
	cells = array_reserve(table->cells, &table->cell_space, table->cell_count + 1,
	                      sizeof(*cells));
	if (!cells || table->cell_count == UINT32_MAX)
		return 0;
	table->cells = cells;
	cells[table->cell_count++] = *cell;
	number = table->cell_count;
	return map_put(&table->cell_places, key, (void *)number) == 0 ? (uint32_t)number : 0;
}

/* ---- questions */

static uint64_t question_key(const char *probe, struct finding_id id)
{
	const char *const words[] = {probe, id.claim, id.in_case, id.name};
	uint64_t key = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		key = key * 31 + map_key(words[i], strlen(words[i]));
	return key;
}

static bool question_is(const struct sweep_question *question, const char *probe,
                        struct finding_id id)
{
	return !strcmp(question->probe, probe) &&
	       finding_id_same(finding_id_of(&question->like), id);
}

static int question_make(struct sweep_table *table, const struct record *rec,
                         const struct finding *finding)
{
	struct sweep_question *questions =
		array_reserve(table->questions, &table->question_space, table->question_count + 1,
	                      sizeof(*questions));
	struct sweep_question *question;

	if (!questions)
		return -ENOMEM;
	table->questions = questions;
	question = &questions[table->question_count];
	*question = (struct sweep_question){
		.probe = text_keep(table, rec->probe),
		.like = {.claim = text_keep(table, finding->claim),
	                 .in_case = text_keep(table, finding->in_case),
	                 .name = text_keep(table, finding->name),
	                 .unit = text_keep(table, finding->unit),
	                 .rule = text_keep(table, finding->rule)},
		.cells = calloc(table->slots + 1, sizeof(*question->cells)),
	};
	table->question_count++;
	if (!question->probe || !question->like.claim || !question->like.in_case ||
	    !question->like.name || !question->like.unit || !question->like.rule ||
	    !question->cells)
		return -ENOMEM;
	return 0;
}

/* NULL without memory. */
static struct sweep_question *question_of(struct sweep_table *table, const struct record *rec,
                                          const struct finding *finding)
{
	struct finding_id id = finding_id_of(finding);
	uint64_t key = question_key(rec->probe, id);
	uintptr_t number;

	while ((number = (uintptr_t)map_get(&table->question_places, key)) &&
	       !question_is(&table->questions[number - 1], rec->probe, id))
		key++;
	if (number)
		return &table->questions[number - 1];
	if (question_make(table, rec, finding) < 0 ||
	    map_put(&table->question_places, key, (void *)(uintptr_t)table->question_count) < 0)
		return NULL;
	return &table->questions[table->question_count - 1];
}

/* ---- records */

static int finding_add(struct sweep_table *table, size_t slot, const struct record *rec,
                       const struct finding *finding)
{
	struct sweep_question *question = question_of(table, rec, finding);
	struct sweep_cell cell = {
		.says = finding->says,
		.predicts = finding->predicts,
		.measured = finding->measured,
		.verdict = finding->verdict,
		.model = finding->model,
		.note = text_keep(table, finding->note),
	};

	if (!question || !cell.note || value_keep(table, &cell.says) < 0 ||
	    value_keep(table, &cell.predicts) < 0 || value_keep(table, &cell.measured) < 0)
		return -ENOMEM;
	question->cells[slot] = cell_number(table, &cell);
	return question->cells[slot] ? 0 : -ENOMEM;
}

static int trouble_add(struct sweep_table *table, const char *kernel, const struct record *rec)
{
	const char *probe = text_keep(table, rec->probe), *reason = text_keep(table, rec->reason);
	enum outcome outcome = record_outcome(rec);
	struct sweep_trouble *troubles;

	for (size_t i = 0; i < table->trouble_count; i++) {
		struct sweep_trouble *trouble = &table->troubles[i];

		if (trouble->probe == probe && trouble->reason == reason &&
		    trouble->kernel == kernel && trouble->outcome == outcome) {
			trouble->points++;
			return 0;
		}
	}
	troubles = array_reserve(table->troubles, &table->trouble_space, table->trouble_count + 1,
	                         sizeof(*troubles));
	if (!troubles || !probe || !reason)
		return -ENOMEM;
	table->troubles = troubles;
	troubles[table->trouble_count++] = (struct sweep_trouble){.probe = probe,
	                                                          .kernel = kernel,
	                                                          .reason = reason,
	                                                          .outcome = outcome,
	                                                          .points = 1};
	return 0;
}

int sweep_table_add(struct sweep_table *table, const struct sweep_place *place,
                    const struct record *rec)
{
	size_t slot = slot_of(table, place);
	enum outcome outcome = record_outcome(rec);
	int err = 0;

	table->points++;
	for (size_t i = 0; i < rec->finding_count && !err; i++)
		err = finding_add(table, slot, rec, &rec->findings[i]);
	if (!err && outcome != OUTCOME_OK && outcome != OUTCOME_MODEL_FAILED)
		err = trouble_add(table, table->kernels[place->kernel], rec);
	return err;
}

/* ---- order */

static int question_compare(const void *a, const void *b)
{
	const struct sweep_question *qa = *(const struct sweep_question *const *)a;
	const struct sweep_question *qb = *(const struct sweep_question *const *)b;
	struct finding_id ia = finding_id_of(&qa->like), ib = finding_id_of(&qb->like);
	int order = strcmp(qa->probe, qb->probe);

	if (!order)
		order = strcmp(ia.claim, ib.claim);
	if (!order)
		order = strcmp(ia.in_case, ib.in_case);
	return order ? order : strcmp(ia.name, ib.name);
}

const struct sweep_question **sweep_order(const struct sweep_table *table)
{
	const struct sweep_question **order = calloc(table->question_count + 1, sizeof(*order));

	for (size_t i = 0; order && i < table->question_count; i++)
		order[i] = &table->questions[i];
	if (order)
		qsort(order, table->question_count, sizeof(*order), question_compare);
	return order;
}

static int trouble_compare(const void *a, const void *b)
{
	const struct sweep_trouble *ta = a, *tb = b;
	int order = strcmp(ta->probe, tb->probe);

	if (!order)
		order = strcmp(ta->kernel, tb->kernel);
	if (!order)
		order = (int)ta->outcome - (int)tb->outcome;
	return order ? order : strcmp(ta->reason, tb->reason);
}

struct sweep_trouble *sweep_troubles(const struct sweep_table *table)
{
	struct sweep_trouble *sorted = calloc(table->trouble_count + 1, sizeof(*sorted));

	if (!sorted || !table->trouble_count)
		return sorted;
	memcpy(sorted, table->troubles, table->trouble_count * sizeof(*sorted));
	qsort(sorted, table->trouble_count, sizeof(*sorted), trouble_compare);
	return sorted;
}
