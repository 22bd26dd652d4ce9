// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_out.h"

#include <stdlib.h>
#include <string.h>

struct json_out json_out_new(void)
{
	struct json_out out = {.object = json_object()};

	out.failed = !out.object;
	return out;
}

json_t *json_out_take(struct json_out *out)
{
	if (!out->failed)
		return out->object;
	json_decref(out->object);
	return NULL;
}

char *json_out_line(struct json_out *out)
{
	char *line = out->failed ? NULL : json_dumps(out->object, JSON_COMPACT);

	json_decref(out->object);
	return line;
}

void json_put(struct json_out *out, const char *key, json_t *value)
{
	if (out->failed)
		json_decref(value);
	else if (json_object_set_new(out->object, key, value))
		out->failed = true;
}

void json_put_int(struct json_out *out, const char *key, int64_t value)
{
	json_put(out, key, json_integer(value));
}

void json_put_bool(struct json_out *out, const char *key, bool value)
{
	json_put(out, key, json_boolean(value));
}

/* The length of the UTF-8 character at @s, 0 if it is none. */
static size_t utf8_length(const char *s)
{
	unsigned char first = (unsigned char)s[0];
	size_t length = first < 0x80   ? 1
	                : first < 0xc2 ? 0
	                : first < 0xe0 ? 2
	                : first < 0xf0 ? 3
	                : first < 0xf5 ? 4
	                               : 0;

	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

/* json_string() refuses what is not UTF-8: mend it, and let the rest through. */
json_t *json_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy;

	if (value)
		return value;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *p = copy; *p;) {
		size_t length = utf8_length(p);
		json_t *whole = length > 1 ? json_stringn(p, length) : NULL;

		if (length > 1 && !whole)
			length = 0; /* a surrogate or an overlong form */
		json_decref(whole);
		if (!length)
			*p = '?';
		p += length ? length : 1;
	}
	value = json_string(copy);
	free(copy);
	return value;
}

void json_put_text(struct json_out *out, const char *key, const char *text)
{
	if (!out->failed)
		json_put(out, key, json_text(text ? text : ""));
}
