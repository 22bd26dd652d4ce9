// SPDX-License-Identifier: GPL-2.0-or-later
/* schema_type: members of the record that are a word or a text of their own kind. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../base/buffer.h"
#include "schema.h"

const struct type type_state = TYPE_WORD(state_words);
const struct type type_sock_object = TYPE_WORD(sock_object_words);
const struct type type_side = TYPE_WORD(side_words);
const struct type type_verdict = TYPE_WORD(verdict_words);
const struct type type_outcome = TYPE_WORD(outcome_words);
const struct type type_errno = TYPE_NUMBER(0, 4095, 0);

static void error_put(struct json_out *out, const struct field *field, const void *at)
{
	const char *name = strerrorname_np(*(const int *)at);

	json_put_text(out, field->key, name ? name : "?");
}

const struct type type_error = {
	.name = "text",
	.put = error_put,
	.absent = type_number_absent,
	.schema = type_text_schema,
};

/* 4 or 6; 0 and -EINVAL: another number. */
static int ip_version_take(struct json_in *in, const char *key)
{
	int64_t version = json_take_int(in, key, 4, 6, 4);

	if (version == 5)
		json_fail(in, "\"%s\" is neither 4 nor 6", key);
	return (int)version;
}

static json_t *ip_version_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:[ii]}", "enum", 4, 6);
}

static void family_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_int(out, field->key, *(const enum family *)at == FAMILY_IPV6 ? 6 : 4);
}

static void family_take(struct json_in *in, const struct field *field, void *at)
{
	*(enum family *)at = ip_version_take(in, field->key) == 6 ? FAMILY_IPV6 : FAMILY_IPV4;
}

const struct type type_family = {
	.name = "4 or 6",
	.put = family_put,
	.take = family_take,
	.schema = ip_version_schema,
};

static void address_family_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_int(out, field->key, *(const uint8_t *)at == AF_INET6 ? 6 : 4);
}

static void address_family_take(struct json_in *in, const struct field *field, void *at)
{
	int version = ip_version_take(in, field->key);

	if (json_field(in, field->key))
		*(uint8_t *)at = version == 6 ? AF_INET6 : AF_INET;
}

const struct type type_address_family = {
	.name = "4 or 6",
	.put = address_family_put,
	.take = address_family_take,
	.absent = type_number_absent,
	.schema = ip_version_schema,
};

static void flags_put(struct json_out *out, const struct field *field, const void *at)
{
	char buf[TCP_FLAGS_TEXT_SIZE];

	json_put_text(out, field->key, tcp_flags_text(*(const uint16_t *)at, buf));
}

static void flags_take(struct json_in *in, const struct field *field, void *at)
{
	const char *text = json_take_text(in, field->key);

	if (tcp_flags_parse(text, at))
		json_fail(in, "\"%s\": \"%.40s\" are no TCP flags", field->key, text);
}

static json_t *flags_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s, s:s}", "type", "string", "pattern", "^S?F?R?P?A?U?E?W?e?$");
}

const struct type type_flags = {
	.name = "flags",
	.put = flags_put,
	.take = flags_take,
	.schema = flags_schema,
};

static void endpoint_put(struct json_out *out, const struct field *field, const void *at)
{
	char buf[ENDPOINT_TEXT_SIZE];

	json_put_text(out, field->key, endpoint_text(at, buf));
}

static void endpoint_take(struct json_in *in, const struct field *field, void *at)
{
	const char *text = json_take_text(in, field->key);

	if (json_field(in, field->key) && endpoint_parse(text, at))
		json_fail(in, "\"%s\": \"%.60s\" is no address and port", field->key, text);
}

const struct type type_endpoint = {
	.name = "address and port",
	.put = endpoint_put,
	.take = endpoint_take,
	.schema = type_text_schema,
};

static void hex_put(struct json_out *out, const struct field *field, const void *at)
{
	char text[20];

	snprintf(text, sizeof(text), "%" PRIx64, *(const uint64_t *)at);
	json_put_text(out, field->key, text);
}

static void hex_take(struct json_in *in, const struct field *field, void *at)
{
	const char *text = json_take_text(in, field->key);

	if (strlen(text) > 16 || text[strspn(text, "0123456789abcdef")])
		json_fail(in, "\"%s\" is not hexadecimal", field->key);
	else
		*(uint64_t *)at = strtoull(text, NULL, 16);
}

static json_t *hex_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9a-f]{0,16}$");
}

const struct type type_hex = {
	.name = "hexadecimal",
	.put = hex_put,
	.take = hex_take,
	.schema = hex_schema,
};

/* ---- words as lists ---- */

static void walk_put(struct json_out *out, const struct field *field, const void *at)
{
	const char *walk = *(const char *const *)at;

	json_open_list(out, field->key);
	while (*walk) {
		size_t length = strcspn(walk, " ");

		json_put_textn(out, NULL, walk, length);
		walk += length + strspn(walk + length, " ");
	}
	json_close_list(out);
}

static void walk_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *list = json_take_list(in, field->key);
	struct buffer walk = {0};

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (!word || words_find(&state_words, word) < 0)
			json_fail(in, "\"%s\" is not a list of states", field->key);
		else
			buffer_add(&walk, "%s%s", walk.used ? " " : "", word);
	}
	if (walk.failed)
		json_fail(in, "out of memory");
	*(const char **)at = json_keep_text(in, walk.data ? walk.data : "");
	buffer_free(&walk);
}

static json_t *word_list_schema(const struct words *words)
{
	json_t *names = json_array();

	for (size_t i = 0; i < words->count; i++)
		json_array_append_new(names, json_string(words->names[i]));
	return json_pack("{s:s, s:{s:o}}", "type", "array", "items", "enum", names);
}

static json_t *walk_schema(const struct field *field)
{
	(void)field;
	return word_list_schema(&state_words);
}

const struct type type_walk = {
	.name = "list of states",
	.put = walk_put,
	.take = walk_take,
	.schema = walk_schema,
};

static void mask_put(struct json_out *out, const struct field *field, const void *at)
{
	unsigned int mask = *(const unsigned int *)at;

	json_open_list(out, field->key);
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		if (mask & 1u << i)
			json_put_text(out, NULL, observer_name(i));
	json_close_list(out);
}

static void mask_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *list = json_take_list(in, field->key);
	unsigned int mask = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		int observer = word ? observer_parse(word) : -1;

		if (observer < 0)
			json_fail(in, "\"%s\" is not a list of observers", field->key);
		else
			mask |= 1u << observer;
	}
	*(unsigned int *)at = mask;
}

static json_t *mask_schema(const struct field *field)
{
	(void)field;
	return word_list_schema(&observer_words);
}

const struct type type_mask = {
	.name = "list of observers",
	.put = mask_put,
	.take = mask_take,
	.absent = type_number_absent,
	.schema = mask_schema,
};

/* ---- the model ---- */

static void model_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_bool(out, field->key, *(const enum model *)at == MODEL_HOLDS);
}

static void model_take(struct json_in *in, const struct field *field, void *at)
{
	bool holds = json_take_bool(in, field->key);

	if (json_field(in, field->key))
		*(enum model *)at = holds ? MODEL_HOLDS : MODEL_FAILS;
}

static json_t *model_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s}", "type", "boolean");
}

const struct type type_model = {
	.name = "true or false",
	.put = model_put,
	.take = model_take,
	.absent = type_number_absent,
	.schema = model_schema,
};
