// SPDX-License-Identifier: GPL-2.0-or-later
/* schema_part: parts of a record that are more than one member: settings, observers, lists. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"

/* ---- settings ---- */

/* A number where the text is one and would come back the same, else the text. */
static void setting_put(struct json_out *out, const struct setting *setting)
{
	char again[24];
	long long number;
	char *end;

	errno = 0;
	number = strtoll(setting->value, &end, 10);
	snprintf(again, sizeof(again), "%lld", number);
	if (errno || end == setting->value || *end || strcmp(again, setting->value) != 0)
		json_put_text(out, setting->name, setting->value);
	else
		json_put_int(out, setting->name, number);
}

static void settings_put_all(struct json_out *out, const struct field *field, const void *at)
{
	const struct settings *set = at;

	json_open_object(out, field->key);
	for (size_t i = 0; i < set->count; i++)
		setting_put(out, &set->items[i]);
	json_close_object(out);
}

static void setting_take(struct json_in *in, struct settings *set, const char *name,
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

static void settings_take(struct json_in *in, const struct field *field, void *at)
{
	struct json_in inner = json_take_object(in, field->key);
	json_t *object = (json_t *)inner.object; /* the iterator wants it so */

	settings_clear(at);
	if (json_object_size(object) > JSON_LIST_MAX)
		json_fail(in, "\"%s\" has more than %d entries", field->key, JSON_LIST_MAX);
	for (void *iter = json_object_iter(object); iter && !in->failed;
	     iter = json_object_iter_next(object, iter))
		setting_take(in, at, json_object_iter_key(iter), json_object_iter_value(iter));
	in->failed |= inner.failed;
}

/* What the command line can say, and no more: it is said again (finwait diff --kernel). */
static void asked_settings_take(struct json_in *in, const struct field *field, void *at)
{
	const struct settings *set = at;

	settings_take(in, field, at);
	for (size_t i = 0; i < set->count; i++)
		if (!*set->items[i].name || strchr(set->items[i].name, '=') ||
		    !*set->items[i].value)
			json_fail(in, "\"%s\": nobody can ask for \"%.40s\"", field->key,
			          set->items[i].name);
}

static bool settings_absent(const struct field *field, const void *at)
{
	(void)field;
	return !((const struct settings *)at)->count;
}

static json_t *settings_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s, s:{s:[ss]}}", "type", "object", "additionalProperties", "type",
	                 "integer", "string");
}

const struct type type_settings = {
	.name = "object",
	.put = settings_put_all,
	.take = settings_take,
	.absent = settings_absent,
	.schema = settings_schema,
};

const struct type type_asked_settings = {
	.name = "object",
	.put = settings_put_all,
	.take = asked_settings_take,
	.absent = settings_absent,
	.schema = settings_schema,
};

/* ---- observers ---- */

/* Records of 0.1.0 do not know of it: where it has nothing to say it is left out. */
static bool observer_is_unknown(const struct record *rec, enum observer observer)
{
	return observer == OBSERVER_LATENESS && !rec->observed[observer] &&
	       !rec->absent[observer][0] && !rec->lost[observer];
}

static void observers_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct record *rec = at;

	json_open_object(out, field->key);
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (observer_is_unknown(rec, i))
			continue;
		if (!rec->observed[i] && rec->absent[i][0])
			json_put_text(out, observer_name(i), rec->absent[i]);
		else
			json_put_bool(out, observer_name(i), rec->observed[i]);
	}
	json_close_object(out);
}

static void observers_take(struct json_in *in, const struct field *field, void *at)
{
	struct json_in inner = json_take_object(in, field->key);
	struct record *rec = at;

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		const char *name = observer_name(i);
		const json_t *value = json_field(&inner, name);

		rec->absent[i] = "";
		rec->observed[i] = json_is_true(value);
		if (json_is_string(value))
			rec->absent[i] = json_keep_text(in, json_take_text(&inner, name));
		else if (value && !json_is_boolean(value))
			json_fail(&inner, "\"%s\" is neither true nor a reason", name);
	}
	in->failed |= inner.failed;
}

static json_t *per_observer_schema(const char *first, const char *second)
{
	json_t *names = json_object();

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		json_object_set_new(names, observer_name(i),
		                    json_pack("{s:[s, s*]}", "type", first, second));
	return json_pack("{s:s, s:o}", "type", "object", "properties", names);
}

static json_t *observers_schema(const struct field *field)
{
	(void)field;
	return per_observer_schema("boolean", "string");
}

const struct type type_observers = {
	.name = "object",
	.put = observers_put,
	.take = observers_take,
	.schema = observers_schema,
};

static void lost_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct record *rec = at;

	json_open_object(out, field->key);
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		uint64_t lost = rec->lost[i];

		if (!observer_is_unknown(rec, i))
			json_put_int(out, observer_name(i),
			             lost > INT64_MAX ? INT64_MAX : (int64_t)lost);
	}
	json_close_object(out);
}

static void lost_take(struct json_in *in, const struct field *field, void *at)
{
	struct json_in inner = json_take_object(in, field->key);
	struct record *rec = at;

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		rec->lost[i] = (uint64_t)json_take_int(&inner, observer_name(i), 0, INT64_MAX, 0);
	in->failed |= inner.failed;
}

static json_t *lost_schema(const struct field *field)
{
	(void)field;
	return per_observer_schema("integer", NULL);
}

