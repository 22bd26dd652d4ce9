// SPDX-License-Identifier: GPL-2.0-or-later
/* foot: below the table: marks, reasons, what each column is, totals. */
#include <limits.h>
#include <stdio.h>

#include "../../base/buffer.h"
#include "text.h"

#define NAME_COLUMNS 16

static void print_legend(const struct matrix *mx, const struct sheet *sheet)
{
	bool phases = false;

	for (size_t i = 0; i < mx->count; i++)
		phases |= mx->columns[i].phases != NULL;
	sheet_format(sheet, 0, ATTR_DIM,
	             "%s: differs from the row's first kernel; %s: the model failed; %s: "
	             "inconclusive;%s a value on its own over the columns: the same on all",
	             mark_text(MARK_DIFFERS), mark_text(MARK_FAILED), mark_text(MARK_UNDECIDED),
	             phases ? " ~: not the same in all timer phases;" : "");
}

static void print_notes(const struct matrix *mx, const struct sheet *sheet)
{
	for (size_t i = 0; i < mx->notes.count; i++)
		sheet_format(sheet, 0, ATTR_PLAIN, "[%zu] %s", i + 1, mx->notes.items[i]);
}

static const struct record *any_record(const struct matrix_column *column)
{
	for (size_t i = 0; i < column->count; i++) {
		if (column->records[i] && column->records[i]->run.kernel[0])
			return column->records[i];
	}
	return NULL;
}

/* Kept records of one column need not have been run equally often. */
static void phases_text(const struct matrix_column *column, char *buf, size_t size)
{
	unsigned int least = UINT_MAX, most = 0;

	buf[0] = '\0';
	for (size_t i = 0; column->phases && i < column->count; i++) {
		const struct record *rec = column->records[i];
		const struct probe_phases *probe =
			rec ? phases_find(column->phases, rec->probe) : NULL;
		unsigned int phases = probe ? probe->phases : 1;

		if (!rec || !rec->finding_count)
			continue;
		least = phases < least ? phases : least;
		most = phases > most ? phases : most;
	}
	if (least < most)
		snprintf(buf, size, ", %u to %u timer phases", least, most);
	else if (most)
		snprintf(buf, size, ", %u timer phase%s", most, most == 1 ? "" : "s");
}

static void held_text(const struct matrix_tally *tally, char *buf, size_t size)
{
	char differ[48] = "", missing[48] = "";

	if (tally->differ)
		snprintf(differ, sizeof(differ), ", %zu differ%s", tally->differ,
		         tally->differ == 1 ? "s" : "");
	if (tally->missing)
		snprintf(missing, sizeof(missing), ", %zu without an answer", tally->missing);
	snprintf(buf, size, "the model held on %zu of %zu%s%s", tally->held, tally->findings,
	         differ, missing);
}

static void kernel_add(const struct matrix *mx, size_t at, struct buffer *words)
{
	const struct matrix_column *column = &mx->columns[at];
	const struct record *rec = column->why ? NULL : any_record(column);
	char held[160], phases[48];

	if (!rec) {
		buffer_add(words, "not run: %s",
		           column->why ? column->why : "none of these probes");
		return;
	}
	phases_text(column, phases, sizeof(phases));
	held_text(&mx->tally[at], held, sizeof(held));
	buffer_add(words, "Linux %s, %s time, HZ %d%s: %s", rec->run.kernel, rec->run.clock,
	           rec->run.hz, phases, held);
}

/* The name, and beside it the rest. */
static void print_kernel(const struct matrix *mx, const struct sheet *sheet, size_t at)
{
	const struct matrix_column *column = &mx->columns[at];
	enum attr attr = column->why || mx->tally[at].failed ? ATTR_RED : ATTR_PLAIN;
	struct buffer words = {0};
	const char *text;

	kernel_add(mx, at, &words);
	text = buffer_text(&words);
	sheet_row(sheet, 0,
	          (const struct sheet_cell[]){
			  {.text = column->name, .columns = NAME_COLUMNS, .attr = ATTR_BOLD},
			  {.text = text ? text : "(no memory for these words)",
	                   .columns = sheet->width - NAME_COLUMNS - 1,
	                   .attr = attr},
		  },
	          2);
	buffer_free(&words);
}

static void print_left_out(const struct matrix *mx, const struct sheet *sheet,
                           enum matrix_rows which, size_t left_out)
{
	const char *why = which == MATRIX_ROWS_DIFFERING
	                          ? "kernels agree on them"
	                          : "the same on all kernels, as predicted, and as any text says; "
	                            "-v shows them";

	if (left_out)
		sheet_format(sheet, 0, ATTR_PLAIN, "%zu of %zu rows are not here: %s", left_out,
		             mx->row_count, why);
}

void matrix_print_foot(const struct matrix *mx, const struct sheet *sheet, enum matrix_rows which,
                       size_t left_out)
{
	sheet_end_line(sheet);
	print_legend(mx, sheet);
	print_notes(mx, sheet);
	sheet_end_line(sheet);
	print_left_out(mx, sheet, which, left_out);
	for (size_t i = 0; i < mx->count; i++)
		print_kernel(mx, sheet, i);
	sheet_format(sheet, 0, ATTR_PLAIN,
	             "%zu findings: %zu differ%s between kernels, the model failed on %zu,"
	             " the verdict differs on %zu claim%s",
	             mx->findings, mx->differ, mx->differ == 1 ? "s" : "", mx->failed,
	             mx->split.count, mx->split.count == 1 ? "" : "s");
}
