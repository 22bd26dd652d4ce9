// SPDX-License-Identifier: GPL-2.0-or-later
#include "job.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "../record/schema.h"
#include "../run/registry.h"

/* What the line has of a plan and its times. It borrows what they own. */
struct job {
	const char *id;
	enum family family;
	int slack_ms;
	bool faithful;
	struct job_times times;
	struct settings params, sysctls[SIDE_COUNT];
};

#define IN_JOB(member) FIELD_AT(struct job, member)

static const struct type type_slack = TYPE_NUMBER(0, INT32_MAX, 0);
static const struct type type_seed = TYPE_NUMBER(0, INT64_MAX, 0);

static const struct field job_fields[] = {
	{"id", &type_text, IN_JOB(id), FIELD_NEEDED, "the row of the registry"},
	{"family", &type_family, IN_JOB(family), FIELD_NEEDED, "IPv4 or IPv6"},
	{"slack_ms", &type_slack, IN_JOB(slack_ms), FIELD_NEEDED, "how late a timer may be"},
	{"faithful", &type_bool, IN_JOB(faithful), FIELD_NEEDED, "the articles' conditions"},
	{"seed", &type_seed, IN_JOB(times.seed), FIELD_NEEDED, "0: as the snapshot has it"},
	{"phase_ns", &type_duration, IN_JOB(times.phase_ns), FIELD_NEEDED, "waited before"},
	{"panic", &type_bool, IN_JOB(times.panic), FIELD_GIVEN, "for the tests"},
	{"params", &type_settings, IN_JOB(params), FIELD_NEEDED, "the probe's parameters"},
	{"client_sysctls", &type_settings, IN_JOB(sysctls[SIDE_CLIENT]), FIELD_NEEDED, "to be set"},
	{"server_sysctls", &type_settings, IN_JOB(sysctls[SIDE_SERVER]), FIELD_NEEDED, "to be set"},
	{0},
};

static struct job job_of(const struct run_plan *plan, const struct job_times *times)
{
	return (struct job){
		.id = plan->id,
		.family = plan->family,
		.slack_ms = plan->slack_ms,
		.faithful = plan->faithful,
		.times = *times,
		.params = plan->params,
		.sysctls = {plan->sysctls[SIDE_CLIENT], plan->sysctls[SIDE_SERVER]},
	};
}

char *job_encode(const struct run_plan *plan, const struct job_times *times)
{
	const struct job job = job_of(plan, times);

	return fields_line(job_fields, &job);
}

char *plan_encode(const struct plan *plan)
{
	struct json_out out = json_out_new_list();

	for (size_t i = 0; i < plan->count; i++) {
		const struct job job = job_of(&plan->items[i].run, &(struct job_times){0});

		json_open_object(&out, NULL);
		fields_put(&out, job_fields, &job);
		json_close_object(&out);
	}
	return json_out_line(&out);
}

/* What was taken before something failed is @plan's to clear, too. */
static int job_take(const json_t *json, struct run_plan *plan, struct job_times *times,
                    struct fault *f)
{
	char why[JSON_WHY_SIZE] = "it is no object";
	struct json_in in = {.object = json, .why = why, .why_size = sizeof(why)};
	struct job job = {.params = plan->params,
	                  .sysctls = {plan->sysctls[SIDE_CLIENT], plan->sysctls[SIDE_SERVER]}};
	const struct registry_row *row;

	fields_take(&in, job_fields, &job);
	plan->params = job.params;
	for (int side = 0; side < SIDE_COUNT; side++)
		plan->sysctls[side] = job.sysctls[side];
	if (in.failed || !json_is_object(json))
		return fault_refuse(f, EBADMSG, "read the job: %s", why);
	row = registry_find(job.id);
	if (!row)
		return fault_refuse(f, EBADMSG, "read the job: no probe is called '%.100s'",
		                    job.id);
	plan->id = row->id;
	plan->probe = row->probe;
	plan->variant = row->variant;
	plan->family = job.family;
	plan->slack_ms = job.slack_ms;
	plan->faithful = job.faithful;
	*times = job.times;
	return 0;
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
	err = job_take(job, plan, times, f);
	json_decref(job);
	return err;
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

		err = job_take(json_array_get(jobs, plan->count), &plan->items[plan->count].run,
		               &times, f);
	}
	json_decref(jobs);
	if (err)
		plan_free(plan);
	return err;
}
