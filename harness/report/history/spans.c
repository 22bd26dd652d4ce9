// SPDX-License-Identifier: GPL-2.0-or-later
/* spans: kernels one after another that answer a question alike; as rows. */
#include <errno.h>
#include <stdlib.h>

#include "../finding_rows.h"
#include "../outcome_words.h"
#include "history.h"

size_t history_spans(const struct history_kernel *kernels, size_t count,
                     const struct history_question *question, int64_t slack_ns,
                     struct history_span *spans)
{
	struct history_cell begun = {0};
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		struct history_cell cell = history_look(&kernels[i], question);

		if (cell.state == HISTORY_UNKNOWN)
			continue;
		if (!found || !history_alike(&begun, &cell, slack_ns)) {
			begun = cell;
			spans[found++] = (struct history_span){.first = i};
		}
		spans[found - 1].last = i;
		spans[found - 1].kernels++;
	}
	return found;
}

/* ---- rows ---- */

static const struct grid_column columns[] = {
	{"finwait", GRID_CONTEXT},
	{"probe", 0},
	{"claim", GRID_PROGRAMS},
	{"finding", 0},
	{"span", GRID_PROGRAMS | GRID_NUMBER},
	{"spans", GRID_PROGRAMS | GRID_NUMBER},
	{"from", 0},
	{"to", 0},
	{"from_release", GRID_PROGRAMS},
	{"to_release", GRID_PROGRAMS},
	{"kernels", GRID_PROGRAMS | GRID_NUMBER},
	{"says", 0},
	{"predicts", 0},
	{"measured", 0},
	{"verdict", 0},
	{"model", 0},
	{"note", 0},
};

static void put_kernels(struct grid *grid, const struct history_kernel *first,
                        const struct history_kernel *last, size_t kernels)
{
	grid_put(grid, "%s", first->label);
	grid_put(grid, "%s", last->label);
	grid_put(grid, "%s", first->release);
	grid_put(grid, "%s", last->release);
	grid_put(grid, "%zu", kernels);
}

void history_put_answer(struct grid *grid, const struct history_cell *cell)
{
	if (cell->finding) {
		answer_put(grid, cell->finding);
		return;
	}
	for (int i = 0; i < 3; i++) /* says to measured */
		grid_put(grid, "%s", "");
	grid_put(grid, "%s", cell->state == HISTORY_ABSENT ? "no such finding" : "");
	grid_put(grid, "%s", "");
}

static void put_spans(struct grid *grid, const struct history_kernel *kernels,
                      const struct history_question *question, const struct history_span *spans,
                      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct history_span *span = &spans[i];
		struct history_cell cell = history_look(&kernels[span->first], question);
		char title[200];

		grid_put(grid, "%s", FINWAIT_VERSION);
		grid_put(grid, "%s", question->probe);
		grid_put(grid, "%s", question->id.claim);
		grid_put(grid, "%s", finding_title(question->id, title, sizeof(title)));
		grid_put(grid, "%zu", i + 1);
		grid_put(grid, "%zu", count);
		put_kernels(grid, &kernels[span->first], &kernels[span->last], span->kernels);
		history_put_answer(grid, &cell);
		grid_put(grid, "%s", cell.finding ? cell.finding->note : "");
	}
}

/* What @kernel did not answer: a probe, or ("") anything. */
static void put_silent(struct grid *grid, const struct history_kernel *kernel, const char *probe,
                       const char *word, const char *why)
{
	grid_put(grid, "%s", FINWAIT_VERSION);
	grid_put(grid, "%s", probe);
	for (int i = 0; i < 4; i++) /* claim to spans */
		grid_put(grid, "%s", "");
	put_kernels(grid, kernel, kernel, 1);
	for (int i = 0; i < 3; i++) /* says to measured */
		grid_put(grid, "%s", "");
	grid_put(grid, "%s", word);
	grid_put(grid, "%s", "");
	grid_put(grid, "%s", why);
}

static void put_all_silent(struct grid *grid, const struct history_kernel *kernel)
{
	if (kernel->why)
		put_silent(grid, kernel, "", "not asked", kernel->why);
	for (size_t i = 0; i < kernel->count; i++) {
		const struct record *rec = kernel->records[i];
		enum outcome outcome = record_outcome(rec);

		if (outcome != OUTCOME_OK && outcome != OUTCOME_MODEL_FAILED)
			put_silent(grid, kernel, rec->probe, outcome_word(outcome), rec->reason);
	}
}

int history_put(struct grid *grid, const struct history_kernel *kernels, size_t count,
                int64_t slack_ns)
{
	size_t questions = 0;
	struct history_question *items = history_questions(kernels, count, &questions);
	struct history_span *spans = calloc(count + 1, sizeof(*spans));
	int err = items && spans ? 0 : -ENOMEM;

	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < questions && !err; i++)
		put_spans(grid, kernels, &items[i], spans,
		          history_spans(kernels, count, &items[i], slack_ns, spans));
	for (size_t i = 0; i < count && !err; i++)
		put_all_silent(grid, &kernels[i]);
	free(spans);
	free(items);
	return err;
}
