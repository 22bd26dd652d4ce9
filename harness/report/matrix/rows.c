// SPDX-License-Identifier: GPL-2.0-or-later
/* rows: the matrix in other formats: a row a finding, a column a kernel. */
#include <errno.h>
#include <string.h>

#include "../../base/buffer.h"
#include "../finding_rows.h"
#include "../heading.h"
#include "../verdict_words.h"
#include "text.h"

/* "6.1: Linux 6.1.0-56 in a VM (QEMU 7.2.22), virtual time, faithful, IPv4; host: ..." */
static void whom_add(struct buffer *whom, const struct matrix_column *column)
{
	size_t before;

	buffer_add(whom, "%s%s: ", whom->used ? "; " : "", column->name);
	before = whom->used;
	records_add_whom(whom, column->records, column->count);
	if (whom->used == before)
		buffer_add(whom, "%s", column->why ? column->why : "no records");
}

/* What is a footnote in the table stands beside it. */
static void put_cell(struct grid *grid, const struct matrix_cell *cell)
{
	const char *mark = mark_text(cell->mark);

	if (cell->note && !strncmp(cell->note, cell->bare, strlen(cell->bare)))
		grid_put(grid, "%s%s", mark, cell->note); /* "skipped: why" */
	else if (cell->note)
		grid_put(grid, "%s%s (%s)", mark, cell->bare, cell->note);
	else
		grid_put(grid, "%s%s", mark, cell->text);
}

static void put_row(struct grid *grid, const struct matrix *mx, const struct matrix_block *block,
                    const struct matrix_row *row, const char *whom)
{
	grid_put(grid, "%s", whom);
	grid_put(grid, "%s", family_word(block->rec->family));
	grid_put(grid, "%s", block->rec->probe);
	grid_put(grid, "%s", row->id.claim ? row->id.claim : "");
	grid_put(grid, "%s", row->title);
	grid_put(grid, "%s", row->says_differ ? "not the same on all" : row->says);
	for (size_t i = 0; i < mx->count; i++)
		put_cell(grid, &row->cells[i]);
	grid_put(grid, "%s",
	         row->verdict_differs ? row->article
	         : row->id.claim      ? verdict_word(row->verdict)
	                              : "");
	grid_put(grid, "%s", row->id.claim ? model_word(row->model) : "");
	grid_put(grid, "%s", row->disagree ? "yes" : "");
}

static void put_columns(struct grid *grid, const struct matrix *mx)
{
	grid_column(grid, "kernels", GRID_CONTEXT);
	grid_column(grid, "family", GRID_CONTEXT);
	grid_column(grid, "probe", 0);
	grid_column(grid, "claim", 0);
	grid_column(grid, "finding", 0);
	grid_column(grid, "says", 0);
	for (size_t i = 0; i < mx->count; i++)
		grid_column(grid, mx->columns[i].name, 0);
	grid_column(grid, "verdict", 0);
	grid_column(grid, "model", 0);
	grid_column(grid, "differs", 0);
}

static void put_matrix(struct grid *grid, const struct matrix *mx, enum matrix_rows which)
{
	struct buffer whom = {0};
	const char *text;

	for (size_t i = 0; i < mx->count; i++)
		whom_add(&whom, &mx->columns[i]);
	text = buffer_text(&whom);
	grid->no_memory |= !text;
	put_columns(grid, mx);
	for (size_t i = 0; i < mx->block_count && text; i++)
		for (size_t j = 0; j < mx->blocks[i].row_count; j++) {
			const struct matrix_row *row = &mx->rows[mx->blocks[i].row + j];

			if (which != MATRIX_ROWS_DIFFERING || row->disagree)
				put_row(grid, mx, &mx->blocks[i], row, text);
		}
	buffer_free(&whom);
}

int matrix_put(struct grid *grid, const struct matrix_column *columns, size_t count,
               int64_t slack_ns, enum matrix_rows which)
{
	struct matrix mx;
	int err;

	if (count > MATRIX_COLUMNS)
		return -E2BIG;
	err = matrix_build(columns, count, slack_ns, &mx);
	if (!err)
		put_matrix(grid, &mx, which);
	matrix_free(&mx);
	return err;
}
