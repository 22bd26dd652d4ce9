// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sweep_ask: what is wanted of a guest's kernel, asked in batches. The lines of each run are gathered
 * as they come; when it is done they are put into the store, its record is handed over and freed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../run/supervisor.h"
#include "sweep_host.h"
#include "sweep_parts.h"

#define BATCH_POINTS 256 /* plans at a time; records are no more than run side by side */

struct asked {
	struct point point;
	struct job_times times;
	struct answer answer; /* so far */
};

struct batch {
	struct sweeping *sw;
	struct column *column;
	struct plan plan;
	struct asked *asked; /* one an item of the plan */
	struct record **records;
	int64_t last_ns; /* when the last one was done */
	int64_t side_by_side; /* so many run at a time */
	struct fault fault; /* the first thing that went wrong; err 0: nothing */
};

/* ---- one run */

/* The place of the run that @rec is of. */
static size_t batch_place(const struct batch *batch, const struct record *rec)
{
	size_t i = 0;

	while (i < batch->plan.count && batch->records[i] != rec)
		i++;
	return i;
}

static void batch_line(const struct record *rec, const char *line, size_t length, void *arg)
{
	struct batch *batch = arg;
	size_t place = batch_place(batch, rec);
	struct buffer *to;

	if (place == batch->plan.count)
		return;
	to = rec->finished ? &batch->asked[place].answer.result : &batch->asked[place].answer.lines;
	buffer_put(to, line, length);
	buffer_put(to, "\n", 1);
}

/* Whether the next who asks would get the same: it came to its end, and nothing was lost. */
static bool answer_is_whole(const struct record *rec, const struct answer *answer)
{
	if (rec->outcome != OUTCOME_OK && rec->outcome != OUTCOME_MODEL_FAILED &&
	    rec->outcome != OUTCOME_SKIPPED)
		return false;
	for (int i = 0; i < OBSERVER_COUNT; i++)
		if (rec->lost[i])
			return false;
	return rec->finished && !answer->lines.failed && !answer->result.failed &&
	       answer->lines.used && answer->result.used;
}

/* Where it cannot be kept the sweep goes on; the next one asks again. */
static void answer_keep(struct batch *batch, const struct answer_key *key,
                        const struct answer *answer)
{
	struct sweeping *sw = batch->sw;
	struct fault fault;
	char line[400];

	if (store_put(&sw->store, key, answer, &fault) == 0)
		return;
	sw->result->counts.unkept++;
	if (!sw->store_said)
		sweep_say(sw, "%s; the sweep goes on, what is not kept is asked again next time",
		          fault_text(&fault, line, sizeof(line)));
	sw->store_said = true;
}

static bool buffer_same(const struct buffer *a, const struct buffer *b)
{
	return a->used == b->used && (!a->used || !memcmp(a->data, b->data, a->used));
}

static void answer_compare(struct batch *batch, const struct record *rec, const struct asked *asked,
                           const struct answer_key *key)
{
	struct sweeping *sw = batch->sw;
	struct answer kept;
	struct fault fault;
	int found = store_get(&sw->store, key, ANSWER_WHOLE, &kept, &fault);

	sw->result->counts.verified++;
	if (found != 1 || !buffer_same(&kept.lines, &asked->answer.lines) ||
	    !buffer_same(&kept.result, &asked->answer.result)) {
		sw->result->counts.differ++;
		sweep_say(sw, "%s on %s, point %zu: asked again it is not what is kept (%s)",
		          rec->probe, batch->column->name,
		          point_number(sw, batch->column, &asked->point), key->guest);
	}
	answer_clear(&kept);
}

static void point_done(const struct batch *batch, const struct asked *asked)
{
	struct column *column = batch->column;
	struct row_time *time = &column->times[asked->point.row];

	time->sum_ns += asked->answer.took_ns;
	time->count++;
	time->left -= time->left > 0;
	column->left--;
	batch->sw->result->counts.left--;
}

static int run_take(struct batch *batch, const struct record *rec, size_t place, struct fault *f)
{
	struct asked *asked = &batch->asked[place];
	struct column *column = batch->column;
	struct sweeping *sw = batch->sw;
	bool compared = point_in(&column->compared, point_number(sw, column, &asked->point));
	bool whole = answer_is_whole(rec, &asked->answer);
	struct answer_key key;
	int err =
		answer_key_make(&column->vm, &batch->plan.items[place].run, &asked->times, &key, f);

	if (!err && compared)
		answer_compare(batch, rec, asked, &key);
	else if (!err && whole)
		answer_keep(batch, &key, &asked->answer);
	answer_key_clear(&key);
	if (err || compared)
		return err;
	sw->result->counts.asked++;
	sw->result->counts.failed += !whole;
	err = point_answered(sw, column, &asked->point, rec, f);
	if (!err && column->out_fd >= 0 && asked->answer.result.used)
		err = point_keep(sw, column, &asked->point, rec->probe, &asked->answer, f);
	return err;
}

/* A place is free again after this long: of as many processors as there are places. */
static void batch_finished(const struct record *rec, void *arg)
{
	struct batch *batch = arg;
	size_t place = batch_place(batch, rec);
	int64_t now_ns = clock_mono_ns();
	struct fault fault;

	if (place == batch->plan.count)
		return;
	batch->asked[place].answer.took_ns = (now_ns - batch->last_ns) * batch->side_by_side;
	batch->last_ns = now_ns;
	point_done(batch, &batch->asked[place]);
	if (run_take(batch, rec, place, &fault) < 0 && !batch->fault.err)
		batch->fault = fault;
	answer_clear(&batch->asked[place].answer);
	record_free(batch->records[place]);
	batch->records[place] = NULL;
}

