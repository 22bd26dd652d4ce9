// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json_read: lines of finwait/1 back into a record. Nothing read is trusted: every
 * number has its range, every text its room, every word its table. Unknown keys
 * are ignored, so that a newer writer's extra fields do no harm.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_read.h"

/* More than any run has; a bound on what a made-up file can cost. */
#define SETTINGS_MAX 2048

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

const json_t *json_field_needed(struct json_in *in, const char *key)
{
	const json_t *value = json_field(in, key);

	if (!value)
		json_fail(in, "no \"%s\"", key);
	return value;
}

static int64_t int_of(struct json_in *in, const char *key, const json_t *value, int64_t lo,
                      int64_t hi, int64_t fallback)
{
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

int64_t json_take_int(struct json_in *in, const char *key, int64_t lo, int64_t hi, int64_t fallback)
{
	return int_of(in, key, json_field(in, key), lo, hi, fallback);
}

int64_t json_need_int(struct json_in *in, const char *key, int64_t lo, int64_t hi)
{
	return int_of(in, key, json_field_needed(in, key), lo, hi, 0);
}

bool json_take_bool(struct json_in *in, const char *key, bool fallback)
{
	const json_t *value = json_field(in, key);

	if (!value)
		return fallback;
	if (!json_is_boolean(value)) {
		json_fail(in, "\"%s\" is neither true nor false", key);
		return fallback;
	}
	return json_is_true(value);
}

static const char *text_of(struct json_in *in, const char *key, const json_t *value)
{
	if (!value)
		return "";
	if (!json_is_string(value))
		json_fail(in, "\"%s\" is not a string", key);
	else if (json_string_length(value) > JSON_TEXT_MAX)
		json_fail(in, "\"%s\" is longer than %d bytes", key, JSON_TEXT_MAX);
	return in->failed ? "" : json_string_value(value);
}

const char *json_take_text(struct json_in *in, const char *key)
{
	return text_of(in, key, json_field(in, key));
}

const char *json_need_text(struct json_in *in, const char *key)
{
	return text_of(in, key, json_field_needed(in, key));
}

const char *json_keep_text(struct json_in *in, const char *key, struct record *rec)
{
	const char *text = arena_text(&rec->texts, json_take_text(in, key));

	if (!text)
		json_fail(in, "out of memory");
	return text ? text : "";
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

static unsigned int word_of(struct json_in *in, const char *key, const json_t *value,
                            int (*parse)(const char *), unsigned int fallback)
{
	int word;

	if (!value)
		return fallback;
	if (!json_is_string(value)) {
		json_fail(in, "\"%s\" is not a string", key);
		return fallback;
	}
	word = parse(json_string_value(value));
	if (word < 0) {
		json_fail(in, "\"%s\": unknown word \"%.40s\"", key, json_string_value(value));
		return fallback;
	}
	return (unsigned int)word;
}

unsigned int json_need_word(struct json_in *in, const char *key, int (*parse)(const char *))
{
	return word_of(in, key, json_field_needed(in, key), parse, 0);
}

unsigned int json_take_word(struct json_in *in, const char *key, int (*parse)(const char *),
                            unsigned int fallback)
{
	return word_of(in, key, json_field(in, key), parse, fallback);
}

struct json_in json_take_object(struct json_in *in, const char *key)
{
	struct json_in inner = {.why = in->why, .why_size = in->why_size, .failed = in->failed};
	const json_t *value = json_field(in, key);

	if (value && !json_is_object(value)) {
		json_fail(in, "\"%s\" is not an object", key);
		inner.failed = true;
	} else {
		inner.object = value;
	}
	return inner;
}

static void take_setting(struct json_in *in, struct settings *set, const char *name,
                         const json_t *value)
{
	char number[24];
	const char *text = number;

	if (json_is_integer(value))
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
	else if (json_is_string(value))
		text = json_string_value(value);
	else
		json_fail(in, "\"%.40s\" is neither an integer nor a string", name);
	if (!in->failed && settings_put(set, name, text))
		json_fail(in, "out of memory");
}

static void take_settings(struct json_in *in, const char *key, struct settings *set)
{
	struct json_in inner = json_take_object(in, key);
	json_t *object = (json_t *)inner.object; /* the iterator wants it so */

	settings_clear(set);
	if (json_object_size(object) > SETTINGS_MAX)
		json_fail(in, "\"%s\" has more than %d entries", key, SETTINGS_MAX);
	for (void *iter = json_object_iter(object); iter && !in->failed;
	     iter = json_object_iter_next(object, iter))
		take_setting(in, set, json_object_iter_key(iter), json_object_iter_value(iter));
}

/* What the command line can say, and no more: it is said again (finwait diff --kernel). */
static void take_asked_settings(struct json_in *in, const char *key, struct settings *set)
{
	take_settings(in, key, set);
	for (size_t i = 0; i < set->count; i++)
		if (!*set->items[i].name || strchr(set->items[i].name, '=') ||
		    !*set->items[i].value)
			json_fail(in, "\"%s\": nobody can ask for \"%.40s\"", key,
			          set->items[i].name);
}

static void read_asked(struct json_in *in, struct run_asked *asked)
{
	struct json_in inner = json_take_object(in, "asked");

	take_asked_settings(&inner, "sets", &asked->sets);
	take_asked_settings(&inner, "params", &asked->params);
	asked->seed = (uint64_t)json_take_int(&inner, "seed", 1, INT64_MAX, 0);
	in->failed |= inner.failed;
}

static void read_run(struct json_in *in, struct record *rec)
{
	struct run_info *run = &rec->run;
	const char *format = json_need_text(in, "format");

	if (!in->failed && strcmp(format, RECORD_FORMAT))
		json_fail(in, "format \"%.40s\", not " RECORD_FORMAT, format);
	json_take_chars(in, "version", run->version, sizeof(run->version));
	json_take_chars(in, "kernel", run->kernel, sizeof(run->kernel));
	json_take_chars(in, "machine", run->machine, sizeof(run->machine));
	json_take_chars(in, "clock", run->clock, sizeof(run->clock));
	json_take_chars(in, "guest", run->guest, sizeof(run->guest));
	run->hz = (int)json_take_int(in, "hz", 0, 1000000, 0);
	json_take_chars(in, "privilege", run->privilege, sizeof(run->privilege));
	read_asked(in, &run->asked);
	take_settings(in, "features", &run->features);
}

void json_take_probe_id(struct json_in *in, const char *key, struct record *rec)
{
	const char *id = json_need_text(in, key);

	if (in->failed)
		return;
	if (!rec->probe[0])
		rec->probe = json_keep_text(in, key, rec);
	else if (strcmp(rec->probe, id))
		json_fail(in, "a line of probe \"%.40s\" in the record of \"%.40s\"", id,
		          rec->probe);
}

static void read_observers(struct json_in *in, struct record *rec)
{
	struct json_in inner = json_take_object(in, "observers");

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		const char *name = observer_name(i);
		const json_t *value = json_field(&inner, name);

		rec->absent[i] = "";
		rec->observed[i] = json_is_true(value);
		if (json_is_string(value))
			rec->absent[i] = json_keep_text(&inner, name, rec);
		else if (value && !json_is_boolean(value))
			json_fail(&inner, "\"%s\" is neither true nor a reason", name);
	}
	in->failed |= inner.failed;
}

static void read_probe(struct json_in *in, struct record *rec)
{
	struct json_in sysctls;

	json_take_probe_id(in, "id", rec);
	rec->faithful = json_take_bool(in, "faithful", false);
	take_settings(in, "params", &rec->params);
	sysctls = json_take_object(in, "sysctls");
	for (unsigned int i = 0; i < SIDE_COUNT; i++)
		take_settings(&sysctls, side_name(i), &rec->sysctls[i]);
	in->failed |= sysctls.failed;
	read_observers(in, rec);
}

static void read_event(struct json_in *in, struct record *rec)
{
	struct event event;
	bool tap;

	/* memset, not {0}: the parts of the union that no field fills are zero too. */
	memset(&event, 0, sizeof(event));
	json_take_probe_id(in, "probe", rec);
	event.t_ns = json_need_int(in, "t_ns", -JSON_TIME_MAX, JSON_TIME_MAX);
	event.kind = json_need_word(in, "kind", event_kind_parse);
	if (json_take_word(in, "observer", observer_parse, event_observer(event.kind)) !=
	    event_observer(event.kind))
		json_fail(in, "a %s does not come from that observer", event_kind_name(event.kind));
	tap = event.kind == EVENT_PACKET;
	event.host = json_need_word(in, tap ? "at" : "host", side_parse);
	json_take_chars(in, "sock", event.sock, sizeof(event.sock));
	json_take_event(in, &event);
	if (!in->failed && record_add_event(rec, &event))
		json_fail(in, "out of memory");
}

static void read_summary(struct json_in *in, struct record *rec)
{
	(void)rec;
	for (unsigned int i = 0; i < OUTCOME_COUNT; i++)
		json_take_int(in, outcome_name(i), 0, UINT32_MAX, 0);
}

static const struct {
	const char *type;
	void (*read)(struct json_in *in, struct record *rec);
} line_types[] = {
	[JSON_RUN] = {"run", read_run},
	[JSON_PROBE] = {"probe", read_probe},
	[JSON_EVENT] = {"event", read_event},
	[JSON_RESULT] = {"result", json_take_result},
	[JSON_PHASES] = {"phases", json_take_phases},
	[JSON_SUMMARY] = {"summary", read_summary},
};

static int line_type_parse(const char *type)
{
	for (size_t i = 0; i < sizeof(line_types) / sizeof(line_types[0]); i++) {
		if (!strcmp(line_types[i].type, type))
			return (int)i;
	}
	return -1;
}

int json_read_line(struct record *rec, const char *line, size_t length, char why[160])
{
	json_error_t error;
	json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	struct json_in in = {.object = root, .why = why, .why_size = JSON_WHY_SIZE};
	unsigned int type;

	why[0] = '\0';
	if (!root) {
		snprintf(why, JSON_WHY_SIZE, "not JSON: %.120s", error.text);
		return -EINVAL;
	}
	type = json_need_word(&in, "type", line_type_parse);
	if (!in.failed)
		line_types[type].read(&in, rec);
	json_decref(root);
	return in.failed ? -EINVAL : (int)type;
}

int json_read_file(struct record *rec, FILE *file, char why[200])
{
	char *line = NULL, reason[JSON_WHY_SIZE];
	size_t space = 0, number = 0;
	ssize_t length;
	int err = 0;

	why[0] = '\0';
	while (!err && (errno = 0, length = getline(&line, &space, file)) > 0) {
		bool whole = line[length - 1] == '\n';

		number++;
		if (json_read_line(rec, line, (size_t)length, reason) < 0 && whole) {
			snprintf(why, 200, "line %zu: %s", number, reason);
			err = -EINVAL;
		}
	}
	if (!err && (ferror(file) || errno == ENOMEM)) {
		err = errno ? -errno : -EIO;
		snprintf(why, 200, "after line %zu: %s", number, strerror(-err));
	}
	free(line);
	return err;
}
