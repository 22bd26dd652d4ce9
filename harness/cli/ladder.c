// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../record/json.h"
#include "../run/keep.h"
#include "../run/registry.h"

static FILE *ladder_open(const char *what, const char *dir, char *path, size_t size)
{
	/* a file, or a probe's id whose record is in the folder */
	if (strchr(what, '/') || access(what, R_OK) == 0)
		snprintf(path, size, "%s", what);
	else
		keep_path(dir, what, path, size);
	return fopen(path, "re");
}

static int ladder_draw(FILE *file, const char *path)
{
	struct report_style style = cli_style();
	struct record *rec = record_new();
	char why[200];
	int code = EXIT_AS_PREDICTED;

	if (!rec)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	if (json_read_file(rec, file, why) < 0) {
		code = cli_say(EXIT_NOT_RUN, "%s: %s", path, why);
	} else {
		record_sort(rec);
		ladder_print(rec, registry_title(rec->probe), &style, stdout);
	}
	record_free(rec);
	return code;
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
	const char *dir = OUT_DIR_DEFAULT, *what;
	struct words words;
	char path[4096];
	int code = options_parse(COMMAND_LADDER, argc, argv, option_take, &dir, &words);
	FILE *file;

	if (code)
		return code;
	if (words.count != 1)
		return cli_say(EXIT_USAGE, "ladder takes one probe's id, or one file");
	what = words.items[0];
	file = ladder_open(what, dir, path, sizeof(path));
	if (!file && !strchr(what, '/') && !registry_find(what))
		return cli_say(EXIT_USAGE, "no probe is called '%s' ('finwait list' shows all)",
		               what);
	if (!file)
		return cli_say(EXIT_NOT_RUN, "%s: %s; 'finwait run %s' makes it", path,
		               strerror(errno), what);
	code = ladder_draw(file, path);
	fclose(file);
	return code;
}
