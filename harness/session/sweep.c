// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "../base/interrupt.h"
#include "../base/phase.h"
#include "collect.h"
#include "slurm.h"
#include "sweep_parts.h"

void sweep_say(const struct sweeping *sw, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (sw->hooks->say)
		sw->hooks->say(line, sw->hooks->arg);
}

bool sweep_asks_nothing(const struct sweep *sweep)
{
	return sweep->plan_only || sweep->plan_path;
}

/* ---- points */

size_t point_number(const struct sweeping *sw, const struct column *column,
                    const struct point *point)
{
	return (point->combo * column->rows + point->row) * sw->phases + point->phase;
}

bool point_in(const struct point_set *set, size_t number)
{
	return set->bits && (set->bits[number / 64] >> number % 64 & 1);
}

struct combo_range combos_between(const struct sweeping *sw, const struct column *column,
                                  size_t from, size_t to)
{
	size_t each = column->rows * sw->phases, last = column->first + column->points;

	if (!each || from >= last || to <= column->first)
		return (struct combo_range){0};
	from = from > column->first ? from - column->first : 0;
	to = to < last ? to - column->first : column->points;
	return (struct combo_range){.from = from / each, .to = (to + each - 1) / each};
}

bool sweep_is_part(const struct sweep *sweep)
{
	return sweep->shards || sweep->to;
}

struct combo_range combos_asked(const struct sweeping *sw, const struct column *column)
{
	const struct sweep *sweep = sw->sweep;

	return combos_between(sw, column, sweep->from, sweep->to ? sweep->to : SIZE_MAX);
}

struct job_times point_times(const struct sweeping *sw, const struct column *column, size_t phase)
{
	return (struct job_times){
		.seed = sw->sweep->request.seed,
		.phase_ns = phase_delay_ns(column->vm.info.hz, (unsigned int)phase),
	};
}

/* ---- what a combination of values asks */

int combo_request(const struct sweeping *sw, size_t combo, struct request *request)
{
	const struct sweep *sweep = sw->sweep;
	int err = request_copy(&sweep->request, request);

	for (size_t i = 0; i < sweep->axis_count && !err; i++) {
		const struct sweep_axis *axis = &sweep->axes[i];
		size_t value = combo_value(sweep->axes, sweep->axis_count, combo, i);

		err = request_setting(axis->is_param ? &request->params : &request->sets,
		                      axis->name, axis->values[value]);
	}
	return err;
}

struct target column_target(const struct column *column)
{
	return (struct target){.kernel = column->host ? NULL : column->name};
}

int combo_plan(const struct sweeping *sw, const struct column *column, size_t combo,
               struct plan *plan, struct fault *f)
{
	struct target target = column_target(column);
	struct plan_request asked;
	struct request request;
	int err = combo_request(sw, combo, &request);

	if (err) {
		fault_set(f, -err, "plan a point");
	} else {
		asked = request_plan(&request, &target);
		err = plan_make(&asked, &column->vm.info, plan, f);
	}
	request_clear(&request);
	return err;
}

int combo_each(const struct sweeping *sw, const struct column *column, size_t combo, point_fn fn,
               void *arg, struct fault *f)
{
	struct point point = {.combo = combo};
	struct plan plan;
	int err = combo_plan(sw, column, combo, &plan, f);

	if (err)
		return err;
	for (; point.row < plan.count && !err; point.row++)
		for (point.phase = 0; point.phase < sw->phases && !err; point.phase++)
			err = fn(arg, &plan.items[point.row], &point, f);
	plan_free(&plan);
	return err;
}

/* ---- what is told */

static int64_t column_estimate(const struct sweeping *sw, const struct column *column,
                               size_t *unknown)
{
	double sum_ns = 0;

	for (size_t i = 0; i < column->rows; i++) {
		const struct row_time *time = &column->times[i];

		if (time->count)
			sum_ns += (double)time->sum_ns / (double)time->count * (double)time->left;
		else
			*unknown += time->left;
	}
	return (int64_t)(sum_ns / sw->jobs);
}

void sweep_progress(const struct sweeping *sw, const char *making)
{
	struct sweep_counts *counts = &sw->result->counts;
	int64_t now_ns = clock_mono_ns();

	if (!sw->hooks->progress)
		return;
	counts->estimate_ns = 0;
	counts->unknown = 0;
	for (size_t i = 0; i < sw->sweep->kernel_count; i++)
		if (sw->columns[i].rows)
			counts->estimate_ns +=
				column_estimate(sw, &sw->columns[i], &counts->unknown);
	sw->hooks->progress(counts, making, now_ns - sw->began_ns, sw->hooks->arg);
}

