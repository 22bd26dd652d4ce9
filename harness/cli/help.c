// SPDX-License-Identifier: GPL-2.0-or-later
#include "help.h"

#include <string.h>

#include "../report/text.h"
#include "cli.h"
#include "commands.h"

#define WIDTH_LEAST 60
#define WIDTH_MOST 100 /* longer lines are hard to read */
#define WIDTH_SYNOPSES 104 /* both columns of all commands fit */
#define OPTION_COLUMN 22
#define LINE_SIZE 512

static unsigned int help_width(void)
{
	unsigned int width = cli_style().width;

	return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

/* Lines of @text at column @indent; @used columns of the first are taken. */
static void paragraph(FILE *out, const char *text, unsigned int indent, unsigned int used)
{
	unsigned int width = help_width() - indent;
	char line[LINE_SIZE];

	while (text_fold(&text, width, line, sizeof(line))) {
		fprintf(out, "%*s%s\n", (int)(indent - used), "", line);
		used = 0;
	}
}

/* A name, and what it is, @column columns further right. */
static void entry(FILE *out, const char *name, const char *text, unsigned int column)
{
	unsigned int used = (unsigned int)fprintf(out, "  %s", name);

	if (used + 2 > column) {
		fputc('\n', out);
		used = 0;
	}
	paragraph(out, text, column, used);
}

static void option_entry(const struct option_row *row, FILE *out)
{
	char name[80];

	snprintf(name, sizeof(name), "%s%s%s", option_name(row), row->argument ? " " : "",
	         row->argument ? row->argument : "");
	entry(out, name, row->help, OPTION_COLUMN);
}

static void option_entries(FILE *out, enum command_id id)
{
	const struct option_row *row;
	bool any = false;

	for (unsigned int i = 0; (row = option_at(i)); i++) {
		if (!option_is_of(row, id))
			continue;
		if (!any)
			fputc('\n', out);
		any = true;
		option_entry(row, out);
	}
}

void help_all(FILE *out)
{
	bool wide = cli_style().width >= WIDTH_SYNOPSES;

	fprintf(out, "finwait %s\n\n", FINWAIT_VERSION);
	paragraph(out,
	          "Asks a real Linux kernel a question about TCP, and shows, proves and keeps the "
	          "answer.",
	          0, 0);
	fprintf(out, "\nusage: finwait COMMAND ...\n\n");
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *command = command_of((enum command_id)id);

		if (wide)
			fprintf(out, "  %-38s %s\n", command->synopsis, command->summary);
		else
			fprintf(out, "  %-12s %s\n", command->name, command->summary);
	}
	fprintf(out, "\nOf every command:\n");
	option_entries(out, COMMAND_COUNT);
	fprintf(out, "\n'finwait COMMAND --help' says more.\n");
	paragraph(out,
	          "Exit: 0 as predicted, 1 a model failed, 2 usage, 3 not carried out or "
	          "inconclusive, 4 all skipped.",
	          0, 0);
}

void help_command(enum command_id id)
{
	const struct command *command = command_of(id);

	printf("usage: finwait %s\n\n", command->synopsis);
	paragraph(stdout, command->help, 0, 0);
	if (command->forms[0].synopsis)
		putchar('\n');
	for (const struct command_form *form = command->forms; form->synopsis; form++)
		entry(stdout, form->synopsis, form->text, OPTION_COLUMN + 6);
	option_entries(stdout, id);
	if (command->more) {
		putchar('\n');
		paragraph(stdout, command->more, 0, 0);
	}
}
