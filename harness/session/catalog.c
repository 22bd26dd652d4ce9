// SPDX-License-Identifier: GPL-2.0-or-later
#include "catalog.h"

#include <stdlib.h>

#include "../record/json_out.h"

static json_t *claim_object(const struct claim *claim)
{
	struct json_out out = json_out_new();

	json_put_text(&out, "id", claim->id);
	json_put_text(&out, "article", claim->article);
	json_put_text(&out, "text", claim->text);
	return json_out_take(&out);
}

static json_t *claims_array(const struct probe *probe)
{
	json_t *array = json_array();

	for (int i = 0; array && i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
		if (json_array_append_new(array, claim_object(&probe->claims[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

/* NULL, the kernel's default, is null. */
static json_t *sysctl_value(const char *value)
{
	return value ? json_text(value) : json_null();
}

static void sysctls_put(struct json_out *out, const struct probe_sysctl *sysctls)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && sysctls[i].name; i++) {
		struct json_out values = json_out_new();

		json_put(&values, "quick", sysctl_value(sysctls[i].quick));
		json_put(&values, "faithful", sysctl_value(sysctls[i].faithful));
		json_put(out, sysctls[i].name, json_out_take(&values));
	}
}

static json_t *sysctls_object(const struct registry_row *row)
{
	struct json_out out = json_out_new();

	sysctls_put(&out, row->probe->sysctls);
	if (row->variant)
		sysctls_put(&out, row->variant->sysctls);
	return json_out_take(&out);
}

static json_t *params_object(const struct registry_row *row)
{
	const struct probe_param *params = row->probe->params;
	struct json_out out = json_out_new();

	for (int i = 0; i < SETTINGS_PER_PROBE && params[i].name; i++) {
		struct json_out values = json_out_new();

		json_put_int(&values, "quick", registry_param(row, &params[i], false));
		json_put_int(&values, "faithful", registry_param(row, &params[i], true));
		json_put_text(&values, "text", params[i].text);
		json_put(&out, params[i].name, json_out_take(&values));
	}
	return json_out_take(&out);
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
	json_put(&out, "claims", claims_array(probe));
	json_put(&out, "sysctls", sysctls_object(row));
	json_put(&out, "params", params_object(row));
	return json_out_line(&out);
}
