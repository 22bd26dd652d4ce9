// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/slack.h"
#include "../vm/guest.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* NULL: main() itself */
	const char *synopsis, *summary;
	const char *help; /* before the options */
	const char *more; /* behind them; NULL: nothing */
};

static const struct command commands[] = {
	[COMMAND_LIST] =
		{
			"list",
			command_list,
			"list",
			"the probes and the claims they judge",
			"Lists every probe: its id, its title and the ids of its claims.\n"
			"A * marks those that need minutes: they run when named, or with"
			" --faithful.\n",
			NULL,
		},
	[COMMAND_SHOW] =
		{
			"show",
			command_show,
			"show ID",
			"one probe: question, claims, sysctls, kernel path",
			"Explains a probe: what it asks, what the articles say, the sysctls and"
			" parameters it\n"
			"sets (quick and --faithful), and the kernel functions that decide the"
			" answer.\n",
			NULL,
		},
	[COMMAND_ASK] =
		{
			"ask",
			command_ask,
			"ask WORDS",
			"the probes that answer a question in plain words",
			"Finds the probes whose titles, questions, claims, sysctls, errors, "
			"counters"
			" and states\n"
			"fit the words best, and says how to run each: finwait ask FIN_WAIT2 stuck"
			" for hours\n",
			NULL,
		},
	[COMMAND_ARTICLE] =
		{
			"article",
			command_article,
			"article [LETTER] [OPTION...]",
			"one article's claims, in order, with verdicts",
			"Puts the claims of an article to this kernel, or those of --kernel, and"
			" prints for each\n"
			"what it says, what was measured and the verdict. Without a letter: the"
			" articles.\n",
			NULL,
		},
	[COMMAND_SYSCTL] =
		{
			"sysctl",
			command_sysctl,
			"sysctl [NAME]",
			"what a sysctl or socket option really does, and who shows it",
			"Says in a sentence what the kernel does with it and which function "
			"decides,"
			" the value\n"
			"in force here, and which probes show its effect. Without a name: all of"
			" them.\n",
			NULL,
		},
	[COMMAND_RUN] =
		{
			"run",
			command_run,
			"run [ID|GLOB|FILE.c...] [OPTION...]",
			"ask the kernel",
			"Runs probes side by side, each in namespaces of its own, and prints what"
			" the article\n"
			"says, what the model predicts and what was measured. Without an ID: all"
			" that are quick.\n"
			"A path (./my.probe.c, or a folder of such files) is compiled and run as it"
			" is.\n",
			"FINWAIT_SLACK_MS (10) is how late a timer may be beyond the kernel's own"
			" rounding.\n",
		},
	[COMMAND_LADDER] =
		{
			"ladder",
			command_ladder,
			"ladder ID [--out DIR]",
			"draw what happened in the last run",
			"Draws the record that 'finwait run' kept: both ends' states in their\n"
			"lanes, packets as arrows, what was lost and by which rule. ID may be a"
			" file, too.\n",
			NULL,
		},
	[COMMAND_JUDGE] =
		{
			"judge",
			command_judge,
			"judge RECORD... [FILE.c...]",
			"judge kept records anew",
			"Judges records (files, or folders of them) by the rules of this build: the"
			" kernel is not\n"
			"asked again. A record is judged with the slack it was run with; one of a"
			" probe of your\n"
			"own with its file: finwait judge out ./my.probe.c\n",
			NULL,
		},
	[COMMAND_KERNEL] =
		{
			"kernel",
			command_kernel,
			"kernel list|fetch|rm",
			"Debian kernels for run --kernel",
			"  kernel list             what has been fetched, and the disk space it"
			" takes\n"
			"  kernel fetch VERSION... download and unpack, never install: 6.12,"
			" 6.1.192, a release as\n"
			"                          uname -r says it, or newest\n"
			"  kernel rm VERSION...    remove it, and what was made of it\n"
			"\n"
			"The packages come from the Debian mirror of this machine's apt set-up,"
			" through apt with\n"
			"lists of its own, into XDG_CACHE_HOME/finwait (~/.cache/finwait).\n",
			NULL,
		},
	[COMMAND_MATRIX] =
		{
			"matrix",
			command_matrix,
			"matrix [ID|GLOB...] --kernel K,K...",
			"ask several kernels",
			"Runs probes on each kernel and prints one table: a row a finding, a column"
			" a kernel,\n"
			"what differs marked. 'host' is the kernel that runs here; the others are"
			" as for\n"
			"'finwait run --kernel'. A kernel that cannot be run costs its column, no"
			" more.\n",
			NULL,
		},
	[COMMAND_DIFF] =
		{
			"diff",
			command_diff,
			"diff A B [ID|GLOB|FILE.c...]",
			"what two records or kernels differ in",
			"Compares findings, the states of each socket and the packets that each end"
			" sent. A and\n"
			"B are records, folders of records as 'finwait run --out' keeps them"
			" (compared probe by\n"
			"probe), or kernels of the last 'finwait matrix --out DIR'. Two files may "
			"be"
			" one probe's\n"
			"over IPv4 and IPv6. Ports, initial sequence numbers and the time of day "
			"are"
			" not compared;\n"
			"times are the same within the timers' own rounding, which is stated.\n"
			"\n"
			"With --kernel it runs the probes itself, as matrix does:\n"
			"  diff --kernel K,K [ID|GLOB...]     on both kernels\n"
			"  diff --kernel K A [ID|GLOB...]     the probes that A has records of,"
			" asked as they were:\n"
			"                      quick or faithful, with their --set, --param and"
			" --seed ('host' has\n"
			"                      no --seed); what is said here comes after that and"
			" wins\n",
			"Exit: 0 the same, 1 they differ, 2 usage, 3 could not be read or carried"
			" out.\n",
		},
	[COMMAND_DOCTOR] =
		{
			"doctor",
			command_doctor,
			"doctor",
			"what this machine and these privileges allow",
			"Tries everything finwait can use and says what is missing and what would"
			" help.\n",
			NULL,
		},
	[COMMAND_NEW] =
		{
			"new",
			command_new,
			"new ID",
			"a probe of your own to start from",
			"Writes ID.c, a probe that compiles, runs and passes: 'finwait run ./ID.c'"
			" does all of\n"
			"that, without finwait being built again.\n",
			NULL,
		},
	[COMMAND_SCHEMA] =
		{
			"schema",
			command_schema,
			"schema",
			"the record's format, as JSON Schema",
			"Prints a JSON Schema (draft 2020-12) that every line of a record, and of"
			" --json, meets.\n"
			"docs/record.md says the same for people.\n",
			NULL,
		},
	[COMMAND_HELP] =
		{
			"help",
			NULL,
			"help [COMMAND]",
			"what finwait or one of its commands does",
			"The same as 'finwait COMMAND --help'.\n",
			NULL,
		},
};

