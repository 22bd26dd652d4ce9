// SPDX-License-Identifier: GPL-2.0-or-later
/* map: the states of TCP as a picture, or as rows, by kept records. */
#include "cli.h"

#include <string.h>

#include "format.h"
#include "html.h"
#include "output_file.h"

#define MAP_DEFAULT "map.svg"

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	(void)row; /* -o is all there is */
	*(const char **)arg = value;
	return 0;
}

static enum exit_code map_write(const struct kept_records *kept, const char *path)
{
	struct fault fault;
	FILE *out = output_open(path, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = map_svg((const struct record *const *)kept->records, kept->count, out);
	if (output_close(out, path, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot draw the map: %s", strerror(-err));
	return EXIT_AS_PREDICTED;
}

static int map_rows(const struct kept_records *kept)
{
	struct grid grid = grid_open("finwait map");

	grid.no_memory |=
		map_ways_put(&grid, (const struct record *const *)kept->records, kept->count) < 0;
	return format_print(&grid);
}

static int map_picture(const struct kept_records *kept, const char *path)
{
	int code = map_write(kept, path);

	if (!code && strcmp(path, "-") != 0)
		cli_advise("%s: %zu probe%s\n", path, kept->count, kept->count == 1 ? "" : "s");
	return code;
}

int command_map(int argc, char **argv)
{
	struct kept_records kept = {0};
	const char *path = NULL;
	struct words words;
	int code = options_parse(COMMAND_MAP, argc, argv, option_take, &path, &words);

	if (!code && path && cli_format() != FORMAT_TEXT)
		code = cli_say(EXIT_USAGE, "-o is the picture's, --format prints a table instead");
	if (!code && !words.count)
		code = html_take(&kept, OUT_DIR_DEFAULT);
	for (size_t i = 0; !code && i < words.count; i++)
		code = html_take(&kept, words.items[i]);
	if (!code)
		code = cli_format() == FORMAT_TEXT ? map_picture(&kept, path ? path : MAP_DEFAULT)
		                                   : map_rows(&kept);
	records_free(kept.records, kept.count);
	return code;
}
