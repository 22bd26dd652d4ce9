// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "help.h"
#include "manual.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/slack.h"
#include "../vm/guest.h"
#include "cli.h"
#include "format.h"

static int man_take(void *arg, const struct option_row *row, const char *value)
{
	(void)row; /* --man is all there is */
	(void)value;
	*(bool *)arg = true;
	return 0;
}

int command_help(int argc, char **argv)
{
	struct words words;
	bool man = false;
	enum command_id id;
	int code = options_parse(COMMAND_HELP, argc, argv, man_take, &man, &words);

	if (code)
		return code;
	if (words.count > !man)
		return cli_say(EXIT_USAGE, "help takes one command, not '%s' as well",
		               words.items[words.count - 1]);
	id = words.count ? command_find(words.items[0]) : COMMAND_COUNT;
	if (words.count && id == COMMAND_COUNT)
		return command_refuse(words.items[0]);
	if (man)
		manual_print();
	else if (words.count)
		help_command(id);
	else
		help_all(stdout);
	return EXIT_AS_PREDICTED;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static bool is_version(const char *word)
{
	return !strcmp(word, "--version");
}

/* Whether one of the options is such a word; behind "--" there are none. */
static bool wants(int argc, char **argv, bool (*is_such)(const char *word))
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_such(argv[i]))
			return true;
	return false;
}

static int version_print(void)
{
	printf("finwait %s\n", FINWAIT_VERSION);
	return EXIT_AS_PREDICTED;
}

/* A command without options of its own gets its words alone. */
static int command_words(enum command_id id, int argc, char **argv)
{
	struct words words;
	int code;

	if (options_any(id))
		return command_of(id)->run(argc, argv);
	code = options_parse(id, argc, argv, NULL, NULL, &words);
	if (code)
		return code;
	argv += argc - (int)words.count - 1;
	argv[0] = (char *)command_of(id)->name;
	return command_of(id)->run((int)words.count + 1, argv);
}

/* Those that keep something go on without a reader; the write that fails says so to them. */
static int sigpipe_ignore(enum command_id id)
{
	if (command_of(id)->prints_only)
		return 0;
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0;
}

static int command_dispatch(int argc, char **argv)
{
	enum command_id id = command_find(argv[0]);

	if (is_help(argv[0]))
		return command_help(argc, argv);
	if (id == COMMAND_COUNT)
		return command_refuse(argv[0]);
	if (wants(argc, argv, is_version))
		return version_print();
	if (wants(argc, argv, is_help)) {
		help_command(id);
		return EXIT_AS_PREDICTED;
	}
	if (sigpipe_ignore(id) < 0)
		return cli_say(EXIT_NOT_RUN, "cannot ignore signals: %s", strerror(errno));
	return command_words(id, argc, argv);
}

/*
 * A standard stream that came closed would be taken by the first file we open, and what
 * is printed would end up in that file. Filled with one that cannot be written, printing
 * fails with the same errno as on a closed one.
 */
static int streams_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

int main(int argc, char **argv)
{
	int slack;

	if (guest_is_init(argv[0]))
		guest_main();
	setlocale(LC_CTYPE, "");
	if (streams_fill() < 0)
		return cli_say(EXIT_NOT_RUN, "cannot open /dev/null: %s", strerror(errno));
	/* An error of write(2) then, which says what could not be written. */
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return cli_say(EXIT_NOT_RUN, "cannot ignore signals: %s", strerror(errno));
	for (; argc > 1 && option_every_take(argv[1]); argc--)
		argv++;
	format_foresee(argc, argv);
	if (argc < 2) {
		help_all(stderr);
		return EXIT_USAGE;
	}
	if (is_version(argv[1]))
		return cli_finish(version_print());
	if (!slack_read(&slack))
		return cli_finish(cli_say(EXIT_USAGE, "FINWAIT_SLACK_MS wants 0 to 10000, not '%s'",
		                          getenv("FINWAIT_SLACK_MS")));
	return cli_finish(command_dispatch(argc - 1, argv + 1));
}
