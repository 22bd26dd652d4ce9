// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "../../netns/netns.h"
#include "../../netns/sysctl.h"
#include "scratch.h"

void sysctl_full_name(const char *name, char *full, size_t size)
{
	snprintf(full, size, "%s%s", strchr(name, '.') ? "" : "net.ipv4.", name);
}

static bool pattern_is_glob(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

static bool request_names(const struct plan_request *request, const char *id)
{
	for (size_t i = 0; i < request->pattern_count; i++)
		if (fnmatch(request->patterns[i], id, 0) == 0)
			return true;
	return false;
}

/* Every pattern must name something. */
static int patterns_check(const struct plan_request *request, struct fault *f)
{
	for (size_t i = 0; i < request->pattern_count; i++) {
		const struct registry_entry *entry = registry;

		while (entry->id && fnmatch(request->patterns[i], entry->id, 0) != 0)
			entry++;
		if (!entry->id && pattern_is_glob(request->patterns[i]))
			return fault_refuse(f, ENOENT,
			                    "no probe matches '%s' ('finwait list' shows all)",
			                    request->patterns[i]);
		if (!entry->id)
			return fault_refuse(f, ENOENT,
			                    "no probe is called '%s' ('finwait list' shows all)",
			                    request->patterns[i]);
	}
	return 0;
}

static int planned_params(const struct plan_request *request, const struct probe *probe,
                          struct settings *params)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && probe->params[i].name; i++) {
		const struct probe_param *param = &probe->params[i];
		const char *asked = settings_get(request->params, param->name);
		char value[24];

		snprintf(value, sizeof(value), "%lld",
		         (long long)(request->faithful ? param->faithful : param->quick));
		if (settings_put(params, param->name, asked ? asked : value) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* "client:NAME", "server:NAME" or NAME for both. */
static bool set_is_for(const char *key, enum side side, const char **name)
{
	const char *colon = strchr(key, ':');

	*name = colon ? colon + 1 : key;
	return !colon || !strncmp(key, side_name(side), (size_t)(colon - key));
}

static int planned_sysctls(const struct plan_request *request, const struct probe *probe,
                           enum side side, struct settings *sysctls)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && probe->sysctls[i].name; i++) {
		const struct probe_sysctl *sysctl = &probe->sysctls[i];
		const char *value = request->faithful ? sysctl->faithful : sysctl->quick;
		const char *name;

		if (set_is_for(sysctl->name, side, &name) && value &&
		    settings_put(sysctls, name, value) < 0)
			return -ENOMEM;
	}
	for (size_t i = 0; i < request->sets->count; i++) {
		const char *name;
		char full[80];

		if (!set_is_for(request->sets->items[i].name, side, &name))
			continue;
		sysctl_full_name(name, full, sizeof(full));
		if (settings_put(sysctls, full, request->sets->items[i].value) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int planned_make(const struct plan_request *request, const struct run_info *info,
                        const struct probe *probe, struct planned *planned)
{
	planned->run.probe = probe;
	planned->run.info = *info;
	planned->run.faithful = request->faithful;
	if (probe->slow && !request->faithful && !request->pattern_count)
		planned->skip = "needs its real minutes: name it, or run with --faithful";
	if (planned_params(request, probe, &planned->run.params) < 0)
		return -ENOMEM;
	for (int side = 0; side < SIDE_COUNT; side++)
		if (planned_sysctls(request, probe, (enum side)side, &planned->run.sysctls[side]) <
		    0)
			return -ENOMEM;
	return 0;
}

/* A parameter that no probe of the plan has is a mistake of the user's. */
static int params_check(const struct plan_request *request, const struct plan *plan,
                        struct fault *f)
{
	for (size_t i = 0; i < request->params->count; i++) {
		const struct setting *asked = &request->params->items[i];
		bool known = false;
		char *end;

		for (size_t j = 0; j < plan->count; j++)
			known |= settings_get(&plan->items[j].run.params, asked->name) != NULL;
		if (!known)
			return fault_refuse(f, EINVAL,
			                    "no probe of this run has a parameter '%s' "
			                    "('finwait show ID' lists them)",
			                    asked->name);
		errno = 0;
		(void)strtoll(asked->value, &end, 10);
		if (errno || end == asked->value || *end)
			return fault_refuse(f, EINVAL,
			                    "parameter %s wants a whole number, not '%s'",
			                    asked->name, asked->value);
	}
	return 0;
}

int plan_make(const struct plan_request *request, const struct run_info *info, struct plan *plan,
              struct fault *f)
{
	size_t count = 0;
	int err = patterns_check(request, f);

	*plan = (struct plan){0};
	if (err)
		return err;
	while (registry[count].id)
		count++;
	plan->items = calloc(count + 1, sizeof(*plan->items));
	if (!plan->items)
		return fault_set(f, ENOMEM, "plan the run");
	for (const struct registry_entry *entry = registry; entry->id; entry++) {
		if (request->pattern_count && !request_names(request, entry->id))
			continue;
		if (planned_make(request, info, entry->probe, &plan->items[plan->count++]) < 0) {
			plan_free(plan);
			return fault_set(f, ENOMEM, "plan the run");
		}
	}
	err = params_check(request, plan, f);
	if (err)
		plan_free(plan);
	return err;
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		settings_clear(&plan->items[i].run.params);
		for (int side = 0; side < SIDE_COUNT; side++)
			settings_clear(&plan->items[i].run.sysctls[side]);
	}
	free(plan->items);
	*plan = (struct plan){0};
}

static int sysctl_try(int netns_fd, const struct setting *set, struct fault *f)
{
	int err = sysctl_write(netns_fd, set->name, set->value, f);

	if (err == -ENOENT)
		return fault_refuse(f, ENOENT,
		                    "this kernel has no sysctl %s in a network namespace",
		                    set->name);
	if ((err == -EINVAL || err == -ERANGE) && !strncmp(set->name, "net.", 4) &&
	    !strchr(set->name, '/'))
		return fault_refuse(f, -err, "the kernel takes no value '%s' for the sysctl %s",
		                    set->value, set->name);
	return err;
}

static int sysctls_try(void *arg, struct fault *f)
{
	const struct plan *plan = arg;
	int err = 0, fd = netns_create(f);

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < plan->count && !err; i++)
		for (int side = 0; side < SIDE_COUNT && !err; side++) {
			const struct settings *set = &plan->items[i].run.sysctls[side];

			for (size_t j = 0; j < set->count && !err; j++)
				err = sysctl_try(fd, &set->items[j], f);
		}
	return err;
}

int plan_check_sysctls(const struct plan *plan, bool userns, struct fault *f)
{
	return scratch_run(userns, sysctls_try, (void *)plan, NULL, 0, f);
}
