// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep_ready: all that comes before the first point is looked up or asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "sweep_parts.h"

static int point_set_make(struct point_set *set, size_t points, struct fault *f)
{
	set->bits = calloc(points / 64 + 1, sizeof(*set->bits));
	set->space = points;
	return set->bits ? 0 : fault_set(f, ENOMEM, "count %zu points", points);
}

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
int column_start(struct sweeping *sw, struct column *column, struct fault *f)
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

int column_out(struct sweeping *sw, struct column *column, struct fault *f)
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

/* No point of it is asked: its kernel need not be here. */
static bool column_is_out(const struct sweeping *sw, const struct column *column)
{
	struct combo_range combos = combos_asked(sw, column);

	return combos.from == combos.to;
}

/* What another guest answers would be kept where the sweep that collects does not look. */
static int guest_check(const struct sweeping *sw, const struct column *column, struct fault *f)
{
	const char *const *guests = sw->sweep->stamp.guests;
	char name[GUEST_NAME];

	guest_name(&column->vm, name);
	if (!guests || !strcmp(guests[column->index], name))
		return 0;
	return fault_refuse(f, ESTALE,
	                    "the guest is %.60s, the plan's %.60s: another kernel, QEMU or probe",
	                    name, guests[column->index]);
}

int column_prepare(struct sweeping *sw, struct column *column, struct fault *f)
{
	struct vm_config config = {.time_limit_s = sw->time_limit_s};
	struct vm_kernel kernel;
	int err;

	if (column->host || column_is_out(sw, column))
		return 0;
	err = kernel_find(column->name, &kernel, f);
	if (err)
		return err;
	sweep_progress(sw, kernel.release);
	err = vm_prepare(&kernel, &config, &column->vm, f);
	column->ready = !err;
	return err ? err : guest_check(sw, column, f);
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

int column_try_sysctls(struct sweeping *sw, struct column *column, struct fault *f)
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
