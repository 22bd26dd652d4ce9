// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"

#include <assert.h>
#include <string.h>

#include "../base/nearest.h"
#include "cli.h"

static const struct command commands[] = {
	[COMMAND_LIST] =
		{
			.name = "list",
			.run = command_list,
			.synopsis = "list [OPTION...]",
			.summary = "the probes by chapter, and what the last run came to",
			.help = "Lists every probe under its chapter: its id, the letters of the "
				"articles, its title, the ids of its claims where they are others, "
				"and the verdict of the last run where there was one. A * marks "
				"those that need minutes: they run when named, or with --faithful.",
			.prints_only = true,
		},
	[COMMAND_SHOW] =
		{
			.name = "show",
			.run = command_show,
			.synopsis = "show NAME [--out DIR]",
			.summary = "a probe, claim, sysctl, errno or counter in words",
			.help = "Explains a probe: what it asks, what the articles say, the "
				"sysctls and parameters it sets (quick and --faithful), the kernel "
				"functions that decide the answer, and what the last run found. "
				"NAME may also be a claim, a glob of probes, a sysctl or socket "
				"option, an errno (ECONNRESET), a counter (TcpExt.TCPTimeouts) or "
				"a state: then it says what that is and which probes have to do "
				"with it.",
			.prints_only = true,
			.words = WORDS_PROBES | WORDS_EFFECTS,
		},
	[COMMAND_ASK] =
		{
			.name = "ask",
			.run = command_ask,
			.synopsis = "ask WORDS",
			.summary = "the probes that answer a question in plain words",
			.help = "Finds the probes whose titles, questions, claims, sysctls, "
				"errors, counters and states fit the words best, and says how to "
				"run each: finwait ask FIN_WAIT2 stuck for hours",
			.prints_only = true,
		},
	[COMMAND_ARTICLE] =
		{
			.name = "article",
			.run = command_article,
			.synopsis = "article [LETTER] [OPTION...]",
			.summary = "one article's claims, in order, with verdicts",
			.help = "Puts the claims of an article to this kernel, or those of "
				"--kernel, and prints for each what it says, what was measured and "
				"the verdict. Without a letter: the articles.",
			.words = WORDS_ARTICLES,
		},
	[COMMAND_SYSCTL] =
		{
			.name = "sysctl",
			.run = command_sysctl,
			.synopsis = "sysctl [NAME]",
			.summary = "what a sysctl or socket option really does, and who shows it",
			.help = "Says in a sentence what the kernel does with it and which "
				"function decides, the value in force here, and which probes show "
				"its effect. Without a name: all of them.",
			.prints_only = true,
			.words = WORDS_EFFECTS,
		},
	[COMMAND_RUN] =
		{
			.name = "run",
			.run = command_run,
			.synopsis = "run [ID|GLOB|FILE.c...] [OPTION...]",
			.summary = "ask the kernel",
			.help = "Runs probes side by side, each in namespaces of its own, and "
				"prints what the article says, what the model predicts and what "
				"was measured. Without an ID: all that are quick. A path "
				"(./my.probe.c, or a folder of such files) is compiled and run as "
				"it is.",
			.more = "FINWAIT_SLACK_MS (10) is how late a timer may be beyond the "
				"kernel's own rounding.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_BASELINE] =
		{
			.name = "baseline",
			.run = command_baseline,
			.synopsis = "baseline save|check [ID|GLOB|FILE.c...] [OPTION...]",
			.summary = "keep what a kernel answers, and say what has changed",
			.help = "Runs probes as 'finwait run' does, with its options. A finding is "
				"as expected when what was measured, its verdict and whether the "
				"model held are; what finwait itself predicts may have changed.",
			.forms =
				{
					{"baseline save [ID...] [--out DIR]",
                                         "keeps the records in DIR (baseline)"},
					{"baseline check [ID...] [--expect DIR]",
                                         "says what is not as in DIR (baseline)"},
				},
			.more = "Exit of check: 0 as kept, 1 a finding has changed, 2 usage, 3 not "
				"all was answered.",
			.words = WORDS_FORMS | WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_WATCH] =
		{
			.name = "watch",
			.run = command_watch,
			.synopsis = "watch ID|FILE.c [OPTION...]",
			.summary = "see it happen: a ladder that grows while the probe runs",
			.help = "Runs a probe on the kernel that runs here and draws its ladder as "
				"things happen; a terminal also shows what the probe waits for "
				"and for how long at most. Then the findings, and the record, as "
				"from 'finwait run'. ^ before a time: that came to be known later "
				"than what is drawn above it.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_LADDER] =
		{
			.name = "ladder",
			.run = command_ladder,
			.synopsis = "ladder ID [--svg FILE] [--markdown]",
			.summary = "draw what happened in the last run",
			.help = "Draws the record that 'finwait run' kept: both ends' states in "
				"their lanes, packets as arrows, what was lost and by which rule. "
				"ID may be a file, too. With --svg it is a picture for a "
				"browser or a document, light and dark.",
			.prints_only = true,
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_JUDGE] =
		{
			.name = "judge",
			.run = command_judge,
			.synopsis = "judge RECORD... [FILE.c...]",
			.summary = "judge kept records anew",
			.help = "Judges records (files, or folders of them) by the rules of this "
				"build: the kernel is not asked again. A record is judged with the "
				"slack it was run with; one of a probe of your own with its file: "
				"finwait judge out ./my.probe.c",
			.words = WORDS_FILES,
		},
	[COMMAND_REPORT] =
		{
			.name = "report",
			.run = command_report,
			.synopsis = "report [RECORD...] [--since DIR] [-o FILE]",
			.summary = "a page of kept records",
			.help = "Writes one HTML file from records (files, folders of them, or "
				"folders of such; out): the verdicts, the findings and the "
				"ladders, for a browser "
				"that need not be online. Records of several kernels stand beside "
				"one another, what differs marked: finwait report out after "
				"'finwait matrix --out out'. Records that were not asked alike are "
				"kept "
				"apart, too: by kernel, clock, privilege, version, settings.",
			.words = WORDS_FILES,
		},
	[COMMAND_MAP] =
		{
			.name = "map",
			.run = command_map,
			.synopsis = "map [RECORD...] [-o FILE]",
			.summary = "the states of TCP, and which ways kept records show",
			.help = "Draws RFC 9293's state diagram with Linux's own states and ways "
				"as SVG. Each way is coloured by whether the records (files, or "
				"folders of them; out) show it; a pointer is told which probes "
				"do, and the kernel function. What the RFC has and Linux has not "
				"is marked, and so is what was seen and is not on the map.",
			.words = WORDS_FILES,
		},
	[COMMAND_KERNEL] =
		{
			.name = "kernel",
			.run = command_kernel,
			.synopsis = "kernel list|fetch|rm",
			.summary = "Debian kernels for run --kernel",
			.help = "The packages come from the Debian mirror of this machine's apt "
				"set-up, through apt with lists of its own, into "
				"XDG_CACHE_HOME/finwait (~/.cache/finwait).",
			.forms =
				{
					{"kernel list [--all]",
                                         "what has been fetched, and the disk space it takes; "
                                         "or all that the mirror offers, with their suites"},
					{"kernel fetch VERSION...",
                                         "download and unpack, never install: 6.12, 6.1.192, a "
                                         "release as uname -r says it, or newest"},
					{"kernel rm VERSION...",
                                         "remove it, and what was made of it"},
				},
			.words = WORDS_FORMS | WORDS_KERNELS,
		},
	[COMMAND_MATRIX] =
		{
			.name = "matrix",
			.run = command_matrix,
			.synopsis = "matrix [ID|GLOB...] --kernel K,K...",
			.summary = "ask several kernels",
			.help = "Runs probes on each kernel and prints one table: a row a finding, "
				"a column a kernel, what differs marked. 'host' is the kernel that "
				"runs here; the others are as for 'finwait run --kernel'. A kernel "
				"that cannot be run costs its column, no more.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_SWEEP] =
		{
			.name = "sweep",
			.run = command_sweep,
			.synopsis =
				"sweep [ID|GLOB|FILE.c...] --set SYSCTL=LIST... --kernel K,K...",
			.summary = "ask with every combination of values",
			.help = "Runs probes with each value of each LIST, on each kernel, and "
				"prints what was predicted and measured for each value: a block a "
				"finding that varies, by the settings it varies with; what is not "
				"as predicted comes first. In guests nothing is asked twice: "
				"answers are kept ('finwait store'), so that a sweep that was "
				"interrupted goes on where it was, and one that grows asks what is "
				"new. What 'host' answers takes real time, and is not kept.",
			.more = "Exit: as for run; with --verify also 1 where an answer is not the "
				"one that is kept.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_BISECT] =
		{
			.name = "bisect",
			.run = command_bisect,
			.synopsis = "bisect [ID|GLOB|FILE.c...] --kernel GOOD..BAD",
			.summary = "between which two kernels a finding changed",
			.help = "Asks both ends. What they answer otherwise (another measured "
				"value, another verdict, a model that holds or fails) changed "
				"between them: it asks a kernel in the middle, and so on, until it "
				"is known between which two. A kernel that does not boot, lacks "
				"what a probe needs or was inconclusive is stepped over. Nothing "
				"is asked twice: answers are kept ('finwait store').",
			.more = "Exit: 0 found, 1 both ends answer alike, 2 usage, 3 an end did "
				"not answer, or only kernels that do not are left between two.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_HISTORY] =
		{
			.name = "history",
			.run = command_history,
			.synopsis = "history [ID|GLOB|FILE.c...] [OPTION...]",
			.summary = "when each finding changed, over all kernels",
			.help = "Asks every kernel that has been fetched, oldest first, or reads "
				"what it has answered ('finwait store'), and prints a line for "
				"each finding that changed: what was measured from which version "
				"to which. Those that are the same everywhere are counted.",
			.more = "Exit: as for run.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_STORE] =
		{
			.name = "store",
			.run = command_store,
			.synopsis = "store [list|check|prune]",
			.summary = "the answers that are kept",
			.help = "In virtual time a run is a function of what it is given, so that "
				"an answer may be kept: in XDG_CACHE_HOME/finwait/answers "
				"(~/.cache/finwait/answers). An answer is found again by the "
				"program, the kernel with its modules, QEMU and the question with "
				"all its settings: one of another build is never taken for this "
				"one's.",
			.forms =
				{
					{"store list",
                                         "how many there are, by kernel, and the disk "
                                         "space they take"},
					{"store check",
                                         "read them all: exit 1 where one cannot be used"},
					{"store prune [--older DAYS|--all]",
                                         "remove answers, and what was left by somebody who was "
                                         "killed while he wrote one"},
				},
			.words = WORDS_FORMS,
		},
	[COMMAND_DIFF] =
		{
			.name = "diff",
			.run = command_diff,
			.synopsis = "diff A B [ID|GLOB|FILE.c...]",
			.summary = "what two records or kernels differ in",
			.help = "Compares findings, the states of each socket and the packets that "
				"each end sent. A and B are records, folders of records as "
				"'finwait run --out' keeps them (compared probe by probe), or "
				"kernels of the last 'finwait matrix --out DIR'. Two files may be "
				"one probe's over IPv4 and IPv6. Ports, initial sequence numbers "
				"and the time of day are not compared; times are the same within "
				"the timers' own rounding, which is stated. With --kernel it runs "
				"the probes itself, as matrix does.",
			.forms =
				{
					{"diff --kernel K,K [ID|GLOB...]", "on both kernels"},
					{"diff --kernel K A [ID|GLOB...]",
                                         "the probes that A has records of, asked as they were: "
                                         "quick or faithful, with their --set, --param and --seed "
                                         "('host' has no --seed); what is said here comes after "
                                         "that and wins"},
				},
			.more = "Exit: 0 the same, 1 they differ, 2 usage, 3 could not be read or "
				"carried out.",
			.words = WORDS_PROBES | WORDS_FILES,
		},
	[COMMAND_DOCTOR] =
		{
			.name = "doctor",
			.run = command_doctor,
			.synopsis = "doctor",
			.summary = "what this machine and these privileges allow",
			.help = "Tries everything finwait can use and says what is missing and "
				"what would help.",
		},
	[COMMAND_NEW] =
		{
			.name = "new",
			.run = command_new,
			.synopsis = "new ID",
			.summary = "a probe of your own to start from",
			.help = "Writes ID.c, a probe that compiles, runs and passes: 'finwait run "
				"./ID.c' does all of that, without finwait being built again.",
		},
	[COMMAND_SCHEMA] =
		{
			.name = "schema",
			.run = command_schema,
			.synopsis = "schema",
			.summary = "the record's format, as JSON Schema",
			.help = "Prints a JSON Schema (draft 2020-12) that every line of a record, "
				"and of --json, meets. docs/record.md says the same for people.",
			.prints_only = true,
		},
	[COMMAND_COMPLETION] =
		{
			.name = "completion",
			.run = command_completion,
			.synopsis = "completion bash|zsh|fish",
			.summary = "a completion script for a shell",
			.help = "Prints a script that completes commands, options, probes, "
				"sysctls, parameters and kernels: eval \"$(finwait completion "
				"bash)\" for this shell; 'make install' has put them where shells "
				"look. The script asks 'finwait completion words -- WORD...', "
				"which prints a candidate a line.",
			.words = WORDS_SHELLS,
			.prints_only = true,
		},
	[COMMAND_HELP] =
		{
			.name = "help",
			.run = command_help,
			.synopsis = "help [COMMAND]",
			.summary = "what finwait or one of its commands does",
			.help = "The same as 'finwait COMMAND --help'.",
			.prints_only = true,
			.words = WORDS_COMMANDS,
		},
};

static_assert(sizeof(commands) / sizeof(commands[0]) == COMMAND_COUNT, "a command has no row");

const struct command *command_of(enum command_id id)
{
	return &commands[id];
}

enum command_id command_find(const char *name)
{
	int id = 0;

	while (id < COMMAND_COUNT && strcmp(commands[id].name, name) != 0)
		id++;
	return (enum command_id)id;
}

int command_refuse(const char *name)
{
	char words[NEAREST_MOST * NEAREST_LENGTH + 40];
	struct nearest nearest;

	nearest_start(&nearest, name);
	for (int id = 0; id < COMMAND_COUNT; id++)
		nearest_try(&nearest, commands[id].name);
	return cli_say(
		EXIT_USAGE, "there is no command '%s'%s", name,
		nearest_words(&nearest, " ('finwait --help' shows all)", words, sizeof(words)));
}

/* "list" of "kernel list"; its length. */
static size_t form_word(const struct command *command, const struct command_form *form,
                        const char **word)
{
	*word = form->synopsis + strlen(command->name) + 1;
	return strcspn(*word, " ");
}

int form_refuse(enum command_id id, const char *word)
{
	const struct command *command = command_of(id);
	char words[NEAREST_MOST * NEAREST_LENGTH + 40], all[80] = "", name[NEAREST_LENGTH];
	struct nearest nearest;
	size_t used = 0;

	nearest_start(&nearest, word);
	for (const struct command_form *form = command->forms; form->synopsis; form++) {
		const char *at;
		size_t length = form_word(command, form, &at);

		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		nearest_try(&nearest, name);
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", used ? ", " : " (",
		                         name);
	}
	snprintf(all + used, sizeof(all) - used, ")");
	return cli_say(EXIT_USAGE, "%s has no '%s'%s", command->name, word,
	               nearest_words(&nearest, all, words, sizeof(words)));
}
