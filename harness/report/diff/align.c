// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * align: two tracks side by side, by their longest common subsequence; then the times
 * of what both have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

/* A table larger than this is not worth its memory: then all of the middle differs. */
#define CELLS_MAX (4u << 20)

struct aligner {
	const struct track *a, *b;
	size_t begin, end[2]; /* of the middle: what is neither in the same head nor tail */
	uint32_t *lengths; /* lcs of a[i..] and b[j..], within the middle; NULL: not known */
	struct edits *edits;
};

static bool entries_same(const struct aligner *al, size_t i, size_t j)
{
	return !strcmp(al->a->items[i].text, al->b->items[j].text);
}

static void trim(struct aligner *al)
{
	size_t a = al->a->count, b = al->b->count, begin = 0;

	while (begin < a && begin < b && entries_same(al, begin, begin))
		begin++;
	while (a > begin && b > begin && entries_same(al, a - 1, b - 1)) {
		a--;
		b--;
	}
	al->begin = begin;
	al->end[0] = a;
	al->end[1] = b;
}

static uint32_t *cell(const struct aligner *al, size_t i, size_t j)
{
	return &al->lengths[(i - al->begin) * (al->end[1] - al->begin + 1) + j - al->begin];
}

static int lengths_fill(struct aligner *al)
{
	size_t rows = al->end[0] - al->begin, columns = al->end[1] - al->begin;

	if (!rows || !columns || (rows + 1) > CELLS_MAX / (columns + 1))
		return 0;
	al->lengths = calloc((rows + 1) * (columns + 1), sizeof(*al->lengths));
	if (!al->lengths)
		return -ENOMEM;
	for (size_t i = al->end[0]; i-- > al->begin;) {
		for (size_t j = al->end[1]; j-- > al->begin;) {
			uint32_t down = *cell(al, i + 1, j), right = *cell(al, i, j + 1);

			if (entries_same(al, i, j))
				*cell(al, i, j) = *cell(al, i + 1, j + 1) + 1;
			else
				*cell(al, i, j) = down >= right ? down : right;
		}
	}
	return 0;
}

static void edit_add(struct aligner *al, enum edit_op op, size_t i, size_t j)
{
	al->edits->items[al->edits->count++] = (struct edit){
		.op = op,
		.entry = {op == EDIT_ONLY_B ? NULL : &al->a->items[i],
	                  op == EDIT_ONLY_A ? NULL : &al->b->items[j]},
	};
}

static void middle_edits(struct aligner *al)
{
	size_t i = al->begin, j = al->begin;

	while (i < al->end[0] && j < al->end[1] && al->lengths) {
		if (entries_same(al, i, j))
			edit_add(al, EDIT_SAME, i++, j++);
		else if (*cell(al, i + 1, j) >= *cell(al, i, j + 1))
			edit_add(al, EDIT_ONLY_A, i++, j);
		else
			edit_add(al, EDIT_ONLY_B, i, j++);
	}
	while (i < al->end[0])
		edit_add(al, EDIT_ONLY_A, i++, j);
	while (j < al->end[1])
		edit_add(al, EDIT_ONLY_B, i, j++);
}

static bool since_step_alike(const struct diff_rule *rule, const struct track_entry *a,
                             const struct track_entry *b)
{
	return a->step_ns != INT64_MIN && b->step_ns != INT64_MIN &&
	       times_alike(rule, a->t_ns - a->step_ns, b->t_ns - b->step_ns);
}

static bool edit_times_alike(const struct diff_rule *rule, const struct edit *edit)
{
	return times_alike(rule, edit->since_ns[0], edit->since_ns[1]) ||
	       since_step_alike(rule, edit->entry[0], edit->entry[1]);
}

/* The times differ; but if the machine was late by as much in that time, nobody can tell. */
static void edit_time_differs(struct edits *edits, struct edit *edit, const struct diff_rule *rule,
                              int64_t late_ns)
{
	struct diff_rule excusing = *rule;

	excusing.slack_ns += late_ns;
	if (late_ns && edit_times_alike(&excusing, edit)) {
		edits->excused++;
		edits->late_ns = late_ns > edits->late_ns ? late_ns : edits->late_ns;
		return;
	}
	edit->op = EDIT_TIME;
	edits->differ++;
}

/*
 * Times count from the entry before that both have, so that what is late once does not
 * make all that follows differ; or from the probe's own last step.
 */
static void edits_time(struct edits *edits, const struct track tracks[2],
                       const struct diff_rule *rule)
{
	int64_t base[2] = {tracks[0].start_ns, tracks[1].start_ns}, gap_ns = 0, late_ns = 0;

	for (size_t i = 0; i < edits->count; i++) {
		struct edit *edit = &edits->items[i];
		const struct track_entry *a = edit->entry[0], *b = edit->entry[1];
		struct diff_rule wider = *rule;

		edit->since_ns[0] = a ? a->t_ns - base[0] : 0;
		edit->since_ns[1] = b ? b->t_ns - base[1] : 0;
		late_ns += (a ? a->late_ns : 0) + (b ? b->late_ns : 0);
		edits->differ += edit->op != EDIT_SAME;
		if (edit->op != EDIT_SAME || !a || !b)
			continue;
		/* a polled time is known but to its gap */
		wider.slack_ns += gap_ns + a->gap_ns + b->gap_ns;
		if ((a->timed || b->timed) && !edit_times_alike(&wider, edit))
			edit_time_differs(edits, edit, &wider, late_ns);
		late_ns = 0;
		base[0] = a->t_ns;
		base[1] = b->t_ns;
		gap_ns = a->gap_ns + b->gap_ns;
	}
}

int tracks_align(const struct track tracks[2], const struct diff_rule *rule, struct edits *edits)
{
	struct aligner al = {.a = &tracks[0], .b = &tracks[1], .edits = edits};

	*edits = (struct edits){
		.items = calloc(tracks[0].count + tracks[1].count + 1, sizeof(*edits->items)),
	};
	trim(&al);
	if (!edits->items || lengths_fill(&al) < 0) {
		free(edits->items);
		edits->items = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i < al.begin; i++)
		edit_add(&al, EDIT_SAME, i, i);
	middle_edits(&al);
	for (size_t i = al.end[0], j = al.end[1]; i < tracks[0].count; i++, j++)
		edit_add(&al, EDIT_SAME, i, j);
	free(al.lengths);
	edits_time(edits, tracks, rule);
	return 0;
}
