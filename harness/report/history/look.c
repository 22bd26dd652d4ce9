// SPDX-License-Identifier: GPL-2.0-or-later
/* look: what a kernel answered to a question, and which questions there are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "../../record/json.h"
#include "../alike.h"
#include "../outcome_words.h"
#include "history.h"

/* The record's own line of it is what the store has, too: asked or kept, it is the same. */
static struct record *result_copy(const struct record *rec)
{
	struct record *copy = record_new();
	char *line = json_result_line(rec), why[160];

	if (copy && line && json_read_line(copy, line, strlen(line), why) == JSON_RESULT) {
		copy->run.hz = rec->run.hz;
	} else {
		record_free(copy);
		copy = NULL;
	}
	free(line);
	return copy;
}

int history_take(struct history_kernel *kernel, const struct record *rec)
{
	struct record **records = array_reserve(kernel->records, &kernel->space, kernel->count + 1,
	                                        sizeof(struct record *));

	if (!records)
		return -ENOMEM;
	kernel->records = records;
	records[kernel->count] = result_copy(rec);
	if (!records[kernel->count])
		return -ENOMEM;
	kernel->count++;
	kernel->asked = true;
	return 0;
}

void history_fail(struct history_kernel *kernel, const char *why)
{
	kernel->asked = true;
	free(kernel->why);
	kernel->why = strdup(why);
}

void history_clear(struct history_kernel *kernel)
{
	for (size_t i = 0; i < kernel->count; i++)
		record_free(kernel->records[i]);
	free(kernel->records);
	free(kernel->why);
	*kernel = (struct history_kernel){0};
}

/* ---- questions ---- */

struct questions {
	struct history_question *items;
	size_t count, space;
	size_t block; /* where those of the probe at hand begin */
	bool no_memory;
};

static const struct record *record_of(const struct history_kernel *kernel, const char *probe)
{
	for (size_t i = 0; i < kernel->count; i++)
		if (!strcmp(kernel->records[i]->probe, probe))
			return kernel->records[i];
	return NULL;
}

static void question_add(struct questions *list, const char *probe, struct finding_id id)
{
	struct history_question *items;

	for (size_t i = list->block; i < list->count; i++)
		if (finding_id_same(list->items[i].id, id))
			return;
	items = array_reserve(list->items, &list->space, list->count + 1, sizeof(*items));
	list->no_memory |= !items;
	if (!items)
		return;
	list->items = items;
	items[list->count++] = (struct history_question){.probe = probe, .id = id};
}

static bool probe_was_taken(const struct history_kernel *kernels, size_t before, const char *probe)
{
	for (size_t i = 0; i < before; i++)
		if (record_of(&kernels[i], probe))
			return true;
	return false;
}

static void probe_take(struct questions *list, const struct history_kernel *kernels, size_t count,
                       const char *probe)
{
	list->block = list->count;
	for (size_t i = 0; i < count; i++) {
		const struct record *rec = record_of(&kernels[i], probe);

		for (size_t j = 0; rec && j < rec->finding_count; j++)
			question_add(list, probe, finding_id_of(&rec->findings[j]));
	}
}

struct history_question *history_questions(const struct history_kernel *kernels, size_t count,
                                           size_t *questions)
{
	struct questions list = {.items = calloc(1, sizeof(*list.items)), .space = 1};

	list.no_memory = !list.items;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < kernels[i].count; j++)
			if (!probe_was_taken(kernels, i, kernels[i].records[j]->probe))
				probe_take(&list, kernels, count, kernels[i].records[j]->probe);
	if (list.no_memory) {
		free(list.items);
		return NULL;
	}
	*questions = list.count;
	return list.items;
}

/* ---- answers ---- */

static bool came_to_judge(const struct record *rec)
{
	enum outcome outcome = record_outcome(rec);

	return outcome == OUTCOME_OK || outcome == OUTCOME_MODEL_FAILED;
}

struct history_cell history_look(const struct history_kernel *kernel,
                                 const struct history_question *question)
{
	const struct record *rec = record_of(kernel, question->probe);
	struct history_cell cell = {.rec = rec, .why = ""};
	const struct finding *finding = rec ? finding_find(rec, question->id) : NULL;

	if (finding && finding->model != MODEL_UNJUDGED) {
		cell.state = HISTORY_FOUND;
		cell.finding = finding;
	} else if (rec && !finding && came_to_judge(rec)) {
		cell.state = HISTORY_ABSENT;
	} else if (rec) {
		cell.outcome = finding ? OUTCOME_INCONCLUSIVE : record_outcome(rec);
		cell.why = finding ? finding->note : rec->reason;
		if (finding && finding->verdict == VERDICT_SKIPPED)
			cell.outcome = OUTCOME_SKIPPED;
	}
	return cell;
}

bool history_alike(const struct history_cell *a, const struct history_cell *b, int64_t slack_ns)
{
	struct diff_rule rule;

	if (a->state != HISTORY_FOUND || b->state != HISTORY_FOUND)
		return a->state == b->state;
	rule = diff_rule_for(a->rec, b->rec, slack_ns);
	return findings_answer_alike(&rule, a->finding, b->finding);
}

const char *history_why(const struct history_kernel *kernel, const struct history_cell *cell,
                        char *buf, size_t size)
{
	if (kernel->why)
		return kernel->why;
	if (!cell->rec)
		return "there is no record of it";
	snprintf(buf, size, "%s%s%s", outcome_word(cell->outcome), *cell->why ? ": " : "",
	         cell->why);
	return buf;
}
