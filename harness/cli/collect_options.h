/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect_options: a command line that names several sources, for matrix and diff. */
#ifndef FINWAIT_CLI_COLLECT_OPTIONS_H
#define FINWAIT_CLI_COLLECT_OPTIONS_H

#include "../session/collect.h"
#include "options.h"

/* What is the command's own: its take() returns OPTION_NOT_TAKEN for all other options. */
struct own_options {
	option_fn take; /* NULL: it has none */
	void *arg;
};

/*
 * The sources, and one ask with all words as its patterns. 0, or an exit code with the line
 * said; collect_free() it either way.
 */
int collect_parse(struct collect *c, enum command_id command, struct own_options own, int argc,
                  char **argv, struct words *words);

/* collect_all(), showing how far it is. */
enum exit_code collect_shown(struct collect *c) MUST_CHECK;

#endif
