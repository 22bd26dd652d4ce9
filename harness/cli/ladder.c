// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../run/keep.h"
#include "../run/registry.h"
#include "../session/records.h"
#include "format.h"
#include "output_file.h"

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

struct ladder_command {
	const char *dir; /* --out */
	const char *svg; /* the picture's file; NULL: text */
	bool verbose;
};

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct ladder_command *cmd = arg;

	if (row->id == OPTION_SVG)
		cmd->svg = value;
	if (row->id == OPTION_OUT)
		cmd->dir = value;
	cmd->verbose |= row->id == OPTION_VERBOSE;
	return 0;
}

static int ladder_write_svg(const struct record *rec, const char *path)
{
	struct fault fault;
	FILE *out = output_open(path, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = ladder_svg(rec, out);
	if (output_close(out, path, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot draw %s: %s", rec->probe, strerror(-err));
	return EXIT_AS_PREDICTED;
}

static int ladder_show(const struct record *rec, const struct ladder_command *cmd)
{
	struct report_style style = cli_style();
	int err;

	style.verbose = cmd->verbose;
	if (cmd->svg)
		return ladder_write_svg(rec, cmd->svg);
	/* it has said why, or nobody reads it any more */
	if (cli_format() == FORMAT_TEXT)
		return ladder_print(rec, &style, stdout) ? EXIT_NOT_RUN : EXIT_AS_PREDICTED;
	err = ladder_markdown(rec, &style, stdout);
	if (err && err != -EIO)
		return cli_say(EXIT_NOT_RUN, "cannot draw %s: %s", rec->probe, strerror(-err));
	return EXIT_AS_PREDICTED;
}

int command_ladder(int argc, char **argv)
{
	struct ladder_command cmd = {.dir = OUT_DIR_DEFAULT};
	struct words words;
	struct record *rec;
	int code = options_parse(COMMAND_LADDER, argc, argv, option_take, &cmd, &words);

	if (code)
		return code;
	if (words.count != 1)
		return cli_say(EXIT_USAGE, "ladder takes one probe's id, or one file");
	rec = ladder_load(words.items[0], cmd.dir, &code);
	if (rec)
		code = ladder_show(rec, &cmd);
	record_free(rec);
	return code;
}