int point_answered(struct sweeping *sw, const struct column *column, const struct point *point,
                   const struct record *rec, struct fault *f)
{
	const struct sweep_place place = {
		.combo = point->combo, .kernel = column->index, .phase = point->phase};
	int err = 0;

	tally_add(&sw->result->tally, rec);
	if (sw->hooks->answer)
		err = sw->hooks->answer(&place, rec, sw->hooks->arg);
	return err ? fault_set(f, -err, "count what a point came to") : 0;
}

int columns_each(struct sweeping *sw, column_fn fn, struct fault *f)
{
	int err = 0;

	for (size_t i = 0; i < sw->sweep->kernel_count && !err; i++) {
		char line[400];
		struct fault why;

		err = fn(sw, &sw->columns[i], f);
		if (!err || err == -EINTR)
			continue;
		why = *f;
		fault_text(&why, line, sizeof(line));
		fault_refuse(f, -err, "%.40s: %.200s", sw->columns[i].name, line);
	}
	return err;
}

/* *@usage: what is to be set is refused. A plan is told where nothing can be tried, too. */
static int columns_try(struct sweeping *sw, bool *usage, struct fault *f)
{
	/* whoever has made a chunk's plan has tried them all */
	int err = sw->sweep->to ? 0 : columns_each(sw, column_try_sysctls, f);

	*usage = err == -ENOENT || err == -EINVAL || err == -ERANGE;
	return *usage || err == -EINTR || !sw->sweep->plan_only ? err : 0;
}

/* ---- the sweep */

static void columns_plan(const struct sweeping *sw)
{
	for (size_t i = 0; i < sw->sweep->kernel_count; i++) {
		struct column *column = &sw->columns[i];

		column->counts.all = column->points;
		column->counts.left = column->left;
		column->counts.estimate_ns = column_estimate(sw, column, &column->counts.unknown);
		if (sw->hooks->planned)
			sw->hooks->planned(column->name, &column->counts, sw->hooks->arg);
	}
}

/* Is it cut into chunks? */
static bool sweep_is_cut(const struct sweep *sweep)
{
	return sweep->plan_path || sweep->slurm;
}

/* What the request itself cannot be: nothing was tried yet. */
static int sweep_start(struct sweeping *sw, struct fault *f)
{
	const struct sweep *sweep = sw->sweep;
	int err = columns_each(sw, column_start, f);
	size_t points = 0;

	for (size_t i = 0; i < sweep->kernel_count && !err; i++) {
		if (sw->columns[i].host && (sweep_is_part(sweep) || sweep_is_cut(sweep)))
			err = fault_refuse(f, EINVAL,
			                   "many machines go with guests: what the host answers is"
			                   " not kept");
		sw->columns[i].first = points;
		points += sw->columns[i].points;
	}
	if (!err && sweep->stamp.points && points != sweep->stamp.points)
		err = fault_refuse(f, EINVAL, "the plan has %zu points, its sweep %zu",
		                   sweep->stamp.points, points);
	return err;
}

static int merged_open(struct sweeping *sw, struct fault *f)
{
	const struct sweep *sweep = sw->sweep;
	int err = 0;

	if (!sweep->merged_count)
		return 0;
	sw->merged = calloc(sweep->merged_count, sizeof(*sw->merged));
	if (!sw->merged)
		return fault_set(f, ENOMEM, "open the folders of --merge");
	for (size_t i = 0; i < sweep->merged_count && !err; i++)
		err = store_open_at(&sw->merged[i].store, sweep->merged[i], f);
	return err;
}

static void merged_say(const struct sweeping *sw)
{
	for (size_t i = 0; i < sw->sweep->merged_count; i++)
		sweep_say(sw, "%zu answer%s taken from %s", sw->merged[i].taken,
		          sw->merged[i].taken == 1 ? "" : "s", sw->sweep->merged[i]);
}

static int sweep_prepare(struct sweeping *sw, struct fault *f)
{
	int err = store_open(&sw->store, f);

	if (!err)
		err = merged_open(sw, f);
	if (!err && sw->sweep->slurm)
		err = slurm_is_there(f);
	if (!err)
		err = columns_each(sw, column_out, f);
	return err ? err : columns_each(sw, column_prepare, f);
}

static int plan_make_file(const struct sweeping *sw, struct fault *f)
{
	struct cut cut;
	int err = sweep_cut(sw, &cut, f);

	if (!err)
		err = cut_write(sw, &cut, sw->sweep->plan_path, f);
	if (!err) {
		columns_plan(sw);
		cut_tell(sw, &cut, NULL);
	}
	free(cut.ends);
	return err;
}