static_assert(sizeof(commands) / sizeof(commands[0]) == COMMAND_COUNT, "a command has no row");

static void usage(FILE *out)
{
	fprintf(out,
	        "finwait %s: asks a real Linux kernel a question about TCP, and shows, proves"
	        " and keeps the answer.\n\nusage: finwait COMMAND ...\n\n",
	        FINWAIT_VERSION);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-38s %s\n", commands[i].synopsis, commands[i].summary);
	fprintf(out, "\n'finwait COMMAND --help' says more.\n"
	             "Exit: 0 as predicted, 1 a model failed, 2 usage, 3 not carried out or"
	             " inconclusive, 4 all skipped.\n");
}

static void command_help(enum command_id id)
{
	const struct command *command = &commands[id];

	printf("usage: finwait %s\n\n%s", command->synopsis, command->help);
	if (options_any(id)) {
		putchar('\n');
		options_print(id, stdout);
	}
	if (command->more)
		printf("\n%s", command->more);
}

/* COMMAND_COUNT: there is none of that name. */
static enum command_id command_find(const char *name)
{
	int id = 0;

	while (id < COMMAND_COUNT && strcmp(commands[id].name, name) != 0)
		id++;
	return (enum command_id)id;
}

static int command_unknown(const char *name)
{
	return cli_say(EXIT_USAGE, "there is no command '%s' ('finwait --help' shows all)", name);
}

static int help(int argc, char **argv)
{
	enum command_id id = argc > 1 ? command_find(argv[1]) : COMMAND_COUNT;

	if (argc > 2)
		return cli_say(EXIT_USAGE, "help takes one command, not '%s' as well", argv[2]);
	if (argc > 1 && id == COMMAND_COUNT)
		return command_unknown(argv[1]);
	if (argc > 1)
		command_help(id);
	else
		usage(stdout);
	return EXIT_AS_PREDICTED;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static int command_dispatch(int argc, char **argv)
{
	enum command_id id = command_find(argv[0]);

	if (is_help(argv[0]) || (id == COMMAND_HELP && !wants_help(argc, argv)))
		return help(argc, argv);
	if (id == COMMAND_COUNT)
		return command_unknown(argv[0]);
	if (!wants_help(argc, argv))
		return commands[id].run(argc, argv);
	command_help(id);
	return EXIT_AS_PREDICTED;
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
	/* Both are errors of write(2) then, which say what could not be written. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return cli_say(EXIT_NOT_RUN, "cannot ignore signals: %s", strerror(errno));
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("finwait %s\n", FINWAIT_VERSION);
		return cli_finish(EXIT_AS_PREDICTED);
	}
	if (!slack_read(&slack))
		return cli_say(EXIT_USAGE, "FINWAIT_SLACK_MS wants 0 to 10000, not '%s'",
		               getenv("FINWAIT_SLACK_MS"));
	return cli_finish(command_dispatch(argc - 1, argv + 1));
}
