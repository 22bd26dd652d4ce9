// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <string.h>

#include "../run/registry.h"

static void list_row(const struct registry_row *row)
{
	const struct probe *probe = row->probe;
	const char *more = row->variant && row->variant->title ? row->variant->title : NULL;

	printf("%-26s %s%s%s%s\n", row->id, probe->slow ? "* " : "", probe->title, more ? ": " : "",
	       more ? more : "");
	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
		if (strcmp(probe->claims[i].id, probe->id) != 0)
			printf("%-26s also judges %s\n", "", probe->claims[i].id);
}

int command_list(int argc, char **argv)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	if (argc > 1)
		return cli_say(EXIT_USAGE, "list takes no argument, not '%s'", argv[1]);
	for (size_t i = 0; i < count; i++)
		list_row(&rows[i]);
	printf("\n* needs minutes: runs when named, or with --faithful\n");
	return EXIT_AS_PREDICTED;
}