static int missing_ask(struct sweeping *sw, struct fault *f)
{
	sw->asking_ns = clock_mono_ns();
	if (sw->sweep->plan_path)
		return plan_make_file(sw, f);
	return sw->sweep->slurm ? slurm_ask(sw, f) : columns_each(sw, column_ask, f);
}

/* *@usage: whether what failed is a mistake of the request's. */
static int sweep_carry_out(struct sweeping *sw, bool *usage, struct fault *f)
{
	int err;

	*usage = true;
	err = sweep_start(sw, f);
	if (err)
		return err;
	*usage = false;
	err = sweep_prepare(sw, f);
	if (!err)
		sweep_describe(sw);
	if (!err)
		err = columns_each(sw, column_look, f);
	if (err)
		return err;
	merged_say(sw);
	err = columns_try(sw, usage, f);
	if (err)
		return err;
	if (sw->sweep->plan_only) {
		columns_plan(sw);
		return 0;
	}
	return missing_ask(sw, f);
}

static void columns_free(struct sweeping *sw)
{
	for (size_t i = 0; i < sw->sweep->kernel_count; i++) {
		struct column *column = &sw->columns[i];

		if (column->ready)
			vm_release(&column->vm);
		if (column->out_fd >= 0)
			close(column->out_fd);
		free(column->times);
		free(column->wanted.bits);
		free(column->compared.bits);
	}
	free(sw->columns);
	free(sw->merged);
}

static unsigned int processors(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned int)CPU_COUNT(&cpus) : 1;
}

static enum exit_code sweep_code(const struct sweeping *sw)
{
	struct sweep_result *result = sw->result;
	enum exit_code code;

	result->tally.model_failed |= result->counts.differ > 0;
	result->tally.incomplete |= result->counts.unkept > 0;
	if (sweep_asks_nothing(sw->sweep) || !result->tally.total)
		return result->tally.incomplete ? EXIT_NOT_RUN : EXIT_AS_PREDICTED;
	code = tally_code(&result->tally);
	/* A part has done what it is for: what its answers say, the sweep of all says. */
	if (sweep_is_part(sw->sweep) && code != EXIT_NOT_RUN && !result->counts.differ)
		return EXIT_AS_PREDICTED;
	return code;
}

static enum exit_code sweep_end(struct sweeping *sw, int err, bool usage, const struct fault *fault)
{
	struct sweep_result *result = sw->result;

	if (err == -EINTR || interrupt_pending()) {
		result->interrupted = true;
		snprintf(result->why, sizeof(result->why),
		         "interrupted; what has been answered is kept: the same sweep goes on from"
		         " there");
		return EXIT_NOT_RUN;
	}
	if (!err)
		return sweep_code(sw);
	fault_text(fault, result->why, sizeof(result->why));
	return usage && err != -ENOMEM ? EXIT_USAGE : EXIT_NOT_RUN;
}

enum exit_code sweep_run(const struct sweep *sweep, const struct sweep_hooks *hooks,
                         struct sweep_result *result)
{
	struct sweeping sw = {
		.sweep = sweep,
		.hooks = hooks,
		.result = result,
		.columns = calloc(sweep->kernel_count + 1, sizeof(*sw.columns)),
		.combos = 1,
		.phases = sweep->request.phase_count ? sweep->request.phase_count : 1,
		.jobs = sweep->request.jobs ? sweep->request.jobs : processors(),
		.time_limit_s =
			sweep->request.time_limit_s ? sweep->request.time_limit_s : TIME_LIMIT_S,
		.began_ns = clock_mono_ns(),
	};
	struct fault fault = {0};
	enum exit_code code;
	bool usage = false;
	int err;

	*result = (struct sweep_result){0};
	for (size_t i = 0; i < sweep->axis_count; i++)
		sw.combos *= sweep->axes[i].count;
	if (!sw.columns)
		return sweep_end(&sw, fault_set(&fault, ENOMEM, "sweep"), false, &fault);
	for (size_t i = 0; i < sweep->kernel_count; i++)
		sw.columns[i] = (struct column){.name = sweep->kernels[i],
		                                .index = i,
		                                .host = !strcmp(sweep->kernels[i], TARGET_HOST),
		                                .vm = {.cold = KEPT_NOTHING, .warm = KEPT_NOTHING},
		                                .out_fd = -1};
	interrupt_catch();
	err = sweep_carry_out(&sw, &usage, &fault);
	code = sweep_end(&sw, err, usage, &fault);
	interrupt_release();
	columns_free(&sw);
	return code;
}
