// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../../netns/netns.h"
#include "../../netns/sysctl.h"
#include "../base/array.h"
#include "../base/nearest.h"
#include "scratch.h"

void sysctl_full_name(const char *name, char *full, size_t size)
{
	snprintf(full, size, "%s%s", strchr(name, '.') ? "" : "net.ipv4.", name);
}

/* "ID.6": over IPv6, whatever families are asked for. */
static bool pattern_is_ipv6(const char *pattern)
{
	size_t length = strlen(pattern), suffix = strlen(FAMILY_IPV6_SUFFIX);

	return length > suffix && !strcmp(pattern + length - suffix, FAMILY_IPV6_SUFFIX);
}

static bool pattern_names_ipv6(const char *pattern, const struct registry_row *row)
{
	char id[140];

	snprintf(id, sizeof(id), "%s%s", row->id, FAMILY_IPV6_SUFFIX);
	return pattern_is_ipv6(pattern) && !fnmatch(pattern, id, 0);
}

static bool request_has_family(const struct plan_request *request, enum family family)
{
	if (!request->families[FAMILY_IPV4] && !request->families[FAMILY_IPV6])
		return family == FAMILY_IPV4;
	return request->families[family];
}

static bool request_names(const struct plan_request *request, const struct registry_row *row,
                          enum family family)
{
	bool asked = request_has_family(request, family);

	if (request->article && !registry_row_cites(row, request->article))
		return false;
	for (size_t i = 0; i < request->pattern_count; i++)
		if ((asked && registry_names(row, request->patterns[i])) ||
		    (family == FAMILY_IPV6 && pattern_names_ipv6(request->patterns[i], row)))
			return true;
	return !request->pattern_count && asked;
}

static bool pattern_is_known(const char *pattern)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (registry_names(&rows[i], pattern) || pattern_names_ipv6(pattern, &rows[i]))
			return true;
	return false;
}

/* Every pattern must name something. */
static int patterns_check(const struct plan_request *request, struct fault *f)
{
	for (size_t i = 0; i < request->pattern_count; i++)
		if (!pattern_is_known(request->patterns[i]))
			return registry_refuse(request->patterns[i], f);
	return 0;
}

