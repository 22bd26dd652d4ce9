// SPDX-License-Identifier: GPL-2.0-or-later
/* vary: a finding over all phases, and which axes it varies with. */
#include <string.h>

#include "block.h"

/* ---- over phases */

static void value_widen(struct value *value, const struct value *other, bool *split)
{
	if (value->kind != other->kind ||
	    (value->kind == VALUE_TEXT && strcmp(value->text, other->text) != 0)) {
		*split = true;
		return;
	}
	if (value->kind == VALUE_TEXT || value->kind == VALUE_NONE)
		return;
	value->lo = other->lo < value->lo ? other->lo : value->lo;
	value->hi = other->hi > value->hi ? other->hi : value->hi;
}

static void answer_add(struct answer *answer, const struct sweep_cell *cell)
{
	if (!answer->given) {
		*answer = (struct answer){.given = true,
		                          .predicts = cell->predicts,
		                          .measured = cell->measured,
		                          .verdict = cell->verdict,
		                          .model = cell->model,
		                          .note = cell->note};
		return;
	}
	value_widen(&answer->predicts, &cell->predicts, &answer->split);
	value_widen(&answer->measured, &cell->measured, &answer->split);
	answer->split |= answer->verdict != cell->verdict;
	if (cell->model == MODEL_FAILS || answer->model == MODEL_HOLDS)
		answer->model = cell->model;
}

struct answer answer_at(const struct block *block, size_t combo, size_t kernel)
{
	const struct sweep_table *table = block->table;
	struct sweep_place place = {.combo = combo, .kernel = kernel};
	struct answer answer = {0};

	for (place.phase = 0; place.phase < table->phases; place.phase++) {
		uint32_t number = block->question->cells[slot_of(table, &place)];

		if (number)
			answer_add(&answer, &table->cells[number - 1]);
	}
	return answer;
}

/* A few instructions more or less move what follows them; "no bound" is not a time. */
static bool bound_same(int64_t a, int64_t b)
{
	if (a == INT64_MIN || a == INT64_MAX || b == INT64_MIN || b == INT64_MAX)
		return a == b;
	return (a < b ? b - a : a - b) <= SWEEP_ALIKE_NS;
}

static bool value_shows_same(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_TIME && b->kind == VALUE_TIME)
		return bound_same(a->lo, b->lo) && bound_same(a->hi, b->hi);
	return sweep_value_same(a, b);
}

bool answer_same(const struct answer *a, const struct answer *b)
{
	if (!a->given || !b->given)
		return a->given == b->given;
	return a->split == b->split && a->verdict == b->verdict && a->model == b->model &&
	       value_shows_same(&a->predicts, &b->predicts) &&
	       value_shows_same(&a->measured, &b->measured);
}

/* ---- which axes a finding varies with */

size_t value_of(const struct sweep_table *table, size_t combo, size_t axis)
{
	return combo_value(table->axes, table->axis_count, combo, axis);
}

/* How far apart two combinations are that differ by one in @axis alone. */
static size_t axis_stride(const struct sweep_table *table, size_t axis)
{
	size_t stride = 1;

	for (size_t i = axis + 1; i < table->axis_count; i++)
		stride *= table->axes[i].count;
	return stride;
}

static bool varies_with_axis(const struct block *block, size_t axis)
{
	const struct sweep_table *table = block->table;
	size_t stride = axis_stride(table, axis);

	for (size_t combo = 0; combo < table->combos; combo++)
		for (size_t kernel = 0; kernel < table->kernel_count; kernel++) {
			struct answer here, before;

			if (!value_of(table, combo, axis))
				continue;
			here = answer_at(block, combo, kernel);
			before = answer_at(block, combo - stride, kernel);
			if (!answer_same(&here, &before))
				return true;
		}
	return false;
}

static bool varies_with_kernel(const struct block *block)
{
	const struct sweep_table *table = block->table;

	for (size_t combo = 0; combo < table->combos; combo++) {
		struct answer first = answer_at(block, combo, 0);

		for (size_t kernel = 1; kernel < table->kernel_count; kernel++) {
			struct answer here = answer_at(block, combo, kernel);

			if (!answer_same(&first, &here))
				return true;
		}
	}
	return false;
}

size_t question_failed(const struct sweep_table *table, const struct sweep_question *question)
{
	size_t failed = 0;

	for (size_t slot = 0; slot < table->slots; slot++)
		failed += question->cells[slot] &&
		          table->cells[question->cells[slot] - 1].model == MODEL_FAILS;
	return failed;
}

void block_look(struct block *block, const struct sweep_question *question)
{
	const struct sweep_table *table = block->table;

	block->question = question;
	block->failed = question_failed(table, question);
	block->any = false;
	for (size_t axis = 0; axis < table->axis_count; axis++)
		block->any |= block->varies[axis] = varies_with_axis(block, axis);
	block->any |= block->varies[table->axis_count] = varies_with_kernel(block);
}
