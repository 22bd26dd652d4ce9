/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: what finwait and its commands do, folded to the terminal. */
#ifndef FINWAIT_CLI_HELP_H
#define FINWAIT_CLI_HELP_H

#include <stdio.h>

#include "options.h"

/* All commands, a line each. */
void help_all(FILE *out);
/* One command with its options, on standard output. */
void help_command(enum command_id id);

#endif
