// SPDX-License-Identifier: GPL-2.0-or-later
/* matrix_foot: below the table: marks, reasons, what each column is, totals. */
#include <limits.h>

#include "matrix.h"

#define NAME_COLUMNS 16

static void print_legend(struct matrix *mx)
{
	bool phases = false;
	char line[300];

	for (size_t i = 0; i < mx->count; i++)
		phases |= mx->columns[i].phases != NULL;
	snprintf(line, sizeof(line),
	         "*: differs from the row's first kernel; !: the model failed; ?: inconclusive;%s"
	         " a value on its own over the columns: the same on all",
	         phases ? " ~: not the same in all timer phases;" : "");
	matrix_put_folded(mx, 0, line, ATTR_DIM);
}

static void print_notes(struct matrix *mx)
{
	char line[700];

	for (size_t i = 0; i < mx->notes.count; i++) {
		snprintf(line, sizeof(line), "[%zu] %s", i + 1, mx->notes.items[i]);
		matrix_put_folded(mx, 0, line, ATTR_PLAIN);
	}
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

static void kernel_text(const struct matrix *mx, size_t at, char *buf, size_t size)
{
	const struct matrix_column *column = &mx->columns[at];
	const struct matrix_tally *tally = &mx->tally[at];
	const struct record *rec = column->why ? NULL : any_record(column);
	char differ[48] = "", missing[48] = "", phases[48];

	if (!rec) {
		snprintf(buf, size, "not run: %s",
		         column->why ? column->why : "none of these probes");
		return;
	}
	if (tally->differ)
		snprintf(differ, sizeof(differ), ", %zu differ%s", tally->differ,
		         tally->differ == 1 ? "s" : "");
	if (tally->missing)
		snprintf(missing, sizeof(missing), ", %zu without an answer", tally->missing);
	phases_text(column, phases, sizeof(phases));
	snprintf(buf, size, "Linux %s, %s clock, HZ %d%s: the model held on %zu of %zu%s%s",
	         rec->run.kernel, rec->run.clock, rec->run.hz, phases, tally->held, tally->findings,
	         differ, missing);
}

/* The name, and beside it the rest, folded. */
static void print_kernel(struct matrix *mx, size_t at)
{
	const struct matrix_column *column = &mx->columns[at];
	enum attr attr = column->why || mx->tally[at].failed ? ATTR_RED : ATTR_PLAIN;
	unsigned int room = mx->width - NAME_COLUMNS - 1;
	const char *name = column->name, *rest;
	char text[5000], line[1024] = "";

	kernel_text(mx, at, text, sizeof(text));
	rest = text;
	do {
		line[0] = '\0';
		(void)text_fold(&name, NAME_COLUMNS, line, sizeof(line));
		matrix_put(mx, line, ATTR_BOLD, NAME_COLUMNS + 1);
		line[0] = '\0';
		(void)text_fold(&rest, room, line, sizeof(line));
		matrix_put(mx, line, attr, 0);
		matrix_end_line(mx);
	} while (*name || *rest);
}

void matrix_print_foot(struct matrix *mx)
{
	char line[300];

	matrix_end_line(mx);
	print_legend(mx);
	print_notes(mx);
	matrix_end_line(mx);
	for (size_t i = 0; i < mx->count; i++)
		print_kernel(mx, i);
	snprintf(line, sizeof(line),
	         "%zu findings: %zu differ%s between kernels, the model failed on %zu,"
	         " the verdict differs on %zu claim%s",
	         mx->rows, mx->rows_differ, mx->rows_differ == 1 ? "s" : "", mx->rows_failed,
	         mx->split.count, mx->split.count == 1 ? "" : "s");
	matrix_put_folded(mx, 0, line, ATTR_PLAIN);
}