static void batch_progress(const struct progress *progress, void *arg)
{
	const struct batch *batch = arg;

	(void)progress;
	sweep_progress(batch->sw, NULL);
}

static void batch_child(const struct run_plan *run, int out_fd, void *arg)
{
	const struct batch *batch = arg;
	size_t place = 0;

	while (&batch->plan.items[place].run != run)
		place++;
	vm_child(run, &batch->column->vm, &batch->asked[place].times, out_fd);
}

/* ---- a batch */

static int batch_run(struct batch *batch, struct fault *f)
{
	struct supervisor_hooks hooks = {
		.line = batch_line,
		.finished = batch_finished,
		.progress = batch->sw->hooks->progress ? batch_progress : NULL,
		.child = batch_child,
		.arg = batch,
	};
	int err;

	if (!batch->plan.count)
		return 0;
	batch->last_ns = clock_mono_ns();
	batch->side_by_side =
		batch->plan.count < batch->sw->jobs ? (int64_t)batch->plan.count : batch->sw->jobs;
	err = supervisor_run(&batch->plan, batch->sw->jobs,
	                     batch->sw->time_limit_s + GUEST_LIMIT_MARGIN_S, NULL, "", &hooks,
	                     batch->records, f);
	for (size_t i = 0; i < batch->plan.count; i++) {
		record_free(batch->records[i]);
		batch->records[i] = NULL;
		answer_clear(&batch->asked[i].answer);
		settings_clear(&batch->plan.items[i].run.params);
		for (int side = 0; side < SIDE_COUNT; side++)
			settings_clear(&batch->plan.items[i].run.sysctls[side]);
	}
	batch->plan.count = 0;
	if (!err && batch->fault.err) {
		*f = batch->fault;
		err = -f->err;
	}
	return err;
}

static int settings_add(const struct settings *from, struct settings *to)
{
	int err = 0;

	for (size_t i = 0; i < from->count && !err; i++)
		err = settings_put(to, from->items[i].name, from->items[i].value);
	return err;
}

/* The settings of the run become the batch's own: several phases are asked of one plan. */
static int batch_add(struct batch *batch, const struct planned *planned, const struct point *point,
                     struct fault *f)
{
	size_t place = batch->plan.count++;
	struct run_plan *run = &batch->plan.items[place].run;
	int err;

	batch->plan.items[place] = *planned;
	run->params = (struct settings){0};
	err = settings_add(&planned->run.params, &run->params);
	for (int side = 0; side < SIDE_COUNT; side++) {
		run->sysctls[side] = (struct settings){0};
		if (!err)
			err = settings_add(&planned->run.sysctls[side], &run->sysctls[side]);
	}
	batch->asked[place] = (struct asked){
		.point = *point,
		.times = point_times(batch->sw, batch->column, point->phase),
	};
	if (err)
		return fault_set(f, -err, "plan a point");
	return batch->plan.count == BATCH_POINTS ? batch_run(batch, f) : 0;
}

/* Whether anything of the combination is wanted. */
static bool combo_wanted(const struct batch *batch, size_t combo)
{
	const struct column *column = batch->column;
	struct point first = {.combo = combo};
	size_t from = point_number(batch->sw, column, &first);

	for (size_t i = 0; i < column->rows * batch->sw->phases; i++)
		if (point_in(&column->wanted, from + i))
			return true;
	return false;
}

static int point_ask(void *arg, const struct planned *planned, const struct point *point,
                     struct fault *f)
{
	struct batch *batch = arg;
	size_t number = point_number(batch->sw, batch->column, point);

	return point_in(&batch->column->wanted, number) ? batch_add(batch, planned, point, f) : 0;
}

static int combos_ask(struct batch *batch, struct fault *f)
{
	int err = 0;

	for (size_t combo = 0; combo < batch->sw->combos && batch->column->left && !err; combo++) {
		if (combo_wanted(batch, combo))
			err = combo_each(batch->sw, batch->column, combo, point_ask, batch, f);
		if (!err)
			err = interrupt_check(f);
	}
	return err ? err : batch_run(batch, f);
}

static int guest_ask(struct sweeping *sw, struct column *column, struct fault *f)
{
	struct batch batch = {
		.sw = sw,
		.column = column,
		.plan = {.items = calloc(BATCH_POINTS, sizeof(*batch.plan.items))},
		.asked = calloc(BATCH_POINTS, sizeof(*batch.asked)),
		.records = calloc(BATCH_POINTS, sizeof(struct record *)),
	};
	char why[400];
	int err = vm_expect(&column->vm, column->left, sw->jobs, f);

	if (err && err != -EINTR)
		sweep_say(sw, "%s: each guest is restored, which takes longer: %s", column->name,
		          fault_text(f, why, sizeof(why)));
	if (!batch.plan.items || !batch.asked || !batch.records)
		err = fault_set(f, ENOMEM, "ask %zu points", column->left);
	else if (err != -EINTR)
		err = combos_ask(&batch, f);
	plan_free(&batch.plan);
	free(batch.asked);
	free(batch.records);
	return err;
}

int column_ask(struct sweeping *sw, struct column *column, struct fault *f)
{
	if (!column->left)
		return 0;
	return column->host ? host_ask(sw, column, f) : guest_ask(sw, column, f);
}
