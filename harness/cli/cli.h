/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: words in, lines out. One file a command; main.c has the table. */
#ifndef FINWAIT_CLI_CLI_H
#define FINWAIT_CLI_CLI_H

#include "../base/fault.h"
#include "../report/report.h"
#include "../session/tally.h"
#include "options.h"

/* Each returns an exit code; argv[0] is the command. */
int command_list(int argc, char **argv);
int command_show(int argc, char **argv);
int command_run(int argc, char **argv);
int command_baseline(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_ladder(int argc, char **argv);
int command_report(int argc, char **argv);
int command_map(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_kernel(int argc, char **argv);
int command_matrix(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_bisect(int argc, char **argv);
int command_history(int argc, char **argv);
int command_store(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_new(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_article(int argc, char **argv);
int command_sysctl(int argc, char **argv);
int command_ask(int argc, char **argv);
int command_completion(int argc, char **argv);
int command_help(int argc, char **argv);

/* "finwait: ..." on standard error, one line; returns @code. */
int cli_say(enum exit_code code, const char *fmt, ...) PRINTF(2, 3);
int cli_fault(enum exit_code code, const struct fault *fault);

/* Flush standard output; a write that failed turns @code into EXIT_NOT_RUN with a line. */
int cli_finish(int code);

struct report_style cli_style(void);
/* A paragraph on standard output, folded to the terminal, @indent blanks before each line. */
void cli_text(unsigned int indent, const char *fmt, ...) PRINTF(2, 3);

/* --quiet: neither progress nor advice. */
void cli_be_quiet(void);
bool cli_is_quiet(void);
/* What to do next, on standard output, unless --quiet. */
void cli_advise(const char *fmt, ...) PRINTF(1, 2);
bool cli_shows_progress(void); /* to a terminal, on standard error */
void cli_keep_to_ascii(void); /* --ascii */

#define OUT_DIR_DEFAULT "out"

#endif
