// SPDX-License-Identifier: GPL-2.0-or-later
#include "manual.h"

#include <stdio.h>

#include "commands.h"

/* What roff would take for its own is escaped; a '-' is one that can be copied. */
static void text_put(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			fputs(*text == '-' ? "\\-" : "\\e", stdout);
		else if (*text == '"')
			fputs("\\(dq", stdout);
		else
			putchar(*text);
	}
}

static void line_put(const char *text)
{
	text_put(text);
	putchar('\n');
}

static void bold_put(const char *text)
{
	fputs("\\fB", stdout);
	text_put(text);
	fputs("\\fR", stdout);
}

static void forms_put(const struct command *command)
{
	if (!command->forms[0].synopsis)
		return;
	puts(".RS");
	for (const struct command_form *form = command->forms; form->synopsis; form++) {
		puts(".TP");
		bold_put(form->synopsis);
		putchar('\n');
		line_put(form->text);
	}
	puts(".RE");
}

static void command_put(const struct command *command)
{
	puts(".TP");
	bold_put(command->synopsis);
	putchar('\n');
	line_put(command->help);
	forms_put(command);
	if (command->more) {
		puts(".IP");
		line_put(command->more);
	}
}

/* "(run, judge)"; nothing of an option of every command. */
static void owners_put(const struct option_row *row)
{
	bool any = false;

	for (int id = 0; id < COMMAND_COUNT; id++) {
		if (!option_is_of(row, (enum command_id)id))
			continue;
		printf("%s%s", any ? ", " : " (", command_of((enum command_id)id)->name);
		any = true;
	}
	if (any)
		putchar(')');
}

static void option_put(const struct option_row *row)
{
	puts(".TP");
	if (row->letter && row->name)
		printf("\\fB\\-%c\\fR, ", row->letter);
	bold_put(option_name(row));
	if (row->argument) {
		fputs(" \\fI", stdout);
		text_put(row->argument);
		fputs("\\fR", stdout);
	}
	owners_put(row);
	putchar('\n');
	line_put(row->help);
}

static void options_put(bool of_every)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_at(i)); i++)
		if (option_is_of(row, COMMAND_COUNT) == of_every)
			option_put(row);
}

void manual_print(void)
{
	puts(".SH COMMANDS");
	for (int id = 0; id < COMMAND_COUNT; id++)
		command_put(command_of((enum command_id)id));
	puts(".SH OPTIONS\nOf every command, also before it:");
	options_put(true);
	puts(".PP\nOf the commands in brackets:");
	options_put(false);
}
