// SPDX-License-Identifier: GPL-2.0-or-later
/* report: kept records as one page. */
#include "cli.h"

#include <string.h>

#include "html.h"

#define PAGE_DEFAULT "report.html"

struct report_command {
	struct html html;
	struct kept_records kept;
};

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct report_command *cmd = arg;

	if (row->id == OPTION_SINCE)
		return html_take(&cmd->html.since, value);
	if (row->id == OPTION_PCAPNG)
		cmd->html.captures_dir = value;
	else /* -o is all there is besides */
		cmd->html.path = value;
	return 0;
}

int command_report(int argc, char **argv)
{
	struct report_command cmd = {.html.path = PAGE_DEFAULT};
	struct words words;
	int code = options_parse(COMMAND_REPORT, argc, argv, option_take, &cmd, &words);

	if (!code && !words.count)
		code = html_take(&cmd.kept, OUT_DIR_DEFAULT);
	for (size_t i = 0; !code && i < words.count; i++)
		code = html_take(&cmd.kept, words.items[i]);
	if (!code)
		code = html_write(&cmd.html, cmd.kept.records, cmd.kept.count);
	if (!code && strcmp(cmd.html.path, "-") != 0)
		cli_advise("%s: %zu probe%s\n", cmd.html.path, cmd.kept.count,
		           cmd.kept.count == 1 ? "" : "s");
	records_free(cmd.kept.records, cmd.kept.count);
	records_free(cmd.html.since.records, cmd.html.since.count);
	return code;
}
