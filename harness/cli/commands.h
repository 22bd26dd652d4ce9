/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands: one table of all commands. main(), the help and whatever else lists them reads it. */
#ifndef FINWAIT_CLI_COMMANDS_H
#define FINWAIT_CLI_COMMANDS_H

#include <stdbool.h>

#include "options.h"

#define COMMAND_FORMS 4

/* One of several ways to use a command. */
struct command_form {
	const char *synopsis, *text;
};

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *synopsis, *summary;
	const char *help; /* a paragraph, of any width */
	struct command_form forms[COMMAND_FORMS + 1]; /* ends with synopsis NULL */
	const char *more; /* behind the options; NULL: nothing */
	unsigned int words; /* what its words may be, enum words_kind */
	bool prints_only; /* a reader that has gone may end it at any time */
};

const struct command *command_of(enum command_id id);
/* COMMAND_COUNT: there is none of that name. */
enum command_id command_find(const char *name);
/* Says that there is no command @name, and which are near; returns EXIT_USAGE. */
int command_refuse(const char *name);
/* The same of @word, which is none of the verbs of the command (kernel list, store check). */
int form_refuse(enum command_id id, const char *word);

#endif
