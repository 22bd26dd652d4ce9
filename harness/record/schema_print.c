// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * schema_print: from the tables that write and read a record, what people and other
 * programs need to know of it. Nothing is said twice: a field that is added to a table
 * is in the schema, in docs/record.md and in the fuzzer's dictionary.
 */
#include "schema_print.h"

#include <errno.h>
#include <string.h>

#include "schema.h"

struct line {
	const char *name;
	const struct field *fields;
};

static const struct line lines[] = {
	{"run", run_fields},         {"probe", probe_fields}, {"event", event_fields},
	{"result", result_fields},   {"again", again_fields}, {"phases", phases_fields},
	{"summary", summary_fields},
};
#define LINES (sizeof(lines) / sizeof(lines[0]))
#define EVENT_LINE 2 /* it goes on with the fields of its kind */

/* ---- JSON Schema ---- */

/* Whatever does not get in, for want of memory, is remembered in @failed. */
static void put(bool *failed, json_t *object, const char *key, json_t *value)
{
	*failed |= json_object_set_new(object, key, value) != 0;
}

static void append(bool *failed, json_t *array, json_t *value)
{
	*failed |= json_array_append_new(array, value) != 0;
}

static json_t *words_schema(const struct words *words, bool *failed)
{
	json_t *names = json_array();

	for (size_t i = 0; i < words->count; i++)
		append(failed, names, json_string(words->names[i]));
	return json_pack("{s:o}", "enum", names);
}

static json_t *number_schema(const struct field *field, bool *failed)
{
	json_t *number = json_pack("{s:s}", "type", "integer");

	if (field->type->lo > INT64_MIN)
		put(failed, number, "minimum", json_integer(field->type->lo));
	if (field_most(field) < INT64_MAX)
		put(failed, number, "maximum", json_integer(field_most(field)));
	return number;
}

static json_t *plain_schema(const struct field *field, bool *failed)
{
	if (field->type->schema)
		return field->type->schema(field);
	return field->type->words ? words_schema(field->type->words, failed)
	                          : number_schema(field, failed);
}

/* @schema becomes one of the keys of @object; those of an object without a key are its own. */
static void member_add(json_t *object, const struct field *field, json_t *schema, bool *failed)
{
	json_t *properties = json_object_get(object, "properties");
	json_t *required = json_object_get(object, "required");

	if (!field->key) {
		*failed |= json_object_update(properties, json_object_get(schema, "properties")) ||
		           json_array_extend(required, json_object_get(schema, "required"));
		json_decref(schema);
		return;
	}
	put(failed, schema, "description", json_string(field->about));
	put(failed, properties, field->key, schema);
	if (field->when == FIELD_NEEDED)
		append(failed, required, json_string(field->key));
}

static json_t *field_schema(const struct field *field, bool *failed)
{
	json_t *object;

	if (!field->fields)
		return plain_schema(field, failed);
	object = json_pack("{s:s, s:{}, s:[]}", "type", "object", "properties", "required");
	for (const struct field *inner = field->fields; inner->type; inner++)
		member_add(object, inner, field_schema(inner, failed), failed);
	if (field->type->is_list)
		return json_pack("{s:s, s:o}", "type", "array", "items", object);
	return object;
}

/* @kind and @kind_fields: of an event's line, else NULL. */
static json_t *line_schema(const struct line *line, const char *kind,
                           const struct field *kind_fields, bool *failed)
{
	const struct field all = {.type = &type_object, .fields = line->fields};
	const struct field more = {.type = &type_object, .fields = kind_fields};
	json_t *object = field_schema(&all, failed);
	json_t *properties = json_object_get(object, "properties");

	if (kind)
		member_add(object, &more, field_schema(&more, failed), failed);
	/* what the line's own code reads is needed, but for what follows from the kind */
	for (const struct field *field = line->fields; field->type; field++)
		if (field->when == FIELD_LINE && strcmp(field->key, "observer") != 0)
			append(failed, json_object_get(object, "required"),
			       json_string(field->key));
	put(failed, properties, "type", json_pack("{s:s}", "const", line->name));
	if (kind)
		put(failed, properties, "kind", json_pack("{s:s}", "const", kind));
	return object;
}