const struct type type_lost = {
	.name = "object",
	.put = lost_put,
	.take = lost_take,
	.schema = lost_schema,
};

/* ---- lists of structs ---- */

static void list_put(struct json_out *out, const struct field *field, const void *items,
                     size_t count, size_t size)
{
	json_open_list(out, field->key);
	for (size_t i = 0; i < count; i++) {
		json_open_object(out, NULL);
		fields_put(out, field->fields, (const char *)items + i * size);
		json_close_object(out);
	}
	json_close_list(out);
}

static void claims_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct record *rec = at;

	list_put(out, field, rec->claims, rec->claim_count, sizeof(*rec->claims));
}

static void claims_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *list = json_take_list(in, field->key);

	for (size_t i = 0; !in->failed && i < json_array_size(list); i++) {
		struct json_in item = json_in_of(in, field->key, json_array_get(list, i));
		struct record_claim claim = {0};

		fields_take(&item, field->fields, &claim);
		if (!item.failed && record_add_claim(at, &claim))
			json_fail(&item, "out of memory");
		in->failed |= item.failed;
	}
}

static bool claims_absent(const struct field *field, const void *at)
{
	(void)field;
	return !((const struct record *)at)->claim_count;
}

const struct type type_claims = {
	.name = "list",
	.put = claims_put,
	.take = claims_take,
	.absent = claims_absent,
	.is_list = true,
};

static void findings_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct record *rec = at;

	list_put(out, field, rec->findings, rec->finding_count, sizeof(*rec->findings));
}

static void finding_take(struct json_in *in, const struct field *field, struct record *rec)
{
	struct finding finding = {0};

	fields_take(in, field->fields, &finding);
	if (finding_undecided(&finding))
		finding.model = MODEL_UNJUDGED; /* 0.1.0 said true or false all the same */
	if (!in->failed && record_add_finding(rec, &finding))
		json_fail(in, "out of memory");
}

static void findings_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *list = json_take_list(in, field->key);

	for (size_t i = 0; !in->failed && i < json_array_size(list); i++) {
		struct json_in item = json_in_of(in, field->key, json_array_get(list, i));

		finding_take(&item, field, at);
		in->failed |= item.failed;
	}
}

const struct type type_findings = {
	.name = "list",
	.put = findings_put,
	.take = findings_take,
	.is_list = true,
};

static void intervals_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct record *rec = at;

	list_put(out, field, rec->intervals, rec->interval_count, sizeof(*rec->intervals));
}

static void intervals_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *list = json_take_list(in, field->key);

	for (size_t i = 0; !in->failed && i < json_array_size(list); i++) {
		struct json_in item = json_in_of(in, field->key, json_array_get(list, i));
		struct interval interval = {0};

		fields_take(&item, field->fields, &interval);
		if (!item.failed && record_add_interval(at, &interval))
			json_fail(&item, "out of memory");
		in->failed |= item.failed;
	}
}

static bool intervals_absent(const struct field *field, const void *at)
{
	(void)field;
	return !((const struct record *)at)->interval_count;
}

const struct type type_intervals = {
	.name = "list",
	.put = intervals_put,
	.take = intervals_take,
	.absent = intervals_absent,
	.is_list = true,
};

static void sacks_put(struct json_out *out, const struct field *field, const void *at)
{
	const struct packet *packet = at;

	json_open_list(out, field->key);
	for (unsigned int i = 0; i < packet->sack_count; i++) {
		json_open_list(out, NULL);
		json_put_int(out, NULL, packet->sacks[i].start);
		json_put_int(out, NULL, packet->sacks[i].end);
		json_close_list(out);
	}
	json_close_list(out);
}

static bool sack_take(const json_t *pair, struct sack_block *block)
{
	int64_t start = json_integer_value(json_array_get(pair, 0));
	int64_t end = json_integer_value(json_array_get(pair, 1));

	*block = (struct sack_block){.start = (uint32_t)start, .end = (uint32_t)end};
	return json_array_size(pair) == 2 && json_is_integer(json_array_get(pair, 0)) &&
	       json_is_integer(json_array_get(pair, 1)) && start == block->start &&
	       end == block->end;
}

static void sacks_take(struct json_in *in, const struct field *field, void *at)
{
	const json_t *list = json_take_list(in, field->key);
	struct packet *packet = at;

	if (json_array_size(list) > PACKET_SACKS)
		json_fail(in, "\"%s\" has more than %d blocks", field->key, PACKET_SACKS);
	for (size_t i = 0; !in->failed && i < json_array_size(list); i++) {
		if (!sack_take(json_array_get(list, i), &packet->sacks[i]))
			json_fail(in, "\"%s\" is not a list of pairs of numbers", field->key);
		packet->sack_count++;
	}
}

static bool sacks_absent(const struct field *field, const void *at)
{
	(void)field;
	return !((const struct packet *)at)->sack_count;
}

static json_t *sacks_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s, s:i, s:{s:s, s:i, s:i, s:{s:s}}}", "type", "array", "maxItems",
	                 PACKET_SACKS, "items", "type", "array", "minItems", 2, "maxItems", 2,
	                 "items", "type", "integer");
}

const struct type type_sacks = {
	.name = "list of pairs",
	.put = sacks_put,
	.take = sacks_take,
	.absent = sacks_absent,
	.schema = sacks_schema,
};
