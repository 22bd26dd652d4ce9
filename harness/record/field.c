// SPDX-License-Identifier: GPL-2.0-or-later
/* field: tables of members, written and read; and the types that many of them have. */
#include "field.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

static bool is_marked(const struct field *field, const void *base)
{
	return !field->has || *(const bool *)((const char *)base + field->has);
}

static bool is_left_out(const struct field *field, const void *base)
{
	const void *at = (const char *)base + field->at;

	if (field->when == FIELD_LINE || !is_marked(field, base))
		return true;
	return (field->when == FIELD_GIVEN || field->when == FIELD_DERIVED) && !field->has &&
	       field->type->absent && field->type->absent(field, at);
}

void fields_put(struct json_out *out, const struct field *fields, const void *base)
{
	for (const struct field *field = fields; field->type; field++) {
		const void *at = (const char *)base + field->at;

		if (!field->key)
			fields_put(out, field->fields, at);
		else if (!is_left_out(field, base))
			field->type->put(out, field, at);
	}
}

static void field_take(struct json_in *in, const struct field *field, void *base)
{
	bool there = json_field(in, field->key);

	/* of an object that is missing nothing is needed */
	if (field->when == FIELD_NEEDED && !there && in->object)
		json_fail(in, "no \"%s\"", field->key);
	if (field->has && there)
		*(bool *)((char *)base + field->has) = true;
	field->type->take(in, field, (char *)base + field->at);
}

void fields_take(struct json_in *in, const struct field *fields, void *base)
{
	for (const struct field *field = fields; field->type; field++) {
		if (!field->key)
			fields_take(in, field->fields, (char *)base + field->at);
		else if (field->when != FIELD_LINE && field->when != FIELD_DERIVED)
			field_take(in, field, base);
	}
}

char *fields_line(const struct field *fields, const void *base)
{
	struct json_out out = json_out_new();

	fields_put(&out, fields, base);
	return json_out_line(&out);
}

bool fields_absent(const struct field *fields, const void *base)
{
	for (const struct field *field = fields; field->type; field++)
		if (!is_left_out(field, base))
			return false;
	return true;
}

static int text_copy(struct arena *texts, const char **text)
{
	*text = *text ? arena_text(texts, *text) : "";
	return *text ? 0 : -ENOMEM;
}

int fields_copy_texts(const struct field *fields, void *base, struct arena *texts)
{
	int err = 0;

	for (const struct field *field = fields; field->type && !err; field++) {
		void *at = (char *)base + field->at;

		if (field->when == FIELD_LINE)
			continue;
		if (field->type == &type_text)
			err = text_copy(texts, at);
		else if (field->type == &type_value)
			err = text_copy(texts, &((struct value *)at)->text);
		else if (!field->key)
			err = fields_copy_texts(field->fields, at, texts);
	}
	return err;
}

/* ---- texts ---- */

static void text_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_text(out, field->key, *(const char *const *)at);
}

static void text_take(struct json_in *in, const struct field *field, void *at)
{
	*(const char **)at = json_take_text(in, field->key);
}

static void text_keep(struct json_in *in, const struct field *field, void *at)
{
	*(const char **)at = json_keep_text(in, json_take_text(in, field->key));
}

static bool text_absent(const struct field *field, const void *at)
{
	const char *text = *(const char *const *)at;

	(void)field;
	return !text || !*text;
}

json_t *type_text_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s}", "type", "string");
}

const struct type type_text = {
	.name = "text",
	.put = text_put,
	.take = text_take,
	.absent = text_absent,
	.schema = type_text_schema,
};

const struct type type_kept_text = {
	.name = "text",
	.put = text_put,
	.take = text_keep,
	.absent = text_absent,
	.schema = type_text_schema,
};

static void chars_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_text(out, field->key, at);
}

static void chars_take(struct json_in *in, const struct field *field, void *at)
{
	json_take_chars(in, field->key, at, field->size);
}

static bool chars_absent(const struct field *field, const void *at)
{
	(void)field;
	return !*(const char *)at;
}

static json_t *chars_schema(const struct field *field)
{
	return json_pack("{s:s, s:I}", "type", "string", "maxLength", (json_int_t)field->size - 1);
}

const struct type type_chars = {
	.name = "text",
	.put = chars_put,
	.take = chars_take,
	.absent = chars_absent,
	.schema = chars_schema,
};

/* ---- numbers and words ---- */

static int64_t number_load(const struct field *field, const void *at)
{
	switch (field->size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return field->type->is_signed ? *(const int32_t *)at
		                              : (int64_t) * (const uint32_t *)at;
	}
	return *(const int64_t *)at;
}

static void number_store(const struct field *field, void *at, int64_t number)
{
	switch (field->size) {
	case 1:
		*(uint8_t *)at = (uint8_t)number;
		return;
	case 2:
		*(uint16_t *)at = (uint16_t)number;
		return;
	case 4:
		*(uint32_t *)at = (uint32_t)number;
		return;
	}
	*(int64_t *)at = number;
}

void type_number_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_int(out, field->key, number_load(field, at));
}

int64_t field_most(const struct field *field)
{
	int64_t room = field->size < 8 && !field->type->is_signed
	                       ? (INT64_C(1) << 8 * field->size) - 1
	                       : INT64_MAX;

	return field->type->hi < room ? field->type->hi : room;
}

void type_number_take(struct json_in *in, const struct field *field, void *at)
{
	number_store(field, at,
	             json_take_int(in, field->key, field->type->lo, field_most(field),
	                           field->type->fallback));
}

bool type_number_absent(const struct field *field, const void *at)
{
	return number_load(field, at) == field->type->fallback;
}

const struct type type_uint = TYPE_NUMBER(0, INT64_MAX, 0);
const struct type type_int64 = TYPE_NUMBER(INT64_MIN, INT64_MAX, 0);
const struct type type_time = TYPE_NUMBER(-JSON_TIME_MAX, JSON_TIME_MAX, 0);
const struct type type_duration = TYPE_NUMBER(0, JSON_TIME_MAX, 0);

static void bool_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_bool(out, field->key, *(const bool *)at);
}

static void bool_take(struct json_in *in, const struct field *field, void *at)
{
	*(bool *)at = json_take_bool(in, field->key);
}

static json_t *bool_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s}", "type", "boolean");
}

const struct type type_bool = {
	.name = "true or false",
	.put = bool_put,
	.take = bool_take,
	.absent = type_number_absent,
	.schema = bool_schema,
};

void type_word_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct words *words = field->type->words;
	size_t value = (size_t)number_load(field, at);

	json_put_text(out, field->key, value < words->count ? words->names[value] : "?");
}

void type_word_take(struct json_in *in, const struct field *field, void *at)
{
	number_store(field, at, json_take_word(in, field->key, field->type->words));
}

/* ---- objects ---- */

void type_object_put(struct json_out *out, const struct field *field, const void *at)
{
	json_open_object(out, field->key);
	fields_put(out, field->fields, at);
	json_close_object(out);
}

void type_object_take(struct json_in *in, const struct field *field, void *at)
{
	struct json_in inner = json_take_object(in, field->key);

	fields_take(&inner, field->fields, at);
	in->failed |= inner.failed;
}

static bool object_absent(const struct field *field, const void *at)
{
	return fields_absent(field->fields, at);
}

const struct type type_object = {
	.name = "object",
	.put = type_object_put,
	.take = type_object_take,
	.absent = object_absent,
};
