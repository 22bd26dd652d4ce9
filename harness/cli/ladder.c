// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../run/keep.h"
#include "../run/registry.h"
#include "../session/records.h"

/* The record of @what: a file, or a probe's id whose record is in the folder @dir. */
static struct record *ladder_load(const char *what, const char *dir, int *code)
{
	bool named = strchr(what, '/') || access(what, R_OK) == 0;
	char *path = named ? strdup(what) : keep_path(dir, what);
	struct record *rec = NULL;
	struct fault fault;

	if (!path)
		*code = cli_say(EXIT_NOT_RUN, "out of memory");
	else if (!named && access(path, F_OK) < 0 && !registry_find(what)) {
		registry_refuse(what, &fault);
		*code = cli_fault(EXIT_USAGE, &fault);
	} else if (!named && access(path, F_OK) < 0)
		*code = cli_say(EXIT_NOT_RUN, "%s: %s; 'finwait run %s' makes it", path,
		                strerror(errno), what);
	else if (!(rec = record_load(path, named, &fault)))
		*code = cli_fault(EXIT_NOT_RUN, &fault);
	free(path);
	return rec;
}

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	const char **dir = arg;

	(void)row; /* --out is all there is */
	*dir = value;
	return 0;
}

int command_ladder(int argc, char **argv)
{
	const char *dir = OUT_DIR_DEFAULT;
	struct report_style style = cli_style();
	struct words words;
	struct record *rec;
	int code = options_parse(COMMAND_LADDER, argc, argv, option_take, &dir, &words);

	if (code)
		return code;
	if (words.count != 1)
		return cli_say(EXIT_USAGE, "ladder takes one probe's id, or one file");
	rec = ladder_load(words.items[0], dir, &code);
	if (rec && ladder_print(rec, &style, stdout))
		code = EXIT_NOT_RUN; /* it has said why, or nobody reads it any more */
	record_free(rec);
	return code;
}
