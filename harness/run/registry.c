// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/array.h"
#include "../base/die.h"
#include "../base/nearest.h"

static struct {
	struct registry_row *items;
	size_t count, space;
	bool made;
	struct arena texts;
} rows;

static const char *row_id(const struct probe *probe, const struct variant *variant)
{
	char id[128];

	if (!variant || !variant->suffix[0])
		return probe->id;
	snprintf(id, sizeof(id), "%s.%s", probe->id, variant->suffix);
	return arena_text(&rows.texts, id);
}

static int row_add(const struct registry_entry *entry, const struct variant *variant)
{
	struct registry_row *items =
		array_reserve(rows.items, &rows.space, rows.count + 1, sizeof(*items));
	const char *id = row_id(entry->probe, variant);

	if (items)
		rows.items = items;
	if (!items || !id)
		return -ENOMEM;
	items[rows.count++] = (struct registry_row){
		.id = id,
		.file = entry->file,
		.probe = entry->probe,
		.variant = variant,
		.words = entry->words,
	};
	return 0;
}

static int rows_add(const struct registry_entry *entry)
{
	const struct variant *variant = entry->probe->variants;
	int err = 0;

	if (!variant)
		return row_add(entry, NULL);
	for (; variant->suffix && !err; variant++)
		err = row_add(entry, variant);
	return err;
}

const struct registry_row *registry_rows(size_t *count)
{
	int err = 0;

	for (const struct registry_entry *entry = registry; entry->id && !rows.made && !err;
	     entry++)
		err = rows_add(entry);
	if (err) {
		errno = -err;
		die_errno("registry", "list the probes");
	}
	rows.made = true;
	*count = rows.count;
	return rows.items;
}

int registry_add(const struct probe *probe, const char *file, struct fault *f)
{
	size_t count;
	const struct registry_row *items = registry_rows(&count);
	const char *own = arena_text(&rows.texts, file);

	if (!probe->id || !probe->title || !probe->run || !probe->judge)
		return fault_refuse(f, EINVAL, "%s: a probe needs an id, a title, run and judge",
		                    file);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(items[i].probe->id, probe->id))
			return fault_refuse(f, EEXIST, "%s: there is a probe '%s' already (%s)",
			                    file, probe->id, items[i].file);
	if (!own || rows_add(&(struct registry_entry){
			    .id = probe->id, .file = own, .probe = probe, .words = ""}) < 0)
		return fault_set(f, ENOMEM, "take the probe %s", probe->id);
	return 0;
}

const struct registry_row *registry_find(const char *id)
{
	size_t count, length = strlen(id);
	const struct registry_row *items = registry_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(items[i].id, id))
			return &items[i];
	for (size_t i = 0; i < count; i++)
		if (length == strlen(items[i].id) + strlen(FAMILY_IPV6_SUFFIX) &&
		    !strncmp(id, items[i].id, strlen(items[i].id)) &&
		    !strcmp(id + strlen(items[i].id), FAMILY_IPV6_SUFFIX))
			return &items[i];
	return NULL;
}

bool registry_names(const struct registry_row *row, const char *pattern)
{
	return !fnmatch(pattern, row->id, 0) || !strcmp(pattern, row->probe->id);
}

int registry_refuse(const char *pattern, struct fault *f)
{
	size_t count;
	const struct registry_row *items = registry_rows(&count);
	struct nearest nearest;
	char words[sizeof(f->what)];

	nearest_start(&nearest, pattern);
	for (size_t i = 0; i < count; i++) {
		nearest_try(&nearest, items[i].probe->id);
		nearest_try(&nearest, items[i].id);
	}
	return fault_refuse(
		f, ENOENT, "no probe %s '%.80s'%s",
		strpbrk(pattern, "*?[") ? "matches" : "is called", pattern,
		nearest_words(&nearest, " ('finwait list' shows all)", words, sizeof(words)));
}

bool registry_row_is_slow(const struct registry_row *row)
{
	return row->probe->slow || (row->variant && row->variant->slow);
}

bool registry_row_cites(const struct registry_row *row, const struct article *article)
{
	for (int i = 0; i < CLAIMS_PER_PROBE && row->probe->claims[i].id; i++)
		if (article_is_cited(article, row->probe->claims[i].article))
			return true;
	return false;
}

int registry_describe(struct record *rec)
{
	const struct registry_row *row =
		*rec->title || rec->claim_count ? NULL : registry_find(rec->probe);

	return row ? probe_describe(row->probe, row->variant, rec) : 0;
}

int64_t registry_param(const struct registry_row *row, const struct probe_param *param,
                       bool faithful)
{
	for (int i = 0; row->variant && i < SETTINGS_PER_PROBE && row->variant->params[i].name; i++)
		if (!strcmp(row->variant->params[i].name, param->name))
			param = &row->variant->params[i];
	return faithful ? param->faithful : param->quick;
}
