// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * change: what a bisection asks and finds:
 *
 *   1  5.10.262  retransmissions  6, confirmed   as the first
 *   2  7.3.4     retransmissions  10, REFUTED    changed
 *
 *   loss.syn: changed between 6.1.192 (6.1.0-56-cloud-amd64) and 6.12.118 (...)
 *     finding          6.1.192        6.12.118
 *     retransmissions  6, confirmed   10, REFUTED
 */
#include <errno.h>
#include <string.h>

#include "../answer_words.h"
#include "../sheet.h"
#include "history.h"

#define INDENT 2
#define WIDTH_DEFAULT 100
#define WIDTH_MIN 70
#define STEP_COLUMNS 3
#define LABEL_MOST 30
#define TITLE_LEAST 7 /* "finding" */
#define TITLE_MOST 36
#define STANDING_COLUMNS 12 /* "as the first" */
#define TEXT_LEAST 12 /* of what was measured: a long title gives way to it */

struct printer {
	const struct history_bisection *bisection;
	struct sheet sheet;
	unsigned int label_columns, title_columns;
	bool several; /* probes: the titles say of which */
};

static struct history_cell cell_of(const struct history_bisection *bisection, size_t change,
                                   size_t kernel)
{
	return history_look(&bisection->kernels[kernel], &bisection->changes[change].question);
}

static const char *title_of(const struct printer *pr, size_t change, char *buf, size_t size)
{
	const struct history_question *question = &pr->bisection->changes[change].question;
	char title[200];

	answer_title(question->id, question->probe, title, sizeof(title));
	if (pr->several)
		snprintf(buf, size, "%s %s", question->probe, title);
	else
		snprintf(buf, size, "%s", title);
	return buf;
}

static unsigned int longer(unsigned int columns, const char *text, unsigned int most)
{
	unsigned int own = text_columns(text);

	own = own < most ? own : most;
	return own > columns ? own : columns;
}

static struct printer printer_open(const struct history_bisection *bisection,
                                   const struct report_style *style, FILE *out)
{
	struct printer pr = {
		.bisection = bisection,
		.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN),
		.title_columns = TITLE_LEAST,
	};

	for (size_t i = 1; i < bisection->change_count; i++)
		pr.several |= strcmp(bisection->changes[i].question.probe,
		                     bisection->changes[0].question.probe) != 0;
	for (size_t i = 0; i < bisection->count; i++)
		pr.label_columns =
			longer(pr.label_columns, bisection->kernels[i].label, LABEL_MOST);
	for (size_t i = 0; i < bisection->change_count; i++) {
		char title[400];

		pr.title_columns = longer(pr.title_columns, title_of(&pr, i, title, sizeof(title)),
		                          TITLE_MOST);
	}
	return pr;
}

/* ---- a step ---- */

enum standing { STANDING_FIRST, STANDING_CHANGED, STANDING_SILENT };

static const char *const standing_words[] = {
	[STANDING_FIRST] = "as the first",
	[STANDING_CHANGED] = "changed",
	[STANDING_SILENT] = "no answer",
};

static enum standing standing_of(const struct history_bisection *bisection, size_t change,
                                 size_t kernel)
{
	struct history_cell first = cell_of(bisection, change, 0);
	struct history_cell cell = cell_of(bisection, change, kernel);

	if (cell.state == HISTORY_UNKNOWN)
		return STANDING_SILENT;
	return history_alike(&first, &cell, bisection->slack_ns) ? STANDING_FIRST
	                                                         : STANDING_CHANGED;
}

static void step_row(const struct printer *pr, const char *step, const char *label,
                     const char *title, const char *text, enum standing standing)
{
	static const enum attr attrs[] = {ATTR_PLAIN, ATTR_YELLOW, ATTR_DIM};
	unsigned int room =
		pr->sheet.width - STEP_COLUMNS - pr->label_columns - STANDING_COLUMNS - 4;
	unsigned int own =
		pr->title_columns + TEXT_LEAST < room ? pr->title_columns : room - TEXT_LEAST;
	const struct sheet_cell cells[] = {
		{step, STEP_COLUMNS, ATTR_DIM, false},
		{label, pr->label_columns, ATTR_PLAIN, false},
		{title, own, ATTR_PLAIN, false},
		{text, room - own, attrs[standing], false},
		{standing_words[standing], STANDING_COLUMNS, attrs[standing], false},
	};

	sheet_row(&pr->sheet, 0, cells, sizeof(cells) / sizeof(cells[0]));
}

/* Where the kernel is an end, or lies where it may have changed. */
static bool is_open(const struct history_bisection *bisection, const struct history_change *open,
                    size_t kernel)
{
	return !kernel || kernel + 1 == bisection->count ||
	       (kernel > open->last && kernel < open->first);
}

void bisection_print_step(const struct history_bisection *bisection,
                          const struct history_change *open, size_t kernel, size_t step,
                          const struct report_style *style, FILE *out)
{
	const struct history_kernel *asked = &bisection->kernels[kernel];
	struct printer pr = printer_open(bisection, style, out);
	char number[24], title[400], answer[512];
	bool any = false;

	snprintf(number, sizeof(number), "%zu", step);
	for (size_t i = 0; i < bisection->change_count; i++) {
		struct history_cell cell = cell_of(bisection, i, kernel);
		enum standing standing = standing_of(bisection, i, kernel);

		if (!is_open(bisection, &open[i], kernel) || (any && asked->why))
			continue;
		step_row(&pr, any ? "" : number, any ? "" : asked->label,
		         asked->why ? "" : title_of(&pr, i, title, sizeof(title)),
		         standing == STANDING_SILENT
		                 ? history_why(asked, &cell, answer, sizeof(answer))
		                 : answer_text(cell.finding, answer, sizeof(answer)),
		         standing);
		any = true;
	}
}

