// SPDX-License-Identifier: GPL-2.0-or-later
#include "run_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define PHASES_MAX 1000

static int request_setting(struct settings *set, const char *option, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[120];

	if (!equals || equals == text || (size_t)(equals - text) >= sizeof(name) || !equals[1])
		return cli_say(EXIT_USAGE, "%s wants NAME=VALUE, not '%s'", option, text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	/* the last word counts, also over what says the same by another name */
	settings_drop(set, name);
	if (settings_put(set, name, equals + 1) < 0)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	return 0;
}

static int request_host_check(const struct settings *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		const char *name = sets->items[i].name, *colon = strchr(name, ':');

		if (colon && strncmp(name, "client:", 7) != 0 && strncmp(name, "server:", 7) != 0)
			return cli_say(EXIT_USAGE, "--set %s: the host is 'client' or 'server'",
			               name);
	}
	return 0;
}

static int request_number(const char *option, const char *text, unsigned int *number)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !value || value > 1000000)
		return cli_say(EXIT_USAGE, "%s wants a number above 0, not '%s'", option, text);
	*number = (unsigned int)value;
	return 0;
}

static int request_clock(struct run_command *cmd, const char *text)
{
	cmd->clock_real = !strcmp(text, "real");
	if (!cmd->clock_real && strcmp(text, "virtual") != 0)
		return cli_say(EXIT_USAGE, "--clock is 'virtual' or 'real', not '%s'", text);
	return 0;
}

static const struct option options[] = {
	{"kernel", required_argument, NULL, 'k'},
	{"clock", required_argument, NULL, 'c'},
	{"quick", no_argument, NULL, 'q'},
	{"seed", required_argument, NULL, 'S'},
	{"phases", required_argument, NULL, 'P'},
	{"set", required_argument, NULL, 's'},
	{"param", required_argument, NULL, 'p'},
	{"faithful", no_argument, NULL, 'f'},
	{"time-limit", required_argument, NULL, 't'},
	{"ladder", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'J'},
	{"tap", no_argument, NULL, 'T'},
	{"out", required_argument, NULL, 'o'},
	{0},
};

static int option_take(struct run_command *cmd, int option, char **argv)
{
	unsigned int number = 0;
	int code;

	switch (option) {
	case 'k':
		cmd->kernel = optarg;
		return 0;
	case 'c':
		return request_clock(cmd, optarg);
	case 'q':
		cmd->quick = true;
		return 0;
	case 'P':
		code = request_number("--phases", optarg, &cmd->phase_count);
		if (!code && cmd->phase_count > PHASES_MAX)
			code = cli_say(EXIT_USAGE, "--phases goes up to %d", PHASES_MAX);
		return code;
	case 'S':
		code = request_number("--seed", optarg, &number);
		cmd->times.seed = number;
		return code;
	case 's':
		return request_setting(&cmd->request.sets, "--set", optarg);
	case 'p':
		return request_setting(&cmd->request.params, "--param", optarg);
	case 'f':
		cmd->request.faithful = true;
		return 0;
	case 't':
		return request_number("--time-limit", optarg, &cmd->request.time_limit_s);
	case 'j':
		return request_number("-j", optarg, &cmd->request.jobs);
	case 'l':
		cmd->ladder = true;
		return 0;
	case 'J':
		cmd->format = FORMAT_JSON;
		return 0;
	case 'T':
		cmd->format = FORMAT_TAP;
		return 0;
	case 'o':
		cmd->request.out_dir = optarg;
		return 0;
	case 'v':
		cmd->verbose = true;
		return 0;
	case ':':
		return cli_say(EXIT_USAGE, "%s wants a value", argv[optind - 1]);
	}
	return cli_say(EXIT_USAGE, "run has no option '%s' ('finwait run --help')",
	               argv[optind - 1]);
}

int run_parse(struct run_command *cmd, int argc, char **argv)
{
	int option, code;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":j:v", options, NULL)) != -1) {
		code = option_take(cmd, option, argv);
		if (code)
			return code;
	}
	cmd->request.patterns = (const char **)argv + optind;
	cmd->request.pattern_count = (size_t)(argc - optind);
	if (!cmd->kernel && (cmd->clock_real || cmd->times.seed || cmd->phase_count))
		return cli_say(EXIT_USAGE, "--clock, --seed and --phases go with --kernel");
	if (cmd->phase_count && cmd->clock_real)
		return cli_say(EXIT_USAGE, "--phases goes with a virtual clock");
	if (cmd->quick && cmd->request.faithful)
		return cli_say(EXIT_USAGE, "--quick or --faithful, not both");
	/* Where hours pass in a second, the articles' own conditions are the everyday ones. */
	if (cmd->kernel && !cmd->clock_real && !cmd->quick)
		cmd->request.faithful = true;
	return request_host_check(&cmd->request.sets);
}
