// SPDX-License-Identifier: GPL-2.0-or-later
/* report: kept records as one page. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "../session/records.h"
#include "html.h"

#define PAGE_DEFAULT "report.html"

struct report_command {
	const char *path;
	struct record **records;
	size_t count;
};

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct report_command *cmd = arg;

	(void)row; /* -o is all there is */
	cmd->path = value;
	return 0;
}

static int path_take(struct report_command *cmd, const char *path)
{
	struct kept_records kept;
	struct record **all;
	struct fault fault;

	if (records_load(path, NULL, 0, &kept, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	all = reallocarray(cmd->records, cmd->count + kept.count, sizeof(struct record *));
	if (!all) {
		records_free(kept.records, kept.count);
		return cli_say(EXIT_NOT_RUN, "out of memory");
	}
	cmd->records = all;
	memcpy(all + cmd->count, kept.records, kept.count * sizeof(struct record *));
	cmd->count += kept.count;
	free(kept.records);
	return EXIT_AS_PREDICTED;
}

int command_report(int argc, char **argv)
{
	struct report_command cmd = {.path = PAGE_DEFAULT};
	struct words words;
	int code = options_parse(COMMAND_REPORT, argc, argv, option_take, &cmd, &words);

	if (code)
		return code;
	if (!words.count)
		code = path_take(&cmd, OUT_DIR_DEFAULT);
	for (size_t i = 0; i < words.count && !code; i++)
		code = path_take(&cmd, words.items[i]);
	if (!code)
		code = html_write(cmd.records, cmd.count, cmd.path);
	if (!code && strcmp(cmd.path, "-") != 0)
		cli_advise("%s: %zu probe%s\n", cmd.path, cmd.count, cmd.count == 1 ? "" : "s");
	records_free(cmd.records, cmd.count);
	return code;
}
