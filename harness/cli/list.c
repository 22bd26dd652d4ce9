// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include "../run/registry.h"

int command_list(int argc, char **argv)
{
	if (argc > 1)
		return cli_say(EXIT_USAGE, "list takes no argument, not '%s'", argv[1]);
	for (const struct registry_entry *entry = registry; entry->id; entry++) {
		const struct probe *probe = entry->probe;

		printf("%-26s %s%s\n", entry->id, probe->slow ? "* " : "", probe->title);
		for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
			if (strcmp(probe->claims[i].id, entry->id) != 0)
				printf("%-26s also judges %s\n", "", probe->claims[i].id);
	}
	printf("\n* needs minutes: runs when named, or with --faithful\n");
	return EXIT_AS_PREDICTED;
}
