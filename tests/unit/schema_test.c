// SPDX-License-Identifier: GPL-2.0-or-later
/* schema: what is said of the format is what is written. */
#include <jansson.h>

#include "../../harness/record/schema_print.h"
#include "canned.h"

static char *printed_table(const char *name)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!json_table_print(out, name))
		fail_msg("no table of %s", name);
	fclose(out);
	return text;
}

/* make record-doc mends what this finds. */
static void the_documentation_has_every_key(void **state)
{
	static const char begin[] = "<!-- keys of ", end[] = "<!-- end -->";
	char *text = canned_text("../../../docs/record.md"), name[40];
	unsigned int tables = 0;

	(void)state;
	for (char *at = text; (at = strstr(at, begin)); tables++) {
		char *from = strchr(at, '\n') + 1, *to = strstr(at, end), *table;

		assert_int_equal(sscanf(at + strlen(begin), "%39s", name), 1);
		assert_non_null(to);
		*to = '\0';
		table = printed_table(name);
		assert_string_equal(from, table);
		free(table);
		at = to + 1;
	}
	/* all lines, and all kinds of events but destroy, which has nothing of its own */
	assert_int_equal(tables, 7 + EVENT_KIND_COUNT - 1);
	free(text);
}

static json_t *printed_schema(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_t *schema;

	assert_int_equal(json_schema_print(out), 0);
	fclose(out);
	schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(schema);
	free(text);
	return schema;
}

static bool is_const(const json_t *schema, const char *key, const json_t *line)
{
	const json_t *property = json_object_get(json_object_get(schema, "properties"), key);
	const json_t *wanted = json_object_get(property, "const");

	return !wanted || json_equal(wanted, json_object_get(line, key));
}

/* The one schema of "oneOf" that @line is to meet. */
static const json_t *schema_of(const json_t *schema, const json_t *line)
{
	const json_t *each = json_object_get(schema, "oneOf");

	for (size_t i = 0; i < json_array_size(each); i++) {
		const json_t *one = json_array_get(each, i);

		if (is_const(one, "type", line) && is_const(one, "kind", line))
			return one;
	}
	return NULL;
}

static void expect_keys(const json_t *schema, json_t *object)
{
	const json_t *properties = json_object_get(schema, "properties"), *value;
	const json_t *required = json_object_get(schema, "required");
	const char *key;

	json_object_foreach(object, key, value)
	{
		const json_t *inner = json_object_get(properties, key);

		if (!inner)
			fail_msg("the schema has no \"%s\"", key);
		if (json_is_object(value) && json_object_get(inner, "required") &&
		    json_object_get(inner, "properties"))
			expect_keys(inner, (json_t *)value);
	}
	for (size_t i = 0; i < json_array_size(required); i++)
		assert_non_null(
			json_object_get(object, json_string_value(json_array_get(required, i))));
}

static void every_line_meets_its_schema(void **state)
{
	static const char *const records[] = {
		"handshake.jsonl", "four-waves.jsonl", "lost-fin.jsonl",
		"held-fins.jsonl", "old-syn.jsonl",    "polled.jsonl",
	};
	json_t *schema = printed_schema();

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		char *text = canned_text(records[i]), *next = text;

		for (char *line = strsep(&next, "\n"); line && *line; line = strsep(&next, "\n")) {
			json_t *object = json_loads(line, 0, NULL);
			const json_t *own = schema_of(schema, object);

			assert_non_null(own);
			expect_keys(own, object);
			json_decref(object);
		}
		free(text);
	}
	json_decref(schema);
}

/* libFuzzer refuses a whole dictionary for one line that it cannot read. */
static void the_dictionary_is_one_quoted_token_a_line(void **state)
{
	char *text = NULL, *next;
	size_t size = 0, tokens = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(json_dictionary_print(out), 0);
	fclose(out);
	assert_non_null(strstr(text, "\"\\\"TIME_WAIT\\\"\"\n"));
	assert_non_null(strstr(text, "\"\\\"late_ns\\\"\"\n"));
	next = text;
	for (char *line = strsep(&next, "\n"); line && *line; line = strsep(&next, "\n")) {
		size_t length = strlen(line);

		assert_true(length > 6);
		assert_memory_equal(line, "\"\\\"", 3);
		assert_memory_equal(line + length - 3, "\\\"\"", 3);
		tokens++;
	}
	assert_true(tokens > 150);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documentation_has_every_key),
		cmocka_unit_test(every_line_meets_its_schema),
		cmocka_unit_test(the_dictionary_is_one_quoted_token_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
