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

static int point_set_make(struct point_set *set, size_t points, struct fault *f)
{
	set->bits = calloc(points / 64 + 1, sizeof(*set->bits));
	set->space = points;
	return set->bits ? 0 : fault_set(f, ENOMEM, "count %zu points", points);
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

static struct target column_target(const struct column *column)
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

/* ---- what is told */

static int64_t column_estimate(const struct column *column, size_t *unknown)
{
	double sum_ns = 0;

	for (size_t i = 0; i < column->rows; i++) {
		const struct row_time *time = &column->times[i];

		if (time->count)
			sum_ns += (double)time->sum_ns / (double)time->count * (double)time->left;
		else
			*unknown += time->left;
	}
	return (int64_t)sum_ns;
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
			counts->estimate_ns += column_estimate(&sw->columns[i], &counts->unknown);
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

/* ---- before anything is asked */

/* Every value by itself, the other axes at their first: a mistake is found before the first run. */
static int values_check(const struct sweeping *sw, const struct column *column, struct fault *f)
{
	const struct sweep *sweep = sw->sweep;
	size_t stride = sw->combos;
	int err = 0;

	for (size_t axis = 0; axis < sweep->axis_count && !err; axis++) {
		stride /= sweep->axes[axis].count;
		for (size_t value = 0; value < sweep->axes[axis].count && !err; value++) {
			struct target target = column_target(column);
			struct request request;

			err = combo_request(sw, value * stride, &request);
			err = err ? fault_set(f, -err, "plan a point")
			          : request_check(&request, &target, f);
			request_clear(&request);
		}
	}
	return err;
}

/* The rows of each combination are the same; @column has no guest yet. */
static int column_start(struct sweeping *sw, struct column *column, struct fault *f)
{
	struct target target = column_target(column);
	struct request request;
	struct plan plan;
	int err = combo_request(sw, 0, &request);

	err = err ? fault_set(f, -err, "plan a point") : request_check(&request, &target, f);
	request_clear(&request);
	if (!err)
		err = values_check(sw, column, f);
	if (!err)
		err = combo_plan(sw, column, 0, &plan, f);
	if (err)
		return err;
	column->rows = plan.count;
	plan_free(&plan);
	column->points = sw->combos * column->rows * sw->phases;
	if (column->points > SWEEP_POINTS_MOST)
		return fault_refuse(f, EINVAL, "%zu points are more than %d", column->points,
		                    SWEEP_POINTS_MOST);
	column->times = calloc(column->rows + 1, sizeof(*column->times));
	if (!column->times)
		return fault_set(f, ENOMEM, "plan %zu points", column->points);
	err = point_set_make(&column->wanted, column->points, f);
	return err ? err : point_set_make(&column->compared, column->points, f);
}

static int out_open(struct sweeping *sw, struct column *column, struct fault *f)
{
	char path[CACHE_PATH], name[200];
	int fd;

	if (!sw->sweep->out_dir)
		return 0;
	snprintf(name, sizeof(name), "%s", column->name);
	for (char *s = name; *s; s++)
		if (*s == '/' || (*s == '.' && s == name))
			*s = '_';
	fd = folder_open(sw->sweep->out_dir, " for records (--out DIR)", f);
	if (fd < 0)
		return fd;
	close(fd);
	if (path_join(path, sw->sweep->out_dir, name, f) < 0)
		return -f->err;
	column->out_fd = folder_open(path, " for records (--out DIR)", f);
	return column->out_fd < 0 ? column->out_fd : 0;
}

static int column_prepare(struct sweeping *sw, struct column *column, struct fault *f)
{
	struct vm_config config = {.time_limit_s = sw->time_limit_s};
	struct vm_kernel kernel;
	int err;

	if (column->host)
		return 0;
	err = kernel_find(column->name, &kernel, f);
	if (err)
		return err;
	sweep_progress(sw, kernel.release);
	err = vm_prepare(&kernel, &config, &column->vm, f);
	column->ready = !err;
	return err;
}

typedef int (*column_fn)(struct sweeping *sw, struct column *column, struct fault *f);

/* Of each kernel in turn, until one fails, which is named. */
static int columns_each(struct sweeping *sw, column_fn fn, struct fault *f)
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

/* A guest that costs a restore is asked whether its kernel takes what is to be set. */
static int plan_try(const struct column *column, struct plan *plan, struct fault *f)
{
	int err = 0;

	if (plan->count && column->host)
		err = plan_check_sysctls(plan, geteuid() != 0, f);
	else if (plan->count)
		err = vm_check_sysctls(plan, &column->vm, f);
	plan_free(plan);
	return err;
}

#define TRIES_MOST 500 /* as many fit into a guest's memory for jobs */

/* The first row that runs, with these values, into @tries. */
static int try_add(struct sweeping *sw, const struct column *column, size_t combo,
                   struct plan *tries, struct fault *f)
{
	struct plan plan;
	int err = combo_plan(sw, column, combo, &plan, f);

	if (err)
		return err;
	tries->items = tries->items ? tries->items : calloc(TRIES_MOST, sizeof(*tries->items));
	if (!tries->items) {
		plan_free(&plan);
		return fault_set(f, ENOMEM, "plan what is to be tried");
	}
	for (size_t i = 0; i < plan.count; i++) {
		if (plan.items[i].skip)
			continue;
		tries->items[tries->count++] = plan.items[i];
		plan.items[i].run.params = (struct settings){0}; /* now of @tries */
		plan.items[i].run.sysctls[SIDE_CLIENT] = (struct settings){0};
		plan.items[i].run.sysctls[SIDE_SERVER] = (struct settings){0};
		break;
	}
	plan_free(&plan);
	return tries->count == TRIES_MOST ? plan_try(column, tries, f) : 0;
}

static int column_try_sysctls(struct sweeping *sw, struct column *column, struct fault *f)
{
	const struct sweep *sweep = sw->sweep;
	struct plan tries = {0};
	size_t stride = sw->combos;
	int err = 0;

	for (size_t axis = 0; axis < sweep->axis_count && column->left && !err; axis++) {
		stride /= sweep->axes[axis].count;
		for (size_t value = 0; value < sweep->axes[axis].count && !err; value++)
			if (!sweep->axes[axis].is_param)
				err = try_add(sw, column, value * stride, &tries, f);
	}
	if (!sweep->axis_count && sweep->request.sets.count && column->left && !err)
		err = try_add(sw, column, 0, &tries, f);
	if (!err)
		return plan_try(column, &tries, f);
	plan_free(&tries);
	return err;
}

/* *@usage: what is to be set is refused. A plan is told where nothing can be tried, too. */
static int columns_try(struct sweeping *sw, bool *usage, struct fault *f)
{
	int err = columns_each(sw, column_try_sysctls, f);

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
		column->counts.estimate_ns = column_estimate(column, &column->counts.unknown);
		if (sw->hooks->planned)
			sw->hooks->planned(column->name, &column->counts, sw->hooks->arg);
	}
}

/* What the request itself cannot be: nothing was tried yet. */
static int sweep_start(struct sweeping *sw, struct fault *f)
{
	int err = columns_each(sw, column_start, f);

	for (size_t i = 0; i < sw->sweep->kernel_count && !err; i++)
		if (sw->columns[i].host && sw->sweep->shards)
			err = fault_refuse(f, EINVAL,
			                   "--shard goes with guests: what the host answers is not"
			                   " kept");
	return err;
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
	err = store_open(&sw->store, f);
	if (!err)
		err = columns_each(sw, out_open, f);
	if (!err)
		err = columns_each(sw, column_prepare, f);
	if (!err)
		sweep_describe(sw);
	if (!err)
		err = columns_each(sw, column_look, f);
	if (err)
		return err;
	err = columns_try(sw, usage, f);
	if (err)
		return err;
	if (sw->sweep->plan_only) {
		columns_plan(sw);
		return 0;
	}
	sw->asking_ns = clock_mono_ns();
	return columns_each(sw, column_ask, f);
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
}

static unsigned int processors(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned int)CPU_COUNT(&cpus) : 1;
}

static enum exit_code sweep_code(const struct sweeping *sw)
{
	struct sweep_result *result = sw->result;

	result->tally.model_failed |= result->counts.differ > 0;
	result->tally.incomplete |= result->counts.unkept > 0;
	if (sw->sweep->plan_only || !result->tally.total)
		return result->tally.incomplete ? EXIT_NOT_RUN : EXIT_AS_PREDICTED;
	return tally_code(&result->tally);
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