static int planned_params(const struct plan_request *request, const struct registry_row *row,
                          struct settings *params)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && row->probe->params[i].name; i++) {
		const struct probe_param *param = &row->probe->params[i];
		const char *asked = settings_get(request->params, param->name);
		char value[24];

		snprintf(value, sizeof(value), "%lld",
		         (long long)registry_param(row, param, request->faithful));
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

static int sysctls_add(const struct probe_sysctl *sysctls, bool faithful, enum side side,
                       struct settings *to)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && sysctls[i].name; i++) {
		const char *value = faithful ? sysctls[i].faithful : sysctls[i].quick;
		const char *name;

		if (set_is_for(sysctls[i].name, side, &name) && value &&
		    settings_put(to, name, value) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The probe's own, then its variant's, then the user's: the last one wins. */
static int planned_sysctls(const struct plan_request *request, const struct registry_row *row,
                           enum side side, struct settings *sysctls)
{
	int err = sysctls_add(row->probe->sysctls, request->faithful, side, sysctls);

	if (!err && row->variant)
		err = sysctls_add(row->variant->sysctls, request->faithful, side, sysctls);
	for (size_t i = 0; i < request->sets->count && !err; i++) {
		const char *name;
		char full[80];

		if (!set_is_for(request->sets->items[i].name, side, &name))
			continue;
		sysctl_full_name(name, full, sizeof(full));
		err = settings_put(sysctls, full, request->sets->items[i].value);
	}
	return err;
}

/* What the machine lacks of @need, in @why; false: it is there, or nobody has looked yet. */
static bool feature_lacks(const struct run_info *info, const char *feature, const char **why)
{
	*why = settings_get(&info->features, feature);
	return *why && strcmp(*why, "yes") != 0;
}

/* Why @probe does not run here, as a text of the plan's; NULL: it does. */
static const char *planned_skip(struct plan *plan, const struct plan_request *request,
                                const struct run_info *info, const struct registry_row *row,
                                enum family family)
{
	const struct probe *probe = row->probe;
	const char *why;
	char text[256];

	if (registry_row_is_slow(row) && !request->faithful && !request->pattern_count)
		return "needs its real minutes: name it, or run with --faithful";
	if ((probe->needs & NEEDS_IPV4) && family != FAMILY_IPV4)
		return "asks about IPv4 alone";
	if ((probe->needs & NEEDS_IPV6) && family != FAMILY_IPV6)
		return "asks about IPv6 alone: run it with -6";
	if ((probe->needs & NEEDS_VM) && info->kernel[0] && !info->guest[0])
		return "needs a kernel of its own: run it with --kernel";
	if ((probe->needs & NEEDS_NETEM) && feature_lacks(info, "netem", &why))
		snprintf(text, sizeof(text), "needs netem: %s", why);
	else if ((probe->needs & NEEDS_TRACE) && feature_lacks(info, "trace", &why))
		snprintf(text, sizeof(text), "needs eBPF: %s", why);
	else
		return NULL;
	return arena_text(&plan->texts, text);
}

static int planned_make(struct plan *plan, const struct plan_request *request,
                        const struct run_info *info, const struct registry_row *row,
                        enum family family)
{
	struct planned *items =
		array_reserve(plan->items, &plan->space, plan->count + 1, sizeof(*items));
	struct planned *planned;
	int err;

	if (!items)
		return -ENOMEM;
	plan->items = items;
	planned = &items[plan->count++];
	*planned = (struct planned){
		.run =
			{
				.id = row->id,
				.probe = row->probe,
				.variant = row->variant,
				.family = family,
				.slack_ms = request->slack_ms,
				.info = *info,
				.faithful = request->faithful,
			},
		.skip = planned_skip(plan, request, info, row, family),
	};
	err = planned_params(request, row, &planned->run.params);
	for (int side = 0; side < SIDE_COUNT && !err; side++)
		err = planned_sysctls(request, row, (enum side)side, &planned->run.sysctls[side]);
	return err;
}

static int param_refuse(const struct plan *plan, const char *name, struct fault *f)
{
	struct nearest nearest;
	char words[sizeof(f->what)];

	nearest_start(&nearest, name);
	for (size_t i = 0; i < plan->count; i++)
		for (size_t j = 0; j < plan->items[i].run.params.count; j++)
			nearest_try(&nearest, plan->items[i].run.params.items[j].name);
	return fault_refuse(
		f, EINVAL, "no probe of this run has a parameter '%.80s'%s", name,
		nearest_words(&nearest, " ('finwait show ID' lists them)", words, sizeof(words)));
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
			return param_refuse(plan, asked->name, f);
		errno = 0;
		(void)strtoll(asked->value, &end, 10);
		if (errno || end == asked->value || *end)
			return fault_refuse(f, EINVAL,
			                    "parameter %s wants a whole number, not '%s'",
			                    asked->name, asked->value);
	}
	return 0;
}

/* Each pattern names some probe, but those need not be the article's. */
static int article_check(const struct plan_request *request, const struct plan *plan,
                         struct fault *f)
{
	if (!request->article || plan->count)
		return 0;
	return fault_refuse(f, ENOENT, "none of these probes judges a claim of article %c",
	                    request->article->letter);
}

/* The rows of @row: one a family that is asked for. */
static int row_plan(const struct plan_request *request, const struct run_info *info,
                    const struct registry_row *row, struct plan *plan)
{
	int err = 0;

	for (int family = 0; family < FAMILY_COUNT && !err; family++)
		if (request_names(request, row, (enum family)family))
			err = planned_make(plan, request, info, row, (enum family)family);
	return err;
}

int plan_make(const struct plan_request *request, const struct run_info *info, struct plan *plan,
              struct fault *f)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);
	int err = patterns_check(request, f);

	*plan = (struct plan){0};
	if (err)
		return err;
	for (size_t i = 0; i < count && !err; i++)
		err = row_plan(request, info, &rows[i], plan);
	err = err ? fault_set(f, ENOMEM, "plan the run") : article_check(request, plan, f);
	if (!err)
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
	arena_clear(&plan->texts);
	*plan = (struct plan){0};
}

static void sysctl_name_try(const char *name, const char *value, void *arg)
{
	(void)value;
	nearest_try(arg, strrchr(name, '.') + 1);
}

/* What that namespace has is what can be set; "net.ipv4" of "net.ipv4.tcp_x". */
static int sysctl_refuse(int netns_fd, const char *name, struct fault *f)
{
	const char *last = strrchr(name, '.');
	struct nearest nearest;
	char folder[80], words[sizeof(f->what)];

	nearest_start(&nearest, last ? last + 1 : name);
	snprintf(folder, sizeof(folder), "%.*s", last ? (int)(last - name) : 0, name);
	if (sysctl_each(netns_fd, folder, "", sysctl_name_try, &nearest, f) < 0)
		nearest.count = 0; /* a folder that there is not has nothing near */
	return fault_refuse(f, ENOENT, "this kernel has no sysctl %.100s in a network namespace%s",
	                    name, nearest_words(&nearest, "", words, sizeof(words)));
}

static int sysctl_try(int netns_fd, const struct setting *set, struct fault *f)
{
	int err = sysctl_write(netns_fd, set->name, set->value, f);

	if (err == -ENOENT)
		return sysctl_refuse(netns_fd, set->name, f);
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