/* ---- what was found ---- */

static bool same_place(const struct history_change *a, const struct history_change *b)
{
	return a->last == b->last && a->first == b->first;
}

static void found_row(const struct printer *pr, const char *title, const char *until,
                      const char *since, const enum attr attrs[3])
{
	unsigned int rest = (pr->sheet.width - INDENT - pr->title_columns - 3) / 2;
	const struct sheet_cell cells[] = {
		{title, pr->title_columns, attrs[0], false},
		{until, rest, attrs[1], false},
		{since, rest, attrs[2], false},
	};

	sheet_row(&pr->sheet, INDENT, cells, sizeof(cells) / sizeof(cells[0]));
}

/* What it came to later may be yet another answer. */
static void later_print(const struct printer *pr, size_t change)
{
	const struct history_bisection *bisection = pr->bisection;
	struct history_cell since = cell_of(bisection, change, bisection->changes[change].first);
	struct history_cell last = cell_of(bisection, change, bisection->count - 1);
	char answer[300];

	if (!history_alike(&since, &last, bisection->slack_ns))
		sheet_format(&pr->sheet, 2 * INDENT, ATTR_DIM, "and again later: %s answers %s",
		             bisection->kernels[bisection->count - 1].label,
		             answer_text(last.finding, answer, sizeof(answer)));
}

static void change_print(const struct printer *pr, size_t change)
{
	static const enum attr attrs[3] = {ATTR_PLAIN, ATTR_PLAIN, ATTR_YELLOW};
	const struct history_change *at = &pr->bisection->changes[change];
	struct history_cell until = cell_of(pr->bisection, change, at->last);
	struct history_cell since = cell_of(pr->bisection, change, at->first);
	char title[400], answers[2][300];

	found_row(pr, title_of(pr, change, title, sizeof(title)),
	          answer_text(until.finding, answers[0], sizeof(answers[0])),
	          answer_text(since.finding, answers[1], sizeof(answers[1])), attrs);
	later_print(pr, change);
}

static void place_print(const struct printer *pr, size_t change)
{
	static const enum attr attrs[3] = {ATTR_DIM, ATTR_DIM, ATTR_DIM};
	const struct history_bisection *bisection = pr->bisection;
	const struct history_change *at = &bisection->changes[change];
	const struct history_kernel *last = &bisection->kernels[at->last],
				    *first = &bisection->kernels[at->first];

	sheet_end_line(&pr->sheet);
	sheet_format(&pr->sheet, 0, ATTR_BOLD, "changed between %s (%s) and %s (%s)", last->label,
	             last->release, first->label, first->release);
	if (at->silent)
		sheet_format(&pr->sheet, INDENT, ATTR_MAGENTA,
		             "which of %zu it was cannot be told: %s between them did not answer",
		             at->silent + 1, at->silent == 1 ? "the one" : "those");
	found_row(pr, "finding", last->label, first->label, attrs);
	for (size_t i = change; i < bisection->change_count; i++)
		if (same_place(at, &bisection->changes[i]))
			change_print(pr, i);
}

int bisection_print(const struct history_bisection *bisection, const struct report_style *style,
                    FILE *out)
{
	struct printer pr = printer_open(bisection, style, out);

	for (size_t i = 0; i < bisection->change_count; i++) {
		size_t before = 0;

		while (before < i &&
		       !same_place(&bisection->changes[before], &bisection->changes[i]))
			before++;
		if (before == i)
			place_print(&pr, i);
	}
	return ferror(out) ? -EIO : 0;
}

/* ---- rows ---- */

static const struct grid_column columns[] = {
	{"finwait", GRID_CONTEXT},
	{"probe", GRID_CONTEXT},
	{"claim", GRID_PROGRAMS},
	{"finding", 0},
	{"kernel", 0},
	{"release", GRID_PROGRAMS},
	{"answer", 0},
	{"changed_since", 0},
	{"silent_between", GRID_PROGRAMS | GRID_NUMBER},
	{"says", 0},
	{"predicts", 0},
	{"measured", 0},
	{"verdict", 0},
	{"model", 0},
	{"note", 0},
};

static void put_row(struct grid *grid, const struct history_bisection *bisection, size_t change,
                    size_t kernel)
{
	const struct history_change *at = &bisection->changes[change];
	const struct history_kernel *asked = &bisection->kernels[kernel];
	struct history_cell cell = cell_of(bisection, change, kernel);
	bool here = kernel == at->first;
	char title[200], why[512];

	grid_put(grid, "%s", FINWAIT_VERSION);
	grid_put(grid, "%s", at->question.probe);
	grid_put(grid, "%s", at->question.id.claim);
	grid_put(grid, "%s", finding_title(at->question.id, title, sizeof(title)));
	grid_put(grid, "%s", asked->label);
	grid_put(grid, "%s", asked->release);
	grid_put(grid, "%s", standing_words[standing_of(bisection, change, kernel)]);
	grid_put(grid, "%s", here ? bisection->kernels[at->last].label : "");
	if (here)
		grid_put(grid, "%zu", at->silent);
	else
		grid_put(grid, "%s", "");
	history_put_answer(grid, &cell);
	grid_put(grid, "%s",
	         cell.state == HISTORY_UNKNOWN ? history_why(asked, &cell, why, sizeof(why))
	         : cell.finding                ? cell.finding->note
	                                       : "");
}

void bisection_put(struct grid *grid, const struct history_bisection *bisection)
{
	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < bisection->change_count; i++)
		for (size_t kernel = 0; kernel < bisection->count; kernel++)
			if (bisection->kernels[kernel].asked)
				put_row(grid, bisection, i, kernel);
}
