// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include "../record/schema_print.h"

int command_schema(int argc, char **argv)
{
	if (argc > 1)
		return cli_say(EXIT_USAGE, "schema takes no argument, not '%s'", argv[1]);
	if (json_schema_print(stdout))
		return cli_say(EXIT_NOT_RUN, "out of memory");
	return EXIT_AS_PREDICTED;
}
