/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format: what the user wants tables as: --format, --json, --tap. One for all commands. */
#ifndef FINWAIT_CLI_FORMAT_H
#define FINWAIT_CLI_FORMAT_H

#include "../report/grid.h"
#include "options.h"

enum format {
	FORMAT_TEXT,
	FORMAT_JSON, /* an array of rows */
	FORMAT_JSONL, /* the record, or a row a line */
	FORMAT_MARKDOWN,
	FORMAT_CSV,
	FORMAT_TAP,
	FORMAT_JUNIT,
	FORMAT_COUNT,
};

enum format cli_format(void);
/* Whether @row is such an option, and takes it: 0, or EXIT_USAGE with the line said. */
bool option_is_format(const struct option_row *row);
int format_take(enum command_id command, const struct option_row *row, const char *value);
/*
 * Prints @grid, FORMAT_JSON to FORMAT_CSV, and frees it; returns an exit code with the line said.
 */
int format_print(struct grid *grid);

/*
 * What is wrong before --tap is reached concerns those who asked for it, too: looks for it among
 * all words.
 */
void format_foresee(int argc, char **argv);
/*
 * @code as kselftest has it under --tap, where 2 is XFAIL and 3 is XPASS: what is no answer is 1,
 * FAIL. 4 is SKIP there as here.
 */
int format_exit_code(int code);

#endif
