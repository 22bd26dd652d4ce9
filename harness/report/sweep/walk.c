// SPDX-License-Identifier: GPL-2.0-or-later
/* walk: the rows of a block: neighbouring values that came to the same share one. */
#include <stdio.h>
#include <string.h>

#include "../verdict_words.h"
#include "block.h"

/* ---- words of a row */

const char *span_text(const struct sweep_table *table, const struct sweep_row *row, size_t axis,
                      char buf[SPAN_SIZE])
{
	const char *const *values = table->axes[axis].values;
	const char *first = values[value_of(table, row->from, axis)];
	const char *last = values[value_of(table, row->to, axis)];
	bool numbers = strspn(first, "-0123456789") == strlen(first) &&
	               strspn(last, "-0123456789") == strlen(last);

	if (first == last)
		return first;
	snprintf(buf, SPAN_SIZE, "%s%s%s", first, numbers ? ".." : " .. ", last);
	return buf;
}

const char *answer_predicts(const struct answer *answer, char *buf, size_t size)
{
	return answer->given ? value_text(&answer->predicts, buf, size) : "-";
}

const char *answer_measured(const struct answer *answer, char *buf, size_t size)
{
	char text[256];

	if (!answer->given)
		return "-";
	snprintf(buf, size, "%s%s", value_text(&answer->measured, text, sizeof(text)),
	         answer->split ? ", other in some phase" : "");
	return buf;
}

const char *answer_verdict(const struct answer *answer)
{
	if (!answer->given)
		return "not answered";
	if (answer->model == MODEL_FAILS)
		return "MODEL FAILED";
	if (answer->verdict != VERDICT_NONE)
		return verdict_word(answer->verdict);
	return answer->model == MODEL_HOLDS ? "as predicted" : "not judged";
}

/* ---- which rows there are */

struct walk {
	struct block *block;
	struct sweep_row row; /* that is not shown yet */
	bool pending;
	block_row_fn show;
	void *arg;
};

static void row_flush(struct walk *walk)
{
	if (walk->pending)
		walk->show(walk->block, &walk->row, walk->arg);
	walk->pending = false;
}

/* Only the last axis that it varies with may differ within a row. */
static bool row_goes_on(const struct walk *walk, const struct sweep_row *next)
{
	const struct block *block = walk->block;
	const struct sweep_table *table = block->table;
	size_t last = table->axis_count;

	if (!walk->pending || walk->row.kernel != next->kernel ||
	    !answer_same(&walk->row.answer, &next->answer))
		return false;
	while (last && !block->varies[last - 1])
		last--;
	for (size_t axis = 0; axis + 1 < last; axis++)
		if (block->varies[axis] &&
		    value_of(table, walk->row.to, axis) != value_of(table, next->to, axis))
			return false;
	return !last ||
	       value_of(table, next->to, last - 1) == value_of(table, walk->row.to, last - 1) + 1;
}

static void row_add(struct walk *walk, size_t combo, size_t kernel)
{
	const struct sweep_row row = {.kernel = kernel,
	                              .from = combo,
	                              .to = combo,
	                              .answer = answer_at(walk->block, combo, kernel)};

	if (walk->block->failed_only && row.answer.model != MODEL_FAILS)
		return;
	if (row_goes_on(walk, &row)) {
		walk->row.to = combo;
		return;
	}
	row_flush(walk);
	walk->pending = true;
	walk->row = row;
}

/* Whether @combo stands for all that differ from it in axes that do not matter alone. */
static bool combo_stands(const struct block *block, size_t combo)
{
	for (size_t axis = 0; axis < block->table->axis_count; axis++)
		if (!block->varies[axis] && value_of(block->table, combo, axis))
			return false;
	return true;
}

void block_rows(struct block *block, block_row_fn show, void *arg)
{
	const struct sweep_table *table = block->table;
	size_t kernels = block->varies[table->axis_count] ? table->kernel_count : 1;
	struct walk walk = {.block = block, .show = show, .arg = arg};

	for (size_t kernel = 0; kernel < kernels; kernel++)
		for (size_t combo = 0; combo < table->combos; combo++)
			if (combo_stands(block, combo))
				row_add(&walk, combo, kernel);
	row_flush(&walk);
}
