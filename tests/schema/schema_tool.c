// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The format of a record, printed: "schema_tool dictionary" for the fuzzer, and
 * "schema_tool tables FILE" copies a Markdown file with each table between
 * "<!-- keys of NAME -->" and "<!-- end -->" as it has to be (make record-doc).
 */
#include <stdlib.h>
#include <string.h>

#include "../../harness/record/schema_print.h"

static bool table_begins(const char *line, char name[40])
{
	return sscanf(line, "<!-- keys of %39s -->", name) == 1;
}

/* Copies @in; false: a table of something that is in no record, or one without an end. */
static bool tables_copy(FILE *in, FILE *out)
{
	bool inside = false, known = true;
	char *line = NULL, name[40];
	size_t space = 0;

	while (known && getline(&line, &space, in) > 0) {
		inside &= strcmp(line, "<!-- end -->\n") != 0;
		if (!inside)
			fputs(line, out);
		if (!table_begins(line, name))
			continue;
		inside = true;
		known = json_table_print(out, name);
	}
	free(line);
	return known && !inside;
}

int main(int argc, char **argv)
{
	FILE *in;
	bool done;

	if (argc == 2 && !strcmp(argv[1], "dictionary"))
		return json_dictionary_print(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (argc != 3 || strcmp(argv[1], "tables") != 0)
		return EXIT_FAILURE;
	in = fopen(argv[2], "r");
	if (!in)
		return EXIT_FAILURE;
	done = tables_copy(in, stdout);
	fclose(in);
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
