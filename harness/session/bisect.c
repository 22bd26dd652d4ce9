// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../report/outcome_words.h"

/* ---- one finding ---- */

/* As the first kernel answers it. */
static bool is_as_first(const struct bisect *b, const struct history_change *change, size_t kernel)
{
	struct history_cell first = history_look(&b->kernels[0], &change->question);
	struct history_cell cell = history_look(&b->kernels[kernel], &change->question);

	return history_alike(&first, &cell, b->slack_ns);
}

static bool tells(const struct bisect *b, const struct history_change *change, size_t kernel)
{
	return history_look(&b->kernels[kernel], &change->question).state != HISTORY_UNKNOWN;
}

/* Of what is known: the first kernel that answers otherwise, and the last before it that does not. */
static void change_narrow(const struct bisect *b, struct history_change *change)
{
	change->first = b->count - 1;
	for (size_t i = b->count - 1; i > 0; i--)
		if (tells(b, change, i) && !is_as_first(b, change, i))
			change->first = i;
	change->last = 0;
	change->silent = 0;
	for (size_t i = 1; i < change->first; i++) {
		if (tells(b, change, i)) {
			change->last = i;
			change->silent = 0;
		} else if (b->kernels[i].asked) {
			change->silent++;
		}
	}
}

static size_t unasked_between(const struct bisect *b, const struct history_change *change)
{
	size_t unasked = 0;

	for (size_t i = change->last + 1; i < change->first; i++)
		unasked += !b->kernels[i].asked;
	return unasked;
}

/*
 * The kernel to ask next for @change, which has some that were not asked: in the middle of the
 * longest run of these. Where somebody did not tell that is away from him.
 */
static size_t change_next(const struct bisect *b, const struct history_change *change)
{
	size_t begin = 0, length = 0, own = 0;

	for (size_t i = change->last + 1; i < change->first; i++) {
		own = b->kernels[i].asked ? 0 : own + 1;
		if (own <= length)
			continue;
		length = own;
		begin = i + 1 - own;
	}
	return begin + length / 2;
}

/* ---- all of them ---- */

static void changes_narrow(struct bisect *b)
{
	for (size_t i = 0; i < b->change_count; i++)
		change_narrow(b, &b->changes[i]);
}

/* Of those where both ends tell, the ones that they answer otherwise. 0 or -ENOMEM. */
static int changes_find(struct bisect *b, size_t *told)
{
	size_t count = 0;
	struct history_question *questions = history_questions(b->kernels, b->count, &count);

	b->changes = questions ? calloc(count + 1, sizeof(*b->changes)) : NULL;
	for (size_t i = 0; b->changes && i < count; i++) {
		struct history_change change = {.question = questions[i], .first = b->count - 1};

		if (!tells(b, &change, 0) || !tells(b, &change, b->count - 1)) {
			b->silent++;
			continue;
		}
		(*told)++;
		if (!is_as_first(b, &change, b->count - 1))
			b->changes[b->change_count++] = change;
	}
	free(questions);
	return b->changes ? 0 : -ENOMEM;
}

static int kernel_ask_one(struct bisect *b, const struct bisect_hooks *hooks, size_t kernel)
{
	b->asked++;
	return hooks->ask(&b->kernels[kernel], b->asked, hooks->arg);
}

/* How often @kernels can be halved. */
static size_t halvings(size_t kernels)
{
	size_t steps = 0;

	for (; kernels; kernels /= 2)
		steps++;
	return steps;
}

static int step(struct bisect *b, const struct bisect_hooks *hooks, size_t kernel)
{
	struct history_change *open = calloc(b->change_count + 1, sizeof(*open));
	int err = open ? kernel_ask_one(b, hooks, kernel) : -ENOMEM;

	if (!err) {
		memcpy(open, b->changes, b->change_count * sizeof(*open));
		changes_narrow(b);
		if (hooks->step)
			hooks->step(b, open, kernel, hooks->arg);
	}
	free(open);
	return err;
}

/* The first that is not yet found; its kernel to ask. False: all are. */
static bool next_find(const struct bisect *b, size_t *kernel)
{
	for (size_t i = 0; i < b->change_count; i++)
		if (unasked_between(b, &b->changes[i])) {
			*kernel = change_next(b, &b->changes[i]);
			return true;
		}
	return false;
}

int bisect_run(struct bisect *b, const struct bisect_hooks *hooks)
{
	size_t told = 0, kernel;
	int err = kernel_ask_one(b, hooks, 0);

	if (!err && !b->kernels[0].why)
		err = kernel_ask_one(b, hooks, b->count - 1);
	if (!err)
		err = changes_find(b, &told);
	if (err)
		return err;
	if (!told)
		return BISECT_SILENT;
	if (!b->change_count)
		return BISECT_SAME;
	if (hooks->ends)
		hooks->ends(b, halvings(b->count - 2), hooks->arg);
	while (next_find(b, &kernel)) {
		err = step(b, hooks, kernel);
		if (err)
			return err;
	}
	return BISECT_FOUND;
}

void bisect_free(struct bisect *b)
{
	free(b->changes);
	b->changes = NULL;
	b->change_count = 0;
}

struct history_bisection bisect_bisection(const struct bisect *b)
{
	return (struct history_bisection){
		.kernels = b->kernels,
		.count = b->count,
		.slack_ns = b->slack_ns,
		.changes = b->changes,
		.change_count = b->change_count,
	};
}

/* The first record of @kernel that came to no judge. */
static const struct record *silent_record(const struct history_kernel *kernel)
{
	for (size_t i = 0; i < kernel->count; i++) {
		enum outcome outcome = record_outcome(kernel->records[i]);

		if (outcome != OUTCOME_OK && outcome != OUTCOME_MODEL_FAILED)
			return kernel->records[i];
	}
	return NULL;
}

const char *bisect_silence(const struct bisect *b, char *buf, size_t size)
{
	for (size_t end = 0; end < 2; end++) {
		const struct history_kernel *kernel = &b->kernels[end ? b->count - 1 : 0];
		const struct record *rec = silent_record(kernel);

		if (kernel->why)
			snprintf(buf, size, "%s does not tell: %s", kernel->label, kernel->why);
		else if (rec)
			snprintf(buf, size, "%s does not tell: %s: %s%s%s", kernel->label,
			         rec->probe, outcome_word(record_outcome(rec)),
			         *rec->reason ? ": " : "", rec->reason);
		else
			continue;
		return buf;
	}
	snprintf(buf, size, "the ends have no finding in common");
	return buf;
}
