// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json_write: the record as lines of finwait/1. Keys come in the order in which
 * they are put here, always the same: two runs with the same data give the same
 * bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_write.h"

static struct json_out out_new(void)
{
	struct json_out out = {.object = json_object()};

	out.failed = !out.object;
	return out;
}

static struct json_out line_new(const char *type)
{
	struct json_out out = out_new();

	json_put_text(&out, "type", type);
	return out;
}

static char *line_finish(struct json_out *out)
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

bool json_is_given(const char *text)
{
	return text && *text;
}

/* json_string() refuses what is not UTF-8: mend it, and let the rest through. */
static json_t *text_json(const char *text)
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
		json_put(out, key, text_json(text ? text : ""));
}

/* A number where the text is one and would come back the same, else the text. */
static json_t *setting_json(const char *text)
{
	char again[24];
	long long number;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return text_json(text);
	snprintf(again, sizeof(again), "%lld", number);
	return strcmp(again, text) ? text_json(text) : json_integer(number);
}

static json_t *settings_json(const struct settings *set)
{
	struct json_out out = out_new();

	for (size_t i = 0; i < set->count && !out.failed; i++)
		json_put(&out, set->items[i].name, setting_json(set->items[i].value));
	if (!out.failed)
		return out.object;
	json_decref(out.object);
	return NULL;
}

/* A nested object; NULL (which json_put() counts as a failure) when it failed. */
static json_t *out_take(struct json_out *out)
{
	if (!out->failed)
		return out->object;
	json_decref(out->object);
	return NULL;
}

static json_t *asked_json(const struct run_asked *asked)
{
	struct json_out out = out_new();

	if (asked->sets.count)
		json_put(&out, "sets", settings_json(&asked->sets));
	if (asked->params.count)
		json_put(&out, "params", settings_json(&asked->params));
	if (asked->seed)
		json_put_int(&out, "seed", (int64_t)asked->seed);
	return out_take(&out);
}

char *json_run_line(const struct run_info *run)
{
	struct json_out out = line_new("run");

	json_put_text(&out, "format", RECORD_FORMAT);
	json_put_text(&out, "version", run->version);
	json_put_text(&out, "kernel", run->kernel);
	json_put_text(&out, "machine", run->machine);
	json_put_text(&out, "clock", run->clock);
	if (run->guest[0])
		json_put_text(&out, "guest", run->guest);
	json_put_int(&out, "hz", run->hz);
	json_put_text(&out, "privilege", run->privilege);
	if (run_asked_any(&run->asked))
		json_put(&out, "asked", asked_json(&run->asked));
	json_put(&out, "features", settings_json(&run->features));
	return line_finish(&out);
}

/* Records of 0.1.0 do not know of it: where it has nothing to say it is left out. */
static bool observer_is_unknown(const struct record *rec, enum observer observer)
{
	return observer == OBSERVER_LATENESS && !rec->observed[observer] &&
	       !rec->absent[observer][0] && !rec->lost[observer];
}

/* true: was there; else why not, or false where nobody said. */
static json_t *observers_json(const struct record *rec)
{
	struct json_out out = out_new();

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (observer_is_unknown(rec, i))
			continue;
		if (!rec->observed[i] && rec->absent[i][0])
			json_put_text(&out, observer_name(i), rec->absent[i]);
		else
			json_put_bool(&out, observer_name(i), rec->observed[i]);
	}
	return out_take(&out);
}

char *json_probe_line(const struct record *rec)
{
	struct json_out out = line_new("probe"), sysctls = out_new();

	for (unsigned int i = 0; i < SIDE_COUNT; i++)
		json_put(&sysctls, side_name(i), settings_json(&rec->sysctls[i]));
	json_put_text(&out, "id", rec->probe);
	json_put_bool(&out, "faithful", rec->faithful);
	json_put(&out, "params", settings_json(&rec->params));
	json_put(&out, "sysctls", out_take(&sysctls));
	json_put(&out, "observers", observers_json(rec));
	return line_finish(&out);
}

char *json_event_line(const char *probe, const struct event *event)
{
	struct json_out out = line_new("event");

	json_put_text(&out, "probe", probe);
	json_put_int(&out, "t_ns", event->t_ns);
	json_put_text(&out, "observer", observer_name(event_observer(event->kind)));
	json_put_text(&out, "kind", event_kind_name(event->kind));
	json_put_text(&out, event->kind == EVENT_PACKET ? "at" : "host", side_name(event->host));
	if (event->sock[0])
		json_put_text(&out, "sock", event->sock);
	json_put_event(&out, event);
	return line_finish(&out);
}

