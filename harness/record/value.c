// SPDX-License-Identifier: GPL-2.0-or-later
/* value: a number, a time or a sequence, for people and as JSON. */
#include <stdio.h>
#include <string.h>

#include "schema.h"

/* INT64_MIN and INT64_MAX stand for "no bound on this side". */
static void count_text(int64_t lo, int64_t hi, char *buf, size_t size)
{
	if (lo == hi)
		snprintf(buf, size, "%lld", (long long)lo);
	else if (hi == INT64_MAX)
		snprintf(buf, size, ">= %lld", (long long)lo);
	else if (lo == INT64_MIN)
		snprintf(buf, size, "<= %lld", (long long)hi);
	else
		snprintf(buf, size, "%lld..%lld", (long long)lo, (long long)hi);
}

struct time_unit {
	const char *name;
	double ns;
	int digits;
};

/* The unit that the larger bound reads best in; both bounds share it. */
static struct time_unit time_unit_for(int64_t ns)
{
	double abs_ns = ns < 0 ? -(double)ns : (double)ns;

	if (abs_ns >= NS_PER_S || ns == 0)
		return (struct time_unit){"s", NS_PER_S, 2};
	if (abs_ns >= NS_PER_MS)
		return (struct time_unit){"ms", NS_PER_MS, abs_ns < 10 * NS_PER_MS ? 2 : 1};
	return (struct time_unit){"us", 1000, 1};
}

static void time_text(int64_t lo, int64_t hi, char *buf, size_t size)
{
	struct time_unit unit = time_unit_for(hi == INT64_MAX ? lo : hi);
	double from = (double)lo / unit.ns, to = (double)hi / unit.ns;

	char from_text[32], to_text[32];

	snprintf(from_text, sizeof(from_text), "%.*f", unit.digits, from);
	snprintf(to_text, sizeof(to_text), "%.*f", unit.digits, to);
	if (lo == hi || !strcmp(from_text, to_text))
		snprintf(buf, size, "%s %s", to_text, unit.name);
	else if (hi == INT64_MAX)
		snprintf(buf, size, ">= %s %s", from_text, unit.name);
	else if (lo == INT64_MIN)
		snprintf(buf, size, "<= %s %s", to_text, unit.name);
	else
		snprintf(buf, size, "%s..%s %s", from_text, to_text, unit.name);
}

const char *value_text(const struct value *value, char *buf, size_t size)
{
	switch (value->kind) {
	case VALUE_COUNT:
		count_text(value->lo, value->hi, buf, size);
		return buf;
	case VALUE_TIME:
		time_text(value->lo, value->hi, buf, size);
		return buf;
	case VALUE_TEXT:
		return value->text; /* of any length */
	case VALUE_NONE:
	case VALUE_KIND_COUNT:
		break;
	}
	snprintf(buf, size, "-");
	return buf;
}

/* ---- JSON ---- */

static void bound_put(struct json_out *out, const char *key, int64_t bound, int64_t unbounded)
{
	if (bound == unbounded)
		json_put_null(out, key);
	else
		json_put_int(out, key, bound);
}

static void bounds_put(struct json_out *out, const char *key, const struct value *value)
{
	bool time = value->kind == VALUE_TIME;

	json_open_object(out, key);
	if (time && value->lo == value->hi) {
		json_put_int(out, "ns", value->lo);
	} else {
		bound_put(out, time ? "lo_ns" : "lo", value->lo, INT64_MIN);
		bound_put(out, time ? "hi_ns" : "hi", value->hi, INT64_MAX);
	}
	json_close_object(out);
}

static void value_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct value *value = at;

	switch (value->kind) {
	case VALUE_COUNT:
		if (value->lo == value->hi)
			json_put_int(out, field->key, value->lo);
		else
			bounds_put(out, field->key, value);
		return;
	case VALUE_TIME:
		bounds_put(out, field->key, value);
		return;
	case VALUE_TEXT:
		json_put_text(out, field->key, value->text);
		return;
	case VALUE_NONE:
	case VALUE_KIND_COUNT:
		break;
	}
	json_put_null(out, field->key);
}

static int64_t bound_take(struct json_in *in, const char *key, int64_t unbounded)
{
	if (!json_field(in, key))
		json_fail(in, "no \"%s\"", key);
	if (json_is_null(json_field(in, key)))
		return unbounded;
	return json_take_int(in, key, INT64_MIN, INT64_MAX, 0);
}

static void bounds_take(struct json_in *in, struct value *value)
{
	if (json_field(in, "ns")) {
		value->kind = VALUE_TIME;
		value->lo = value->hi = json_take_int(in, "ns", INT64_MIN, INT64_MAX, 0);
	} else if (json_field(in, "lo_ns")) {
		value->kind = VALUE_TIME;
		value->lo = bound_take(in, "lo_ns", INT64_MIN);
		value->hi = bound_take(in, "hi_ns", INT64_MAX);
	} else {
		value->kind = VALUE_COUNT;
		value->lo = bound_take(in, "lo", INT64_MIN);
		value->hi = bound_take(in, "hi", INT64_MAX);
	}
	if (value->lo > value->hi)
		json_fail(in, "a value whose lower bound is above its upper one");
}

static void value_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *found = json_field(in, field->key);
	struct value *value = at;
	struct json_in inner;

	*value = (struct value){.kind = VALUE_NONE};
	if (!found || json_is_null(found))
		return;
	if (json_is_integer(found)) {
		value->kind = VALUE_COUNT;
		value->lo = value->hi = json_integer_value(found);
	} else if (json_is_string(found)) {
		value->kind = VALUE_TEXT;
		value->text = json_take_text(in, field->key);
	} else {
		inner = json_take_object(in, field->key);
		if (!inner.failed)
			bounds_take(&inner, value);
		in->failed |= inner.failed;
	}
}

static bool value_absent(const struct field *field, const void *at)
{
	(void)field;
	return ((const struct value *)at)->kind == VALUE_NONE;
}

static json_t *bounds_schema(const char *lo, const char *hi)
{
	return json_pack("{s:s, s:[ss], s:b, s:{s:{s:[ss]}, s:{s:[ss]}}}", "type", "object",
	                 "required", lo, hi, "additionalProperties", 0, "properties", lo, "type",
	                 "integer", "null", hi, "type", "integer", "null");
}

static json_t *value_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:[{s:s}, {s:s}, {s:s}, {s:s, s:[s], s:b, s:{s:{s:s}}}, o, o]}", "oneOf",
	                 "type", "null", "type", "integer", "type", "string", "type", "object",
	                 "required", "ns", "additionalProperties", 0, "properties", "ns", "type",
	                 "integer", bounds_schema("lo", "hi"), bounds_schema("lo_ns", "hi_ns"));
}

const struct type type_value = {
	.name = "value",
	.put = value_put,
	.take = value_take,
	.absent = value_absent,
	.schema = value_schema,
};
