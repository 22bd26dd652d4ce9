// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "commands.h"

static const char *const names[] = {
	[FORMAT_TEXT] = "text",         [FORMAT_JSON] = "json", [FORMAT_JSONL] = "jsonl",
	[FORMAT_MARKDOWN] = "markdown", [FORMAT_CSV] = "csv",   [FORMAT_TAP] = "tap",
	[FORMAT_JUNIT] = "junit",
};
static_assert(sizeof(names) / sizeof(names[0]) == FORMAT_COUNT, "a name for every format");

static enum format format;
static bool kselftest; /* whoever reads the exit code knows kselftest's */

enum format cli_format(void)
{
	return format;
}

bool option_is_format(const struct option_row *row)
{
	return row->id == OPTION_FORMAT || row->id == OPTION_MARKDOWN || row->id == OPTION_JSON ||
	       row->id == OPTION_TAP;
}

/* Whether "a|b|c" has @name. */
static bool is_among(const char *choices, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = choices; at; at = strchr(at, '|')) {
		at += *at == '|';
		if (strcspn(at, "|") == length && !strncmp(at, name, length))
			return true;
	}
	return false;
}

static int format_refuse(enum command_id command, const char *choices, const char *name)
{
	char list[100] = "";
	size_t used = 0;

	for (const char *at = choices; *at && used + 3 < sizeof(list); at++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, *at == '|' ? ", " : "%c",
		                         *at);
	return cli_say(EXIT_USAGE, "%s gives no '%s' (--format %s)", command_of(command)->name,
	               name, list);
}

int format_take(enum command_id command, const struct option_row *row, const char *value)
{
	const char *name = row->id == OPTION_JSON       ? names[FORMAT_JSONL]
	                   : row->id == OPTION_TAP      ? names[FORMAT_TAP]
	                   : row->id == OPTION_MARKDOWN ? names[FORMAT_MARKDOWN]
	                                                : value;

	if (row->argument && !is_among(row->argument, name))
		return format_refuse(command, row->argument, name);
	for (int i = 0; i < FORMAT_COUNT; i++)
		if (!strcmp(name, names[i]))
			format = (enum format)i;
	kselftest = format == FORMAT_TAP;
	return 0;
}

static enum grid_format grid_format(void)
{
	switch (format) {
	case FORMAT_JSONL:
		return GRID_JSONL;
	case FORMAT_MARKDOWN:
		return GRID_MARKDOWN;
	case FORMAT_CSV:
		return GRID_CSV;
	case FORMAT_JSON:
	case FORMAT_TEXT:
	case FORMAT_TAP:
	case FORMAT_JUNIT:
	case FORMAT_COUNT:
		break;
	}
	return GRID_JSON;
}

int format_print(struct grid *grid)
{
	int err = grid_print(grid, grid_format(), stdout);

	grid_free(grid);
	/* an error of writing is for cli_finish() to say */
	return err == -ENOMEM ? cli_say(EXIT_NOT_RUN, "out of memory") : EXIT_AS_PREDICTED;
}

void format_foresee(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		kselftest |= !strcmp(argv[i], "--tap") || !strcmp(argv[i], "--format=tap") ||
		             (i + 1 < argc && !strcmp(argv[i], "--format") &&
		              !strcmp(argv[i + 1], "tap"));
}

int format_exit_code(int code)
{
	return kselftest && (code == EXIT_USAGE || code == EXIT_NOT_RUN) ? EXIT_MODEL_FAILED : code;
}
