// SPDX-License-Identifier: GPL-2.0-or-later
#include "catalog.h"

#include <string.h>

#include "../record/json_out.h"

static void claims_put(struct json_out *out, const struct probe *probe)
{
	json_open_list(out, "claims");
	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "id", probe->claims[i].id);
		json_put_text(out, "article", probe->claims[i].article);
		json_put_text(out, "text", probe->claims[i].text);
		json_close_object(out);
	}
	json_close_list(out);
}

/* NULL, the kernel's default, is null. */
static void sysctl_value_put(struct json_out *out, const char *key, const char *value)
{
	if (value)
		json_put_text(out, key, value);
	else
		json_put_null(out, key);
}

static const struct probe_sysctl *sysctl_find(const struct probe_sysctl *sysctls, const char *name)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && sysctls[i].name; i++)
		if (!strcmp(sysctls[i].name, name))
			return &sysctls[i];
	return NULL;
}

static void sysctl_put(struct json_out *out, const struct probe_sysctl *sysctl)
{
	json_open_object(out, sysctl->name);
	sysctl_value_put(out, "quick", sysctl->quick);
	sysctl_value_put(out, "faithful", sysctl->faithful);
	json_close_object(out);
}

/* A variant's own goes before its probe's, in the probe's place. */
static void sysctls_put(struct json_out *out, const struct registry_row *row)
{
	const struct probe_sysctl *all = row->probe->sysctls,
				  *own = row->variant ? row->variant->sysctls : NULL;

	json_open_object(out, "sysctls");
	for (int i = 0; i < SETTINGS_PER_PROBE && all[i].name; i++) {
		const struct probe_sysctl *instead = own ? sysctl_find(own, all[i].name) : NULL;

		sysctl_put(out, instead ? instead : &all[i]);
	}
	for (int i = 0; own && i < SETTINGS_PER_PROBE && own[i].name; i++)
		if (!sysctl_find(all, own[i].name))
			sysctl_put(out, &own[i]);
	json_close_object(out);
}

static void params_put(struct json_out *out, const struct registry_row *row)
{
	const struct probe_param *params = row->probe->params;

	json_open_object(out, "params");
	for (int i = 0; i < SETTINGS_PER_PROBE && params[i].name; i++) {
		json_open_object(out, params[i].name);
		json_put_int(out, "quick", registry_param(row, &params[i], false));
		json_put_int(out, "faithful", registry_param(row, &params[i], true));
		json_put_text(out, "text", params[i].text);
		json_close_object(out);
	}
	json_close_object(out);
}

char *catalog_line(const struct registry_row *row)
{
	const struct probe *probe = row->probe;
	struct json_out out = json_out_new();

	json_put_text(&out, "id", row->id);
	json_put_text(&out, "probe", probe->id);
	json_put_text(&out, "file", row->file);
	json_put_text(&out, "title", probe->title);
	json_put_text(&out, "variant", row->variant ? row->variant->title : "");
	json_put_text(&out, "question", probe->question);
	json_put_text(&out, "kernel_path", probe->kernel_path);
	json_put_bool(&out, "slow", registry_row_is_slow(row));
	claims_put(&out, probe);
	sysctls_put(&out, row);
	params_put(&out, row);
	return json_out_line(&out);
}
