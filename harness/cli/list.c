// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <string.h>

#include "../run/registry.h"
#include "../session/catalog.h"
#include "output.h"

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	(void)row; /* there is but one */
	(void)value;
	*(bool *)arg = true;
	return 0;
}

static void list_row(const struct registry_row *row)
{
	const struct probe *probe = row->probe;
	const char *more = row->variant && row->variant->title ? row->variant->title : NULL;

	printf("%-26s %s%s%s%s\n", row->id, registry_row_is_slow(row) ? "* " : "", probe->title,
	       more ? ": " : "", more ? more : "");
	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
		if (strcmp(probe->claims[i].id, probe->id) != 0)
			printf("%-26s also judges %s\n", "", probe->claims[i].id);
}

int command_list(int argc, char **argv)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);
	struct words words;
	bool json = false;
	int code = options_parse(COMMAND_LIST, argc, argv, option_take, &json, &words);

	if (!code && words.count)
		code = cli_say(EXIT_USAGE, "list takes no argument, not '%s'", words.items[0]);
	if (code)
		return code;
	for (size_t i = 0; i < count; i++)
		if (json)
			json_print(catalog_line(&rows[i]));
		else
			list_row(&rows[i]);
	if (!json)
		printf("\n* needs minutes: runs when named, or with --faithful\n");
	return EXIT_AS_PREDICTED;
}
