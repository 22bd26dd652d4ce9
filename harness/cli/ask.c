// SPDX-License-Identifier: GPL-2.0-or-later
#include "ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../run/registry.h"

/* ---- parameters: run refuses one that none of its probes has ---- */

static bool probe_takes(const char *id, const char *name, size_t length)
{
	const struct probe *probe = registry_find(id);

	for (int i = 0; probe && i < SETTINGS_PER_PROBE && probe->params[i].name; i++)
		if (strlen(probe->params[i].name) == length &&
		    !strncmp(probe->params[i].name, name, length))
			return true;
	return false;
}

static bool ask_takes(const struct ask *ask, const char *name, size_t length)
{
	for (size_t i = 0; i < ask->count; i++)
		if (probe_takes(ask->patterns[i], name, length))
			return true;
	return false;
}

/* The user's own --param goes where a probe has it; where none has, for run to refuse. */
static bool param_is_for(const struct collect *c, const struct ask *ask, const char *text)
{
	size_t length = strcspn(text, "=");
	bool elsewhere = false;

	for (size_t i = 0; c->ask_count > 1 && i < c->ask_count; i++)
		elsewhere |= &c->asks[i] != ask && ask_takes(&c->asks[i], text, length);
	return !elsewhere || ask_takes(ask, text, length);
}

/* ---- words ---- */

static int word_take(struct run_words *words, char *word)
{
	char **items = NULL;

	if (word)
		items = reallocarray(words->items, (size_t)words->count + 2, sizeof(*items));
	if (!items) {
		free(word);
		return -ENOMEM;
	}
	words->items = items;
	items[words->count++] = word;
	items[words->count] = NULL;
	return 0;
}

static int word_add(struct run_words *words, const char *word)
{
	return word_take(words, strdup(word));
}

static int pair_add(struct run_words *words, const char *option, const char *value)
{
	int err = word_add(words, option);

	return err ? err : word_add(words, value);
}

static int setting_add(struct run_words *words, const char *option, const struct setting *setting)
{
	char *text = NULL;
	int err = word_add(words, option);

	if (err || asprintf(&text, "%s=%s", setting->name, setting->value) < 0)
		return -ENOMEM;
	return word_take(words, text);
}

/*
 * All probes of one run were asked the same: a parameter may be for others than these. Only
 * a virtual machine has a seed; nothing that is compared hangs on it.
 */
static int asked_add(struct run_words *words, const struct source *source, const struct ask *ask)
{
	const struct run_asked *asked = ask->asked;
	char seed[24];
	int err = 0;

	for (size_t i = 0; i < asked->sets.count && !err; i++)
		err = setting_add(words, "--set", &asked->sets.items[i]);
	for (size_t i = 0; i < asked->params.count && !err; i++) {
		const struct setting *param = &asked->params.items[i];

		if (ask_takes(ask, param->name, strlen(param->name)))
			err = setting_add(words, "--param", param);
	}
	if (err || !asked->seed || source_is_host(source))
		return err;
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)asked->seed);
	return pair_add(words, "--seed", seed);
}

static int own_add(struct run_words *words, const struct collect *c, const struct ask *ask)
{
	int err = 0;

	for (int i = 1; i + 1 < c->pass_count && !err; i += 2)
		if (strcmp(c->pass[i], "--param") != 0 || param_is_for(c, ask, c->pass[i + 1]))
			err = pair_add(words, c->pass[i], c->pass[i + 1]);
	return err;
}

int ask_words(const struct collect *c, const struct source *source, const struct ask *ask,
              struct run_words *words)
{
	int err;

	*words = (struct run_words){0};
	err = word_add(words, c->pass[0]);
	if (!err && ask->asked)
		err = asked_add(words, source, ask);
	if (!err)
		err = own_add(words, c, ask);
	if (!err && ask->form)
		err = word_add(words, ask->form);
	if (!err && !source_is_host(source))
		err = pair_add(words, "--kernel", source->name);
	if (!err)
		err = word_add(words, "--");
	for (size_t i = 0; i < ask->count && !err; i++)
		err = word_add(words, ask->patterns[i]);
	return err;
}

void run_words_free(struct run_words *words)
{
	for (int i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
	*words = (struct run_words){0};
}