int json_schema_print(FILE *out)
{
	json_t *each = json_array(), *schema;
	bool failed = false;

	for (size_t i = 0; i < LINES; i++)
		if (i != EVENT_LINE)
			append(&failed, each, line_schema(&lines[i], NULL, NULL, &failed));
	for (unsigned int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		append(&failed, each,
		       line_schema(&lines[EVENT_LINE], event_kind_name(kind),
		                   event_kind_fields[kind], &failed));
	schema = json_pack("{s:s, s:s, s:s, s:o}", "$schema",
	                   "https://json-schema.org/draft/2020-12/schema", "title", RECORD_FORMAT,
	                   "description", "one line of a record of finwait", "oneOf", each);
	failed |= !schema || json_dumpf(schema, out, JSON_INDENT(1)) || fputc('\n', out) == EOF;
	json_decref(schema);
	return failed ? -ENOMEM : 0;
}

/* ---- Markdown ---- */

#define WORDS_LISTED 8 /* more are said elsewhere */

static void type_print(FILE *out, const struct type *type)
{
	const struct words *words = type->words;

	if (!words || words->count > WORDS_LISTED) {
		fputs(type->name, out);
		return;
	}
	for (size_t i = 0; i < words->count; i++)
		fprintf(out, "%s`%s`", i ? ", " : "", words->names[i]);
}

/* @path: the objects that the keys are in: "options."; "" the line itself. */
static void rows_print(FILE *out, const struct field *fields, const char *path)
{
	for (const struct field *field = fields; field->type; field++) {
		char inner[64];

		if (!field->key) {
			if (field->about)
				fprintf(out, "| | | %s |\n", field->about);
			else
				rows_print(out, field->fields, path);
			continue;
		}
		fprintf(out, "| `%s%s`%s | ", path, field->key,
		        field->when == FIELD_GIVEN || field->when == FIELD_DERIVED ? " ?" : "");
		type_print(out, field->type);
		fprintf(out, " | %s |\n", field->about);
		snprintf(inner, sizeof(inner), "%s%s%s.", path, field->key,
		         field->type->is_list ? "[]" : "");
		if (field->fields)
			rows_print(out, field->fields, inner);
	}
}

static const struct field *fields_named(const char *name)
{
	int kind = event_kind_parse(name);

	for (size_t i = 0; i < LINES; i++)
		if (!strcmp(lines[i].name, name))
			return lines[i].fields;
	return kind < 0 ? NULL : event_kind_fields[kind];
}

bool json_table_print(FILE *out, const char *name)
{
	const struct field *fields = fields_named(name);

	if (!fields)
		return false;
	fprintf(out, "| key | type | means |\n| --- | --- | --- |\n");
	rows_print(out, fields, "");
	return true;
}

/* ---- the fuzzer's dictionary ---- */

static void tokens_collect(json_t *tokens, const struct field *fields, bool *failed)
{
	for (const struct field *field = fields; field->type; field++) {
		const struct words *words = field->type->words;

		if (field->key)
			put(failed, tokens, field->key, json_true());
		for (size_t i = 0; words && i < words->count; i++)
			put(failed, tokens, words->names[i], json_true());
		if (field->fields)
			tokens_collect(tokens, field->fields, failed);
	}
}

/* libFuzzer takes printable ASCII as it is, and any byte as \xNN. */
static void token_print(FILE *out, const char *token)
{
	fputs("\"\\\"", out);
	for (; *token; token++) {
		unsigned char byte = (unsigned char)*token;

		if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\')
			fprintf(out, "\\x%02x", byte);
		else
			fputc(byte, out);
	}
	fputs("\\\"\"\n", out);
}

int json_dictionary_print(FILE *out)
{
	json_t *tokens = json_object();
	bool failed = false;

	for (size_t i = 0; i < LINES; i++) {
		put(&failed, tokens, lines[i].name, json_true());
		tokens_collect(tokens, lines[i].fields, &failed);
	}
	for (unsigned int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		put(&failed, tokens, event_kind_name(kind), json_true());
		tokens_collect(tokens, event_kind_fields[kind], &failed);
	}
	put(&failed, tokens, RECORD_FORMAT, json_true());
	for (void *iter = json_object_iter(tokens); iter;
	     iter = json_object_iter_next(tokens, iter))
		token_print(out, json_object_iter_key(iter));
	json_decref(tokens);
	return failed ? -ENOMEM : 0;
}
