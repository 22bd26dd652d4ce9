// SPDX-License-Identifier: GPL-2.0-or-later
#include "request.h"

#include <errno.h>
#include <string.h>

int request_setting(struct settings *set, const char *name, const char *value)
{
	settings_drop(set, name);
	return settings_put(set, name, value);
}

static int settings_copy(const struct settings *from, struct settings *to)
{
	int err = 0;

	*to = (struct settings){0};
	for (size_t i = 0; i < from->count && !err; i++)
		err = settings_put(to, from->items[i].name, from->items[i].value);
	return err;
}

int request_copy(const struct request *from, struct request *to)
{
	int err;

	*to = *from;
	to->params = (struct settings){0};
	err = settings_copy(&from->sets, &to->sets);
	return err ? err : settings_copy(&from->params, &to->params);
}

void request_clear(struct request *request)
{
	settings_clear(&request->sets);
	settings_clear(&request->params);
}

bool request_is_repeatable(const struct request *request, const struct target *target)
{
	return target->kernel && !request->clock_real;
}

bool request_is_faithful(const struct request *request, const struct target *target)
{
	/* Where hours pass in a second, the articles' own conditions are the everyday ones. */
	if (request->form == FORM_USUAL)
		return request_is_repeatable(request, target);
	return request->form == FORM_FAITHFUL;
}

static int hosts_check(const struct settings *sets, struct fault *f)
{
	for (size_t i = 0; i < sets->count; i++) {
		const char *name = sets->items[i].name, *colon = strchr(name, ':');

		if (colon && strncmp(name, "client:", 7) != 0 && strncmp(name, "server:", 7) != 0)
			return fault_refuse(f, EINVAL, "--set %s: the host is 'client' or 'server'",
			                    name);
	}
	return 0;
}

struct plan_request request_plan(const struct request *request, const struct target *target)
{
	return (struct plan_request){
		.patterns = request->patterns,
		.pattern_count = request->pattern_count,
		.article = request->article,
		.sets = &request->sets,
		.params = &request->params,
		.faithful = request_is_faithful(request, target),
		.families = {[FAMILY_IPV4] = request->families[FAMILY_IPV4],
	                     [FAMILY_IPV6] = request->families[FAMILY_IPV6]},
		.slack_ms = request->slack_ms,
	};
}

int request_check(const struct request *request, const struct target *target, struct fault *f)
{
	struct plan_request asked = request_plan(request, target);
	struct plan plan;
	int err;

	if (!target->kernel && (request->clock_real || request->seed || request->phase_count))
		return fault_refuse(f, EINVAL, "--clock, --seed and --phases go with --kernel");
	if (request->phase_count && request->clock_real)
		return fault_refuse(f, EINVAL, "--phases goes with a virtual clock");
	err = hosts_check(&request->sets, f);
	if (err)
		return err;
	err = plan_make(&asked, &(struct run_info){0}, &plan, f);
	if (!err)
		plan_free(&plan);
	return err;
}
