// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_out.h"

#include <string.h>

#define LINE_ROOM 1000

static struct json_out out_new(const char *bracket)
{
	struct json_out out = {0};

	/* for most lines: to grow costs more than to write */
	(void)buffer_room(&out.text, LINE_ROOM);
	buffer_put(&out.text, bracket, 1);
	return out;
}

struct json_out json_out_new(void)
{
	return out_new("{");
}

struct json_out json_out_new_list(void)
{
	return out_new("[");
}

char *json_out_line(struct json_out *out)
{
	buffer_put(&out->text, out->text.data && out->text.data[0] == '[' ? "]" : "}", 1);
	if (!out->text.failed)
		return out->text.data;
	buffer_free(&out->text);
	return NULL;
}

/* ---- texts */

/*
 * The length of the UTF-8 character of several bytes at @s, of which there are @room; 0: it is
 * none, or an overlong form, a surrogate or beyond U+10FFFF (RFC 3629 section 4).
 */
static size_t utf8_length(const unsigned char *s, size_t room)
{
	static const struct {
		unsigned char first, last, second_lo, second_hi, length;
	} forms[] = {
		{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length = forms[i].length;

		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (room < length || s[1] < forms[i].second_lo || s[1] > forms[i].second_hi)
			return 0;
		for (size_t k = 2; k < length; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return length;
	}
	return 0;
}

/* The most that a byte of a text becomes: "\u001f". */
#define ESCAPED_MAX 6

static char *write_escaped(char *at, unsigned char c)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt", hex[] = "0123456789ABCDEF";
	const char *form = c ? strchr(short_forms, c) : NULL;

	*at++ = '\\';
	if (form) {
		*at++ = form[1];
		return at;
	}
	*at++ = 'u';
	*at++ = '0';
	*at++ = '0';
	*at++ = hex[c >> 4];
	*at++ = hex[c & 15];
	return at;
}

/* Between quotes. @mended: a byte that was no UTF-8 has become '?'. */
static char *write_quoted(char *at, const char *text, size_t length, bool *mended)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + length;

	*at++ = '"';
	while (s < end) {
		unsigned char c = *s;
		size_t whole = 1;

		if (c >= 0x80) {
			whole = utf8_length(s, (size_t)(end - s));
			*mended |= !whole;
		}
		if (c < 0x20 || c == '"' || c == '\\') {
			at = write_escaped(at, c);
		} else if (!whole) {
			*at++ = '?';
			whole = 1;
		} else {
			memcpy(at, s, whole);
			at += whole;
		}
		s += whole;
	}
	*at++ = '"';
	return at;
}

/* ---- values */

/*
 * What stands before a value: a comma behind another one, and its key. Room for @more bytes
 * behind it; where they go, to be given to value_end(), or NULL without memory.
 */
static char *value_begin(struct json_out *out, const char *key, size_t more)
{
	size_t length = key ? strlen(key) : 0;
	char *at = buffer_room(&out->text, ESCAPED_MAX * length + 4 + more);
	bool mended = false;

	if (!at)
		return NULL;
	if (out->text.used && at[-1] != '{' && at[-1] != '[')
		*at++ = ',';
	if (!key)
		return at;
	at = write_quoted(at, key, length, &mended);
	*at++ = ':';
	return at;
}

static void value_end(struct json_out *out, const char *at)
{
	buffer_grow(&out->text, (size_t)(at - (out->text.data + out->text.used)));
}

/* A value of a few bytes that need no quotes. */
static void value_put(struct json_out *out, const char *key, const char *value, size_t length)
{
	char *at = value_begin(out, key, length);

	if (!at)
		return;
	memcpy(at, value, length);
	value_end(out, at + length);
}

void json_put_int(struct json_out *out, const char *key, int64_t value)
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[20], *first = digits + sizeof(digits);

	do
		*--first = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		*--first = '-';
	value_put(out, key, first, (size_t)(digits + sizeof(digits) - first));
}

void json_put_bool(struct json_out *out, const char *key, bool value)
{
	value_put(out, key, value ? "true" : "false", value ? 4 : 5);
}

void json_put_null(struct json_out *out, const char *key)
{
	value_put(out, key, "null", 4);
}

/* Returns whether all of it was UTF-8. */
static bool text_put(struct json_out *out, const char *key, const char *text, size_t length)
{
	char *at = value_begin(out, key, ESCAPED_MAX * length + 2);
	bool mended = false;

	if (at)
		value_end(out, write_quoted(at, text, length, &mended));
	return !mended;
}

void json_put_textn(struct json_out *out, const char *key, const char *text, size_t length)
{
	(void)text_put(out, key, text, length);
}

void json_put_text(struct json_out *out, const char *key, const char *text)
{
	json_put_textn(out, key, text ? text : "", text ? strlen(text) : 0);
}

void json_put_exact(struct json_out *out, const char *key, const char *text)
{
	if (!text_put(out, key, text, strlen(text)))
		out->text.failed = true;
}

/* ---- what holds values */

void json_open_object(struct json_out *out, const char *key)
{
	value_put(out, key, "{", 1);
}

void json_close_object(struct json_out *out)
{
	buffer_put(&out->text, "}", 1);
}

void json_open_list(struct json_out *out, const char *key)
{
	value_put(out, key, "[", 1);
}

void json_close_list(struct json_out *out)
{
	buffer_put(&out->text, "]", 1);
}
