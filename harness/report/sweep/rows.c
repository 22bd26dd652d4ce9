// SPDX-License-Identifier: GPL-2.0-or-later
/* rows: what a sweep came to in other formats: a row for values that came to the same. */
#include <errno.h>
#include <stdlib.h>

#include "../grid.h"
#include "../outcome_words.h"
#include "block.h"

static void put_columns(struct grid *grid, const struct sweep_table *table)
{
	grid_column(grid, "asked", GRID_CONTEXT);
	grid_column(grid, "points", GRID_CONTEXT | GRID_NUMBER);
	for (size_t i = 0; i < table->axis_count; i++)
		grid_column(grid, table->axes[i].name, table->axes[i].count > 1 ? 0 : GRID_CONTEXT);
	grid_column(grid, "kernel", table->kernel_count > 1 ? 0 : GRID_PROGRAMS);
	grid_column(grid, "probe", 0);
	grid_column(grid, "claim", 0);
	grid_column(grid, "finding", 0);
	grid_column(grid, "predicted", 0);
	grid_column(grid, "measured", 0);
	grid_column(grid, "verdict", 0);
}

static void put_row(struct block *block, const struct sweep_row *row, void *arg)
{
	const struct sweep_table *table = block->table;
	char span[SPAN_SIZE], text[300];
	struct grid *grid = arg;

	grid_put(grid, "%s", table->whom);
	grid_put(grid, "%zu", table->points);
	for (size_t i = 0; i < table->axis_count; i++)
		grid_put(grid, "%s",
		         block->varies[i] || table->axes[i].count < 2
		                 ? span_text(table, row, i, span)
		                 : "every");
	grid_put(grid, "%s",
	         block->varies[table->axis_count] || table->kernel_count < 2
	                 ? table->kernels[row->kernel]
	                 : "every");
	grid_put(grid, "%s", block->question->probe);
	grid_put(grid, "%s", block->question->like.claim);
	grid_put(grid, "%s", finding_title(finding_id_of(&block->question->like), text, 200));
	grid_put(grid, "%s", answer_predicts(&row->answer, text, sizeof(text)));
	grid_put(grid, "%s", answer_measured(&row->answer, text, sizeof(text)));
	grid_put(grid, "%s", answer_verdict(&row->answer));
}

static void put_trouble(struct grid *grid, const struct sweep_table *table,
                        const struct sweep_trouble *trouble)
{
	grid_put(grid, "%s", table->whom);
	grid_put(grid, "%zu", table->points);
	for (size_t i = 0; i < table->axis_count; i++)
		grid_put(grid, "%s", table->axes[i].count > 1 ? "" : table->axes[i].values[0]);
	grid_put(grid, "%s", trouble->kernel);
	grid_put(grid, "%s", trouble->probe);
	grid_put(grid, "%s", "");
	grid_put(grid, "%s", "");
	grid_put(grid, "%s", "");
	grid_put(grid, "%s", "");
	grid_put(grid, "%s at %zu point%s%s%s", outcome_word(trouble->outcome), trouble->points,
	         trouble->points == 1 ? "" : "s", *trouble->reason ? ": " : "", trouble->reason);
}

static void put_questions(struct grid *grid, struct block *block,
                          const struct sweep_question *const *order, bool failed)
{
	for (size_t i = 0; i < block->table->question_count; i++) {
		block_look(block, order[i]);
		if ((block->failed > 0) == failed)
			block_rows(block, put_row, grid);
	}
}

int sweep_put(struct grid *grid, const struct sweep_table *table)
{
	const struct sweep_question **order = sweep_order(table);
	struct sweep_trouble *troubles = sweep_troubles(table);
	struct block block = {
		.table = table,
		.varies = calloc(table->axis_count + 1, sizeof(bool)),
	};
	int err = order && troubles && block.varies ? 0 : -ENOMEM;

	if (!err) {
		put_columns(grid, table);
		put_questions(grid, &block, order, true);
		put_questions(grid, &block, order, false);
		for (size_t i = 0; i < table->trouble_count; i++)
			put_trouble(grid, table, &troubles[i]);
	}
	free(block.varies);
	free(troubles);
	free(order);
	return err;
}
