// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void json_fail(struct json_in *in, const char *fmt, ...)
{
	va_list ap;

	if (in->failed)
		return;
	in->failed = true;
	va_start(ap, fmt);
	vsnprintf(in->why, in->why_size, fmt, ap);
	va_end(ap);
}

const json_t *json_field(struct json_in *in, const char *key)
{
	return in->failed ? NULL : json_object_get(in->object, key);
}

int64_t json_take_int(struct json_in *in, const char *key, int64_t lo, int64_t hi, int64_t fallback)
{
	const json_t *value = json_field(in, key);
	int64_t number;

	if (!value)
		return fallback;
	if (!json_is_integer(value)) {
		json_fail(in, "\"%s\" is not an integer", key);
		return fallback;
	}
	number = json_integer_value(value);
	if (number < lo || number > hi) {
		json_fail(in, "\"%s\" is %lld, not within %lld..%lld", key, (long long)number,
		          (long long)lo, (long long)hi);
		return fallback;
	}
	return number;
}

bool json_take_bool(struct json_in *in, const char *key)
{
	const json_t *value = json_field(in, key);

	if (value && !json_is_boolean(value))
		json_fail(in, "\"%s\" is neither true nor false", key);
	return json_is_true(value);
}

const char *json_take_text(struct json_in *in, const char *key)
{
	const json_t *value = json_field(in, key);

	if (!value)
		return "";
	if (!json_is_string(value))
		json_fail(in, "\"%s\" is not a string", key);
	else if (json_string_length(value) > JSON_TEXT_MAX)
		json_fail(in, "\"%s\" is longer than %d bytes", key, JSON_TEXT_MAX);
	return in->failed ? "" : json_string_value(value);
}

const char *json_keep_text(struct json_in *in, const char *text)
{
	const char *copy = arena_text(in->texts, text);

	if (!copy)
		json_fail(in, "out of memory");
	return copy ? copy : "";
}

void json_take_chars(struct json_in *in, const char *key, char *buf, size_t size)
{
	const char *text = json_take_text(in, key);

	buf[0] = '\0';
	if (strlen(text) >= size)
		json_fail(in, "\"%s\" is longer than %zu bytes", key, size - 1);
	else
		strcpy(buf, text);
}

unsigned int json_take_word(struct json_in *in, const char *key, const struct words *words)
{
	const char *text = json_take_text(in, key);
	int word;

	if (!json_field(in, key))
		return 0;
	word = words_find(words, text);
	if (word < 0)
		json_fail(in, "\"%s\": unknown word \"%.40s\"", key, text);
	return word < 0 ? 0 : (unsigned int)word;
}

const json_t *json_take_list(struct json_in *in, const char *key)
{
	const json_t *value = json_field(in, key);

	if (value && !json_is_array(value))
		json_fail(in, "\"%s\" is not an array", key);
	else if (json_array_size(value) > JSON_LIST_MAX)
		json_fail(in, "\"%s\" has more than %d items", key, JSON_LIST_MAX);
	return in->failed ? NULL : value;
}

struct json_in json_in_of(struct json_in *in, const char *key, const json_t *value)
{
	struct json_in inner = *in;

	inner.object = NULL;
	if (value && !json_is_object(value)) {
		json_fail(in, "\"%s\" is not an object", key);
		inner.failed = true;
	} else {
		inner.object = value;
	}
	return inner;
}

struct json_in json_take_object(struct json_in *in, const char *key)
{
	return json_in_of(in, key, json_field(in, key));
}
