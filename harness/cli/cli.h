/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: one file a command; main.c has the table. */
#ifndef FINWAIT_CLI_CLI_H
#define FINWAIT_CLI_CLI_H

#include "../base/fault.h"
#include "../report/report.h"

enum exit_code {
	EXIT_AS_PREDICTED = 0,
	EXIT_MODEL_FAILED = 1, /* measured differs from predicted */
	EXIT_USAGE = 2,
	EXIT_NOT_RUN = 3, /* something could not be carried out, or was inconclusive */
	EXIT_ALL_SKIPPED = 4,
};

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command; returns an exit code */
	const char *synopsis, *summary, *help;
};

int command_list(int argc, char **argv);
int command_show(int argc, char **argv);
int command_run(int argc, char **argv);
int command_ladder(int argc, char **argv);
int command_kernel(int argc, char **argv);
int command_matrix(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_doctor(int argc, char **argv);

/* "finwait: ..." on standard error, one line; returns @code. */
int cli_say(enum exit_code code, const char *fmt, ...) PRINTF(2, 3);
int cli_fault(enum exit_code code, const struct fault *fault);

/*
 * What the lines that follow are about: "finwait: WHAT: ..."; NULL: nothing in particular.
 * cli_said() is the last of them since, without that: "" when there was none.
 */
void cli_about(const char *what);
const char *cli_said(void);

/*
 * 'finwait run' for another command: @argv as run takes it, the records kept in
 * @out_dir. They are handed over and nothing is printed but what goes wrong; returns
 * run's exit code. run_check() only looks whether what is asked for can be: 0, or an
 * exit code with the line said.
 */
struct run_result {
	struct record **records; /* NULL: nothing could be run */
	size_t count;
	struct phases phases; /* with --phases */
	bool interrupted;
};
int run_check(int argc, char **argv);
int run_collect(int argc, char **argv, const char *out_dir, struct run_result *result);
void records_free(struct record **records, size_t count);

/* Flush standard output; a write that failed turns @code into EXIT_NOT_RUN with a line. */
int cli_finish(int code);

struct report_style cli_style(void);

#define OUT_DIR_DEFAULT "out"

#endif