static json_t *bound_json(int64_t bound, int64_t unbounded)
{
	return bound == unbounded ? json_null() : json_integer(bound);
}

static json_t *bounds_json(const struct value *value)
{
	bool time = value->kind == VALUE_TIME;
	struct json_out out = out_new();

	if (time && value->lo == value->hi) {
		json_put_int(&out, "ns", value->lo);
	} else {
		json_put(&out, time ? "lo_ns" : "lo", bound_json(value->lo, INT64_MIN));
		json_put(&out, time ? "hi_ns" : "hi", bound_json(value->hi, INT64_MAX));
	}
	return out_take(&out);
}

static json_t *value_json(const struct value *value)
{
	switch (value->kind) {
	case VALUE_COUNT:
		if (value->lo == value->hi)
			return json_integer(value->lo);
		return bounds_json(value);
	case VALUE_TIME:
		return bounds_json(value);
	case VALUE_TEXT:
		return text_json(value->text);
	case VALUE_NONE:
	case VALUE_KIND_COUNT:
		break;
	}
	return json_null();
}

static json_t *finding_json(const struct finding *finding)
{
	struct json_out out = out_new();

	json_put_text(&out, "claim", finding->claim);
	json_put_text(&out, "name", finding->name);
	json_put_text(&out, "unit", finding->unit);
	json_put(&out, "says", value_json(&finding->says));
	json_put(&out, "predicts", value_json(&finding->predicts));
	json_put(&out, "measured", value_json(&finding->measured));
	json_put_text(&out, "verdict", verdict_name(finding->verdict));
	if (finding->model != MODEL_UNJUDGED)
		json_put_bool(&out, "model_ok", finding->model == MODEL_HOLDS);
	if (json_is_given(finding->rule))
		json_put_text(&out, "rule", finding->rule);
	if (json_is_given(finding->note))
		json_put_text(&out, "note", finding->note);
	return out_take(&out);
}

static json_t *findings_json(const struct record *rec)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < rec->finding_count; i++) {
		if (json_array_append_new(array, finding_json(&rec->findings[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* "CLOSE SYN_SENT": an array of the words. */
static json_t *walk_json(const char *walk)
{
	json_t *array = json_array();

	while (array && *walk) {
		size_t length = strcspn(walk, " ");

		if (json_array_append_new(array, json_stringn(walk, length))) {
			json_decref(array);
			return NULL;
		}
		walk += length + strspn(walk + length, " ");
	}
	return array;
}

static json_t *lost_json(const struct record *rec)
{
	struct json_out out = out_new();

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		uint64_t lost = rec->lost[i];

		if (observer_is_unknown(rec, i))
			continue;
		json_put_int(&out, observer_name(i), lost > INT64_MAX ? INT64_MAX : (int64_t)lost);
	}
	return out_take(&out);
}

char *json_result_line(const struct record *rec)
{
	struct json_out out = line_new("result"), states = out_new();

	for (unsigned int i = 0; i < SIDE_COUNT; i++)
		json_put(&states, side_name(i), walk_json(rec->walks[i]));
	json_put_text(&out, "probe", rec->probe);
	json_put_text(&out, "outcome", outcome_name(rec->outcome));
	if (rec->reason[0])
		json_put_text(&out, "reason", rec->reason);
	json_put(&out, "findings", findings_json(rec));
	json_put(&out, "states", out_take(&states));
	json_put(&out, "lost", lost_json(rec));
	json_put_int(&out, "elapsed_ns", rec->elapsed_ns);
	return line_finish(&out);
}

char *json_phases_line(const char *probe, unsigned int phases, const struct spread *spread)
{
	struct json_out out = line_new("phases");

	json_put_text(&out, "probe", probe);
	json_put_text(&out, "claim", spread->claim);
	json_put_text(&out, "name", spread->name);
	json_put_text(&out, "unit", spread->unit);
	json_put_int(&out, "phases", phases);
	json_put(&out, "predicts", value_json(&spread->predicts));
	json_put(&out, "measured", value_json(&spread->measured));
	if (spread->differ)
		json_put(&out, "other", value_json(&spread->other));
	json_put_int(&out, "differ", spread->differ);
	json_put_int(&out, "model_failed", spread->model_failed);
	json_put_int(&out, "undecided", spread->undecided);
	return line_finish(&out);
}

char *json_summary_line(const unsigned int outcomes[OUTCOME_COUNT])
{
	struct json_out out = line_new("summary");

	for (unsigned int i = 0; i < OUTCOME_COUNT; i++)
		json_put_int(&out, outcome_name(i), outcomes[i]);
	return line_finish(&out);
}
