// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text: a block a finding that varies, what is not as predicted first. A block has a column for each
 * axis that the finding varies with; neighbouring values that came to the same share a line.
 *
 *   orphan.sweep  fin_segments
 *     the same for every tcp_fin_timeout
 *     tcp_orphan_retries  predicted  measured
 *     0..1                2          2
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../outcome_words.h"
#include "../sheet.h"
#include "../verdict_words.h"
#include "block.h"

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 72
#define INDENT 2
#define AXIS_MOST 24 /* columns of an axis */
#define AXIS_LEAST 12
#define WIDTH_ROOMY 100
#define VALUE_MOST 32 /* of what is predicted or measured */
#define VERDICT_COLUMNS 14
#define ROWS_MOST 200 /* of a block; --csv and --json have no limit */
#define CELLS_MOST SHEET_CELLS

/* ---- rows */

/* Where the line is short several names are folded, so that values are not. */
static unsigned int axis_most(const struct block *block)
{
	size_t count = 0;

	for (size_t i = 0; i <= block->table->axis_count; i++)
		count += block->varies[i];
	return count > 1 && block->sheet.width < WIDTH_ROOMY ? AXIS_LEAST : AXIS_MOST;
}

static unsigned int axis_columns(const struct block *block, const struct sweep_axis *axis)
{
	unsigned int most = axis_most(block);
	unsigned int columns = text_columns(axis->name), widest = 0;

	for (size_t i = 0; i < axis->count; i++) {
		unsigned int own = text_columns(axis->values[i]);

		widest = own > widest ? own : widest;
	}
	widest = 2 * widest + 2; /* "10..20" */
	columns = widest > columns ? widest : columns;
	return columns < most ? columns : most;
}

static unsigned int kernel_columns(const struct sweep_table *table)
{
	unsigned int columns = 6;

	for (size_t i = 0; i < table->kernel_count; i++) {
		unsigned int own = text_columns(table->kernels[i]);

		columns = own > columns ? own : columns;
	}
	return columns < AXIS_MOST ? columns : AXIS_MOST;
}

static void cell_add(struct sheet_cell *cells, size_t *count, const char *text,
                     unsigned int columns, enum attr attr)
{
	if (*count < CELLS_MOST - 3)
		cells[(*count)++] = (struct sheet_cell){text, columns, attr, false};
}

/* The last three, over what the axes have left of the line. */
static void row_print(const struct block *block, struct sheet_cell *cells, size_t count,
                      const char *const texts[3], enum attr attr, enum attr verdict)
{
	unsigned int used = INDENT + VERDICT_COLUMNS + 2, value;

	for (size_t i = 0; i < count; i++)
		used += cells[i].columns + 1;
	value = block->sheet.width > used + 24 ? (block->sheet.width - used) / 2 : 12;
	value = value < VALUE_MOST ? value : VALUE_MOST;
	cells[count] = (struct sheet_cell){texts[0], value, attr, false};
	cells[count + 1] =
		(struct sheet_cell){texts[1], value, attr == ATTR_DIM ? attr : ATTR_BOLD, false};
	cells[count + 2] = (struct sheet_cell){texts[2], VERDICT_COLUMNS, verdict, false};
	sheet_row(&block->sheet, INDENT, cells, count + 3);
}

static void head_print(const struct block *block)
{
	static const char *const heads[3] = {"predicted", "measured", "verdict"};
	const struct sweep_table *table = block->table;
	struct sheet_cell cells[CELLS_MOST];
	size_t count = 0;

	for (size_t i = 0; i < table->axis_count; i++)
		if (block->varies[i])
			cell_add(cells, &count, table->axes[i].name,
			         axis_columns(block, &table->axes[i]), ATTR_DIM);
	if (block->varies[table->axis_count])
		cell_add(cells, &count, "kernel", kernel_columns(table), ATTR_DIM);
	row_print(block, cells, count, heads, ATTR_DIM, ATTR_DIM);
}

static enum attr answer_attr(const struct answer *answer)
{
	if (!answer->given)
		return ATTR_MAGENTA;
	return answer->model == MODEL_FAILS ? ATTR_RED : verdict_attr(answer->verdict);
}

static void row_show(struct block *block, const struct sweep_row *row, void *arg)
{
	const struct sweep_table *table = block->table;
	char spans[CELLS_MOST][SPAN_SIZE], predicts[256], measured[300];
	struct sheet_cell cells[CELLS_MOST];
	const char *texts[3];
	size_t count = 0;

	(void)arg;
	if (block->rows++ >= ROWS_MOST) {
		block->left_out++;
		return;
	}
	for (size_t i = 0; i < table->axis_count; i++)
		if (block->varies[i])
			cell_add(cells, &count, span_text(table, row, i, spans[count]),
			         axis_columns(block, &table->axes[i]), ATTR_PLAIN);
	if (block->varies[table->axis_count])
		cell_add(cells, &count, table->kernels[row->kernel], kernel_columns(table),
		         ATTR_PLAIN);
	texts[0] = answer_predicts(&row->answer, predicts, sizeof(predicts));
	texts[1] = answer_measured(&row->answer, measured, sizeof(measured));
	texts[2] = answer_verdict(&row->answer);
	row_print(block, cells, count, texts, ATTR_PLAIN, answer_attr(&row->answer));
}

static void rows_print(struct block *block)
{
	block->rows = block->left_out = 0;
	block_rows(block, row_show, NULL);
	if (block->left_out)
		sheet_format(&block->sheet, INDENT, ATTR_DIM,
		             "and %zu more lines: --csv FILE and --json have all of them",
		             block->left_out);
}

