// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep_cut: what is wanted, as chunks for other machines. */
#include <errno.h>
#include <stdlib.h>

#include "chunk.h"
#include "sweep_parts.h"
#include "sweep_plan.h"

#define WORK_MOST_NS (INT64_C(1) << 62) /* which a double is exactly */

/* What a point of the row may take one processor: the mean of those that were asked. */
static int64_t point_cost_ns(const struct row_time *time)
{
	return time->count ? time->sum_ns / (int64_t)time->count : CHUNK_GUESS_NS;
}

int64_t sweep_work_ns(const struct sweeping *sw)
{
	double sum_ns = 0;

	for (size_t i = 0; i < sw->sweep->kernel_count; i++)
		for (size_t row = 0; row < sw->columns[i].rows; row++)
			sum_ns += (double)point_cost_ns(&sw->columns[i].times[row]) *
			          (double)sw->columns[i].times[row].left;
	return sum_ns < WORK_MOST_NS ? (int64_t)sum_ns : WORK_MOST_NS;
}

static void column_cut(const struct sweeping *sw, const struct column *column,
                       struct chunk_cutter *cutter)
{
	for (size_t number = 0; number < column->points; number++) {
		size_t row = number / sw->phases % column->rows;

		if (point_in(&column->wanted, number))
			chunk_add(cutter, column->first + number + 1,
			          point_cost_ns(&column->times[row]));
	}
}

static size_t points_all(const struct sweeping *sw)
{
	const struct column *last = &sw->columns[sw->sweep->kernel_count - 1];

	return last->first + last->points;
}

int sweep_cut(const struct sweeping *sw, struct cut *cut, struct fault *f)
{
	size_t left = sw->result->counts.left, chunks = sw->sweep->chunks;
	struct chunk_cutter cutter;

	*cut = (struct cut){.total_ns = sweep_work_ns(sw)};
	if (!chunks)
		chunks = chunk_count(cut->total_ns);
	if (chunks > left)
		chunks = left;
	cut->ends = calloc(chunks + 1, sizeof(*cut->ends));
	if (!cut->ends)
		return fault_set(f, ENOMEM, "plan %zu chunks", chunks);
	cutter = (struct chunk_cutter){
		.total_ns = (double)cut->total_ns, .chunks = chunks, .ends = cut->ends};
	for (size_t i = 0; i < sw->sweep->kernel_count; i++)
		column_cut(sw, &sw->columns[i], &cutter);
	chunk_end(&cutter, points_all(sw));
	cut->count = cutter.count;
	return 0;
}

/* The folder of each kernel's answers; NULL: no memory. */
static const char *const *guests_make(const struct sweeping *sw, struct arena *texts)
{
	const char **guests = arena_take(texts, (sw->sweep->kernel_count + 1) * sizeof(*guests));

	for (size_t i = 0; guests && i < sw->sweep->kernel_count; i++) {
		char name[GUEST_NAME];

		guest_name(&sw->columns[i].vm, name);
		guests[i] = arena_text(texts, name);
		if (!guests[i])
			return NULL;
	}
	return guests;
}

int cut_write(const struct sweeping *sw, const struct cut *cut, const char *path, struct fault *f)
{
	struct sweep sweep = *sw->sweep;
	struct arena texts = {0};
	int err;

	sweep.stamp.points = points_all(sw);
	sweep.stamp.guests = guests_make(sw, &texts);
	err = sweep.stamp.guests ? sweep_plan_write(path, &sweep, cut->ends, cut->count, f)
	                         : fault_set(f, ENOMEM, "plan %zu chunks", cut->count);
	arena_clear(&texts);
	return err;
}

void cut_tell(const struct sweeping *sw, const struct cut *cut, const char *job)
{
	const struct sweep_cut told = {
		.chunks = cut->count,
		.each_ns = cut->count ? cut->total_ns / (int64_t)cut->count : 0,
		.job = job,
	};

	if (sw->hooks->cut)
		sw->hooks->cut(&told, sw->hooks->arg);
}
