// SPDX-License-Identifier: GPL-2.0-or-later
/* ask: the request that repeats what records at hand were asked. */
#include "collect.h"

#include <string.h>

#include "../run/registry.h"

/* A plan refuses a parameter that none of its probes has. */
static bool ask_takes(const struct ask *ask, const char *name)
{
	for (size_t i = 0; i < ask->count; i++) {
		const struct registry_row *row = registry_find(ask->patterns[i]);

		for (int j = 0; row && j < SETTINGS_PER_PROBE && row->probe->params[j].name; j++)
			if (!strcmp(row->probe->params[j].name, name))
				return true;
	}
	return false;
}

/* The user's own --param goes where a probe has it; where none has, for the plan to refuse. */
static bool param_is_for(const struct collect *c, const struct ask *ask, const char *name)
{
	bool elsewhere = false;

	for (size_t i = 0; c->ask_count > 1 && i < c->ask_count; i++)
		elsewhere |= &c->asks[i] != ask && ask_takes(&c->asks[i], name);
	return !elsewhere || ask_takes(ask, name);
}

/* All probes of one run were asked the same: a parameter may be for others than these. */
static int asked_add(struct request *request, const struct ask *ask)
{
	const struct run_asked *asked = ask->asked;
	int err = 0;

	for (size_t i = 0; asked && i < asked->sets.count && !err; i++)
		err = request_setting(&request->sets, asked->sets.items[i].name,
		                      asked->sets.items[i].value);
	for (size_t i = 0; asked && i < asked->params.count && !err; i++) {
		const struct setting *param = &asked->params.items[i];

		if (ask_takes(ask, param->name))
			err = request_setting(&request->params, param->name, param->value);
	}
	return err;
}

static int own_add(struct request *request, const struct collect *c, const struct ask *ask)
{
	int err = 0;

	for (size_t i = 0; i < c->request.sets.count && !err; i++)
		err = request_setting(&request->sets, c->request.sets.items[i].name,
		                      c->request.sets.items[i].value);
	for (size_t i = 0; i < c->request.params.count && !err; i++) {
		const struct setting *param = &c->request.params.items[i];

		if (param_is_for(c, ask, param->name))
			err = request_setting(&request->params, param->name, param->value);
	}
	return err;
}

int ask_request(const struct collect *c, const struct source *source, const struct ask *ask,
                struct request *request)
{
	int err;

	*request = c->request;
	request->sets = request->params = (struct settings){0};
	request->patterns = ask->patterns;
	request->pattern_count = ask->count;
	request->form = ask->form;
	/* Only a virtual machine has a seed; nothing that is compared hangs on it. */
	if (!request->seed && ask->asked && !source_is_host(source))
		request->seed = ask->asked->seed;
	err = asked_add(request, ask);
	return err ? err : own_add(request, c, ask);
}