/* The axes with several values that it does not vary with. */
static void constant_print(const struct block *block)
{
	const struct sweep_table *table = block->table;
	char text[512] = "";
	size_t used = 0;

	for (size_t i = 0; i <= table->axis_count; i++) {
		bool kernel = i == table->axis_count;
		size_t count = kernel ? table->kernel_count : table->axes[i].count;

		if (!block->varies[i] && count > 1 && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
			                         used ? " and " : "",
			                         kernel ? "kernel" : table->axes[i].name);
	}
	if (used)
		sheet_format(&block->sheet, INDENT, ATTR_DIM, "the same for every %s", text);
}

static void block_print(struct block *block)
{
	const char *claim = block->question->like.claim;
	char title[200];

	sheet_end_line(&block->sheet);
	sheet_put(&block->sheet, ATTR_BOLD, block->question->probe, 0);
	sheet_put(&block->sheet, ATTR_PLAIN, "  ", 0);
	sheet_put(&block->sheet, ATTR_PLAIN,
	          finding_title(finding_id_of(&block->question->like), title, sizeof(title)), 0);
	/* most are called as their probe is, which is "ID.6" over IPv6 */
	if (strncmp(block->question->probe, claim, strlen(claim)) != 0) {
		sheet_put(&block->sheet, ATTR_DIM, "  of claim ", 0);
		sheet_put(&block->sheet, ATTR_PLAIN, claim, 0);
	}
	sheet_end_line(&block->sheet);
	constant_print(block);
	head_print(block);
	rows_print(block);
}

/* ---- all of them */

#define VALUES_TOLD 12 /* more are told by their first and last */

static const char *values_text(const struct sweep_axis *axis, char *buf, size_t size)
{
	size_t used = 0;

	if (axis->count > VALUES_TOLD) {
		snprintf(buf, size, "%.80s to %.80s, %zu values", axis->values[0],
		         axis->values[axis->count - 1], axis->count);
		return buf;
	}
	buf[0] = '\0';
	for (size_t i = 0; i < axis->count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? ", " : "",
		                         axis->values[i]);
	return buf;
}

static void asked_print(const struct sweep_table *table, const struct sheet *sheet)
{
	sheet_format(sheet, 0, ATTR_BOLD, "%s   %zu point%s", table->whom, table->points,
	             table->points == 1 ? "" : "s");
	for (size_t i = 0; i < table->axis_count; i++) {
		char text[300];

		sheet_format(sheet, INDENT, ATTR_PLAIN, "%s  %s", table->axes[i].name,
		             values_text(&table->axes[i], text, sizeof(text)));
	}
	if (table->phases > 1)
		sheet_format(sheet, INDENT, ATTR_PLAIN, "%zu timer phases", table->phases);
}

static int troubles_print(const struct sweep_table *table, const struct sheet *sheet)
{
	struct sweep_trouble *sorted = sweep_troubles(table);

	if (!sorted)
		return -ENOMEM;
	if (table->trouble_count)
		sheet_end_line(sheet);
	for (size_t i = 0; i < table->trouble_count; i++)
		sheet_format(sheet, 0, outcome_attr(sorted[i].outcome),
		             "%s on %s: %s at %zu point%s%s%s", sorted[i].probe, sorted[i].kernel,
		             outcome_word(sorted[i].outcome), sorted[i].points,
		             sorted[i].points == 1 ? "" : "s", *sorted[i].reason ? ": " : "",
		             sorted[i].reason);
	free(sorted);
	return 0;
}

static void totals_print(const struct sheet *sheet, size_t same, size_t varying, size_t failed)
{
	sheet_end_line(sheet);
	if (same)
		sheet_format(sheet, 0, ATTR_PLAIN, "%zu finding%s the same at every point", same,
		             same == 1 ? " is" : "s are");
	if (varying)
		sheet_format(sheet, 0, ATTR_PLAIN,
		             "%zu finding%s (times within %d ms of each other are told as one)",
		             varying, varying == 1 ? " varies" : "s vary",
		             (int)(SWEEP_ALIKE_NS / NS_PER_MS));
	if (failed)
		sheet_format(sheet, 0, ATTR_RED, "MODEL FAILED %zu time%s", failed,
		             failed == 1 ? "" : "s");
	else
		sheet_format(sheet, 0, ATTR_GREEN, "every finding that was judged is as predicted");
}

static int blocks_print(struct block *block, const struct sweep_question *const *order)
{
	const struct sweep_table *table = block->table;
	size_t same = 0, varying = 0, failed = 0;

	block->failed_only = true;
	for (size_t i = 0; i < table->question_count; i++) {
		size_t own = question_failed(table, order[i]);

		failed += own;
		if (!own)
			continue;
		block_look(block, order[i]);
		block_print(block);
	}
	block->failed_only = false;
	for (size_t i = 0; i < table->question_count; i++) {
		block_look(block, order[i]);
		same += !block->any;
		varying += block->any;
		if (block->any)
			block_print(block);
	}
	if (troubles_print(table, &block->sheet) < 0)
		return -ENOMEM;
	totals_print(&block->sheet, same, varying, failed);
	return 0;
}

int sweep_print(const struct sweep_table *table, const struct report_style *style, FILE *out)
{
	const struct sweep_question **order = sweep_order(table);
	struct block block = {
		.table = table,
		.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN),
		.varies = calloc(table->axis_count + 1, sizeof(bool)),
	};
	int err = order && block.varies ? 0 : -ENOMEM;

	if (!err) {
		asked_print(table, &block.sheet);
		err = blocks_print(&block, order);
	}
	free(block.varies);
	free(order);
	return err ? err : ferror(out) ? -EIO : 0;
}
