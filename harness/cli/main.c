// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../base/slack.h"
#include "../vm/guest.h"

static const struct command commands[] = {
	{"list", command_list, "list", "the probes and the claims they judge",
         "Lists every probe: its id, its title and the ids of its claims.\n"
         "A * marks those that need minutes: they run when named, or with --faithful.\n"},
	{"show", command_show, "show ID", "one probe: question, claims, sysctls, kernel path",
         "Explains a probe: what it asks, what the articles say, the sysctls and parameters it\n"
         "sets (quick and --faithful), and the kernel functions that decide the answer.\n"},
	{"run", command_run, "run [ID|GLOB...] [OPTION...]", "ask the kernel",
         "Runs probes side by side, each in namespaces of its own, and prints what the article\n"
         "says, what the model predicts and what was measured. Without an ID: all that are quick.\n"
         "\n"
         "  --set [client:|server:]SYSCTL=VALUE  in force before the first socket (net.ipv4. may\n"
         "                      be left out); the prediction follows it; of several the last wins\n"
         "  --param NAME=VALUE  a parameter of the probe, see 'finwait show ID'\n"
         "  --faithful          the articles' own conditions: minutes instead of seconds\n"
         "  --kernel K          in a virtual machine that runs Debian's kernel K ('finwait "
         "kernel'), or\n"
         "                      the one of a path: VMLINUZ, VMLINUZ:MODULES, a folder\n"
         "  --clock virtual|real  virtual: faithful hours pass in a second, the same to the byte "
         "each\n"
         "                      time; real: by KVM where it works\n"
         "  --quick             with --kernel: not --faithful, which is the rule there\n"
         "  --phases K          with --kernel: K times, begun at other moments of the timer "
         "wheel;\n"
         "                      says how far apart the findings lie (virtual clock only)\n"
         "  --seed N            with --kernel: other ports and sequence numbers\n"
         "  -j N                at most N probes at a time (all)\n"
         "  --time-limit S      end a probe that takes longer than S seconds (900)\n"
         "  --ladder            draw each probe's ladder after the table\n"
         "  --json              the record as JSON Lines (finwait/1) instead of the table\n"
         "  --tap               KTAP instead of the table\n"
         "  --out DIR           keep the records there, a file a probe (out)\n"
         "  -v                  more of everything in the table\n"
         "\n"
         "FINWAIT_SLACK_MS (10) is how late a timer may be beyond the kernel's own rounding.\n"},
	{"ladder", command_ladder, "ladder ID [--out DIR]", "draw what happened in the last run",
         "Draws the record that 'finwait run' kept in DIR (out): both ends' states in their\n"
         "lanes, packets as arrows, what was lost and by which rule. ID may be a file, too.\n"},
	{"kernel", command_kernel, "kernel list|fetch|rm", "Debian kernels for run --kernel",
         "  kernel list             what has been fetched, and the disk space it takes\n"
         "  kernel fetch VERSION... download and unpack, never install: 6.12, 6.1.192, a release "
         "as\n"
         "                          uname -r says it, or newest\n"
         "  kernel rm VERSION...    remove it, and what was made of it\n"
         "\n"
         "The packages come from the Debian mirror of this machine's apt set-up, through apt with\n"
         "lists of its own, into XDG_CACHE_HOME/finwait (~/.cache/finwait).\n"},
	{"matrix", command_matrix, "matrix [ID|GLOB...] --kernel K,K...", "ask several kernels",
         "Runs probes on each kernel and prints one table: a row a finding, a column a kernel,\n"
         "what differs marked. 'host' is the kernel that runs here; the others are as for\n"
         "'finwait run --kernel'. A kernel that cannot be run costs its column, no more.\n"
         "\n"
         "  --kernel K,K...     which kernels, in this order\n"
         "  --from NAME=DIR     a column of records that were kept in DIR; with the ranges of "
         "those\n"
         "                      that were run with --phases\n"
         "  --out DIR           keep the records there, DIR/KERNEL/ID.jsonl (out)\n"
         "  --phases K          as for run: each cell has the range over K timer phases\n"
         "  --set, --param, --faithful, --quick, --clock, --seed, -j, --time-limit: as for run, "
         "for\n"
         "                      all kernels alike; --quick is the rule when 'host' is among "
         "them\n"},
	{"diff", command_diff, "diff A B [ID|GLOB...]", "what two records or kernels differ in",
         "Compares findings, the states of each socket and the packets that each end sent. A and\n"
         "B are records, folders of records as 'finwait run --out' keeps them (compared probe by\n"
         "probe), or kernels of the last 'finwait matrix --out DIR'. Ports, initial sequence\n"
         "numbers and the time of day are not compared; times are the same within the timers'\n"
         "own rounding, which is stated.\n"
         "\n"
         "With --kernel it runs the probes itself, as matrix does:\n"
         "  diff --kernel K,K [ID|GLOB...]     on both kernels\n"
         "  diff --kernel K A [ID|GLOB...]     the probes that A has records of, asked as they "
         "were:\n"
         "                      quick or faithful, with their --set, --param and --seed ('host' "
         "has\n"
         "                      no --seed); what is said here comes after that and wins\n"
         "\n"
         "  --kernel K          once or twice, or K,K; 'host' is the kernel that runs here\n"
         "  --out DIR           where matrix kept its records and where the new ones go, "
         "DIR/KERNEL/\n"
         "                      ID.jsonl (out)\n"
         "  --set, --param, --faithful, --quick, --clock, --seed, -j, --time-limit: as for "
         "matrix\n"
         "\n"
         "Exit: 0 the same, 1 they differ, 2 usage, 3 could not be read or carried out.\n"},
	{"doctor", command_doctor, "doctor", "what this machine and these privileges allow",
         "Tries everything finwait can use and says what is missing and what would help.\n"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *about;
static char said[4608]; /* a path and some words */

void cli_about(const char *what)
{
	about = what;
	said[0] = '\0';
}

const char *cli_said(void)
{
	return said;
}

int cli_say(enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	fprintf(stderr, "finwait: %s%s%s\n", about ? about : "", about ? ": " : "", said);
	return code;
}

int cli_fault(enum exit_code code, const struct fault *fault)
{
	char text[512];

	return cli_say(code, "%s", fault_text(fault, text, sizeof(text)));
}

int cli_finish(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	return cli_say(EXIT_NOT_RUN, "cannot write to standard output: %s", strerror(errno));
}

struct report_style cli_style(void)
{
	const char *no_colour = getenv("NO_COLOR");
	struct winsize size = {0};
	bool terminal = isatty(STDOUT_FILENO);

	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		size.ws_col = 0;
	return (struct report_style){
		.colour = terminal && !(no_colour && *no_colour),
		.width = size.ws_col ? size.ws_col : 110,
	};
}

static void usage(FILE *out)
{
	fprintf(out,
	        "finwait %s: asks a real Linux kernel a question about TCP, and shows, proves"
	        " and keeps the answer.\n\nusage: finwait COMMAND ...\n\n",
	        FINWAIT_VERSION);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-32s %s\n", commands[i].synopsis, commands[i].summary);
	fprintf(out, "\n'finwait COMMAND --help' says more.\n"
	             "Exit: 0 as predicted, 1 a model failed, 2 usage, 3 not carried out or"
	             " inconclusive, 4 all skipped.\n");
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static int command_dispatch(const struct command *command, int argc, char **argv)
{
	if (wants_help(argc, argv)) {
		printf("usage: finwait %s\n\n%s", command->synopsis, command->help);
		return EXIT_AS_PREDICTED;
	}
	return command->run(argc, argv);
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
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return cli_say(EXIT_NOT_RUN, "cannot ignore SIGPIPE");
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return cli_finish(EXIT_AS_PREDICTED);
	}
	if (!strcmp(argv[1], "--version")) {
		printf("finwait %s\n", FINWAIT_VERSION);
		return cli_finish(EXIT_AS_PREDICTED);
	}
	if (!slack_read(&slack))
		return cli_say(EXIT_USAGE, "FINWAIT_SLACK_MS wants 0 to 10000, not '%s'",
		               getenv("FINWAIT_SLACK_MS"));
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return cli_finish(command_dispatch(&commands[i], argc - 1, argv + 1));
	return cli_say(EXIT_USAGE, "there is no command '%s' ('finwait --help' shows all)",
	               argv[1]);
}
