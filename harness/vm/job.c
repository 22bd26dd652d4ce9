// SPDX-License-Identifier: GPL-2.0-or-later
#include "job.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "../run/registry.h"

static const char *const side_keys[SIDE_COUNT] = {
	[SIDE_CLIENT] = "client_sysctls", [SIDE_SERVER] = "server_sysctls"};

static json_t *settings_encode(const struct settings *set)
{
	json_t *object = json_object();

	for (size_t i = 0; i < set->count; i++)
		if (json_object_set_new(object, set->items[i].name,
		                        json_string(set->items[i].value)) < 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

/* NULL without memory. */
static json_t *job_make(const struct run_plan *plan, const struct job_times *times)
{
	json_t *job = json_object();
	int err = 0;

	err |= json_object_set_new(job, "id", json_string(plan->id));
	err |= json_object_set_new(job, "family", json_integer(plan->family));
	err |= json_object_set_new(job, "slack_ms", json_integer(plan->slack_ms));
	err |= json_object_set_new(job, "faithful", json_boolean(plan->faithful));
	err |= json_object_set_new(job, "seed", json_integer((json_int_t)times->seed));
	err |= json_object_set_new(job, "phase_ns", json_integer(times->phase_ns));
	if (times->panic)
		err |= json_object_set_new(job, "panic", json_true());
	err |= json_object_set_new(job, "params", settings_encode(&plan->params));
	for (int side = 0; side < SIDE_COUNT; side++)
		err |= json_object_set_new(job, side_keys[side],
		                           settings_encode(&plan->sysctls[side]));
	if (!err)
		return job;
	json_decref(job);
	return NULL;
}

char *job_encode(const struct run_plan *plan, const struct job_times *times)
{
	json_t *job = job_make(plan, times);
	char *text = job ? json_dumps(job, JSON_COMPACT) : NULL;

	json_decref(job);
	return text;
}

char *plan_encode(const struct plan *plan)
{
	json_t *jobs = json_array();
	char *text = NULL;
	int err = 0;

	for (size_t i = 0; i < plan->count; i++)
		err |= json_array_append_new(jobs,
		                             job_make(&plan->items[i].run, &(struct job_times){0}));
	if (!err)
		text = json_dumps(jobs, JSON_COMPACT);
	json_decref(jobs);
	return text;
}

static int settings_decode(const json_t *object, struct settings *set)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name,
	                    value) if (!json_is_string(value) ||
	                               settings_put(set, name, json_string_value(value)) <
	                                       0) return -EINVAL;
	return json_is_object(object) ? 0 : -EINVAL;
}

static int job_take(const json_t *job, struct run_plan *plan, struct job_times *times)
{
	const char *id = json_string_value(json_object_get(job, "id"));
	const struct registry_row *row = id ? registry_find(id) : NULL;
	json_int_t family = json_integer_value(json_object_get(job, "family"));
	int err;

	if (!row || family < 0 || family >= FAMILY_COUNT)
		return -EINVAL;
	plan->id = row->id;
	plan->probe = row->probe;
	plan->variant = row->variant;
	plan->family = (enum family)family;
	plan->slack_ms = (int)json_integer_value(json_object_get(job, "slack_ms"));
	plan->faithful = json_is_true(json_object_get(job, "faithful"));
	times->seed = (uint64_t)json_integer_value(json_object_get(job, "seed"));
	times->phase_ns = json_integer_value(json_object_get(job, "phase_ns"));
	times->panic = json_is_true(json_object_get(job, "panic"));
	err = settings_decode(json_object_get(job, "params"), &plan->params);
	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = settings_decode(json_object_get(job, side_keys[side]), &plan->sysctls[side]);
	return plan->probe && times->phase_ns >= 0 ? err : -EINVAL;
}

static json_t *text_load(const char *text, size_t size, struct fault *f)
{
	json_error_t why;
	json_t *json = json_loadb(text, size, 0, &why);

	if (!json)
		fault_set(f, EBADMSG, "read the job: %s", why.text);
	return json;
}

int job_decode(const char *text, size_t size, struct run_plan *plan, struct job_times *times,
               struct fault *f)
{
	json_t *job = text_load(text, size, f);
	int err;

	if (!job)
		return -f->err;
	err = job_take(job, plan, times);
	json_decref(job);
	return err ? fault_set(f, EBADMSG, "read the job: a field is wrong") : 0;
}

int plan_decode(const char *text, size_t size, struct plan *plan, struct fault *f)
{
	json_t *jobs = text_load(text, size, f);
	size_t count = json_array_size(jobs);
	int err = 0;

	if (!jobs)
		return -f->err;
	*plan = (struct plan){.items = calloc(count + 1, sizeof(*plan->items))};
	if (!plan->items)
		err = fault_set(f, ENOMEM, "read the plan");
	for (; plan->items && plan->count < count && !err; plan->count++) {
		struct job_times times;

		if (job_take(json_array_get(jobs, plan->count), &plan->items[plan->count].run,
		             &times) < 0)
			err = fault_set(f, EBADMSG, "read the plan: a field is wrong");
	}
	json_decref(jobs);
	if (err)
		plan_free(plan);
	return err;
}
