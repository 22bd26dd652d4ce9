// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <getopt.h>
#include <string.h>

#include "../base/nearest.h"
#include "cli.h"
#include "commands.h"
#include "format.h"

#define RUN (1U << COMMAND_RUN | 1U << COMMAND_BASELINE) /* which is a run, too */
#define WATCH (1U << COMMAND_WATCH)
#define MATRIX (1U << COMMAND_MATRIX)
#define SWEEP (1U << COMMAND_SWEEP)
#define BISECT (1U << COMMAND_BISECT)
#define HISTORY (1U << COMMAND_HISTORY)
#define STORE (1U << COMMAND_STORE)
#define DIFF (1U << COMMAND_DIFF)
#define LADDER (1U << COMMAND_LADDER)
#define JUDGE (1U << COMMAND_JUDGE)
#define REPORT (1U << COMMAND_REPORT)
#define MAP (1U << COMMAND_MAP)
#define ARTICLE (1U << COMMAND_ARTICLE)
#define LIST (1U << COMMAND_LIST)
#define SHOW (1U << COMMAND_SHOW)
#define SYSCTL (1U << COMMAND_SYSCTL)
#define HELP (1U << COMMAND_HELP)
#define ASK (1U << COMMAND_ASK)
#define KERNEL (1U << COMMAND_KERNEL)
#define DOCTOR (1U << COMMAND_DOCTOR)
#define EVERY (1U << COMMAND_COUNT) /* those that are for all commands */
#define TABLES                                                                                     \
	(LIST | SHOW | SYSCTL | ASK | KERNEL | STORE | DOCTOR | MATRIX | DIFF | ARTICLE | IN_ORDER)
#define ASKING (RUN | MATRIX | DIFF | ARTICLE) /* commands that run probes */
#define IN_ORDER (BISECT | HISTORY) /* kernels in guests alone, one after another */
#define HOST_TOO (ASKING | WATCH) /* and one that does so on the host alone */
#define SWEEP_TOO (ASKING | SWEEP | IN_ORDER) /* and one that does so with many values */
#define ALL_ASKING (HOST_TOO | SWEEP | IN_ORDER)

/* In the order in which a help shows them; an option may differ between commands. */
static const struct option_row rows[] = {
	{OPTION_SET, 0, "set", "[client:|server:]SYSCTL=VALUE", HOST_TOO | IN_ORDER, WORDS_SYSCTLS,
         "in force before the first socket (net.ipv4. may be left out); the prediction follows it; "
         "of several the last wins"},
	{OPTION_PARAM, 0, "param", "NAME=VALUE", HOST_TOO | IN_ORDER, WORDS_PARAMS,
         "a parameter of the probe, see 'finwait show ID'"},
	{OPTION_SET, 0, "set", "[client:|server:]SYSCTL=LIST", SWEEP, WORDS_SYSCTLS,
         "every value of LIST in turn: 0..10, 1,30,59..61, 0..100/10 (by tens), reno,cubic"},
	{OPTION_PARAM, 0, "param", "NAME=LIST", SWEEP, WORDS_PARAMS,
         "the same of a parameter of the probe, see 'finwait show ID'"},
	{OPTION_FAITHFUL, 0, "faithful", NULL, ALL_ASKING, 0,
         "the articles' own conditions: minutes instead of seconds"},
	{OPTION_ARTICLE, 0, "article", "LETTER", RUN, WORDS_ARTICLES,
         "only probes that judge a claim of that article ('finwait article')"},
	{OPTION_IPV4, '4', NULL, NULL, ALL_ASKING, 0, "over IPv4, which is the rule"},
	{OPTION_IPV6, '6', NULL, NULL, ALL_ASKING, 0,
         "over IPv6: each row's id has .6 behind it; -46: over both"},
	{OPTION_KERNEL, 0, "kernel", "K", RUN, WORDS_KERNELS | WORDS_FILES,
         "in a virtual machine that runs Debian's kernel K ('finwait kernel'), or the one of a "
         "path: VMLINUZ, VMLINUZ:MODULES, a folder"},
	{OPTION_KERNEL, 0, "kernel", "K,K...", MATRIX | ARTICLE | SWEEP, WORDS_KERNELS | WORDS_HOST,
         "which kernels, in this order; 'host' is the one that runs here"},
	{OPTION_KERNEL, 0, "kernel", "K", DIFF, WORDS_KERNELS | WORDS_HOST,
         "once or twice, or K,K; 'host' is the kernel that runs here"},
	{OPTION_KERNEL, 0, "kernel", "GOOD..BAD", BISECT, WORDS_KERNELS | WORDS_FOLDERS,
         "the two ends, and those between them that have been fetched, of one flavour; or a "
         "folder of built kernels: each vmlinuz with its modules, or folder with boot/ and "
         "lib/modules/"},
	{OPTION_KERNEL, 0, "kernel", "K,K...", HISTORY, WORDS_KERNELS | WORDS_FOLDERS,
         "these alone, in order of their versions; each may be a range (6.1..7.3) or a folder of "
         "built kernels"},
	{OPTION_ALL, 0, "all", NULL, IN_ORDER, 0,
         "those that this machine's mirror offers, too, each fetched when it is asked"},
	{OPTION_FROM, 0, "from", "NAME=DIR", MATRIX, 0,
         "a column of records that were kept in DIR; with the ranges of those that were run with "
         "--phases"},
	{OPTION_CLOCK, 0, "clock", "virtual|real", ASKING, WORDS_CHOICES,
         "with --kernel: virtual: faithful hours pass in a second, the same to the byte each time; "
         "real: by KVM where it works"},
	{OPTION_QUICK, 0, "quick", NULL, RUN, 0,
         "with --kernel: not --faithful, which is the rule there"},
	{OPTION_QUICK, 0, "quick", NULL, IN_ORDER, 0, "not --faithful, which is the rule"},
	{OPTION_QUICK, 0, "quick", NULL, MATRIX | DIFF | ARTICLE | SWEEP, 0,
         "not --faithful; the rule where 'host' is among the kernels"},
	{OPTION_PHASES, 0, "phases", "K", RUN, 0,
         "with --kernel: K times, begun at other moments of the timer wheel; says how far apart "
         "the findings lie (virtual clock only)"},
	{OPTION_PHASES, 0, "phases", "K", MATRIX, 0,
         "as for run: each cell has the range over K timer phases"},
	{OPTION_PHASES, 0, "phases", "K", SWEEP, 0,
         "each point K times, begun at other moments of the timer wheel"},
	{OPTION_SEED, 0, "seed", "N", SWEEP_TOO, 0,
         "with --kernel: other ports and sequence numbers"},
	{OPTION_JOBS, 'j', NULL, "N", SWEEP_TOO, 0,
         "at most N probes at a time (eight a processor, all where they are --faithful; with "
         "--kernel one a processor)"},
	{OPTION_TIME_LIMIT, 0, "time-limit", "S", ALL_ASKING, 0,
         "end a probe that takes longer than S seconds (900)"},
	{OPTION_LIVE, 0, "live", NULL, 1U << COMMAND_RUN, 0,
         "one probe, on the kernel that runs here, its ladder drawn as it happens: 'finwait "
         "watch'"},
	{OPTION_LADDER, 0, "ladder", NULL, RUN | JUDGE, 0,
         "draw each probe's ladder after the table"},
	{OPTION_FORMAT, 0, "format", "text|json|jsonl|markdown|csv|tap|junit", RUN | JUDGE,
         WORDS_CHOICES,
         "the table (text), a row a finding as JSON, Markdown or CSV, the record (jsonl), KTAP "
         "(tap) or JUnit's XML"},
	{OPTION_FORMAT, 0, "format", "text|json|jsonl|markdown|csv", TABLES, WORDS_CHOICES,
         "a table for people (text), rows as an array or lines of JSON, as Markdown for an issue "
         "or a chat, as CSV for a spreadsheet"},
	{OPTION_FORMAT, 0, "format", "json|jsonl|markdown|csv", MAP, WORDS_CHOICES,
         "a row a way instead of the picture: what it is, where it is from, which probes show it"},
	{OPTION_FORMAT, 0, "format", "text|markdown", LADDER, WORDS_CHOICES, "of the ladder"},
	{OPTION_MARKDOWN, 0, "markdown", NULL, LADDER, 0,
         "--format markdown: a heading and a block of code, for an issue or a chat"},
	{OPTION_JSON, 0, "json", NULL, RUN | JUDGE, 0,
         "--format jsonl: the record as JSON Lines (finwait/1) instead of the table"},
	{OPTION_FORMAT, 0, "format", "text|json|jsonl|markdown|csv", SWEEP, WORDS_CHOICES,
         "the table, as Markdown, too; or a row a point and finding (docs/sweep.md)"},
	{OPTION_JSON, 0, "json", NULL, SWEEP, 0,
         "--format jsonl: a line of JSON a point and finding instead of the table (docs/sweep.md)"},
	{OPTION_CSV, 0, "csv", "FILE", SWEEP, WORDS_FILES,
         "the same as comma-separated values, too ('-': standard output, instead of the table)"},
	{OPTION_OUT, 0, "out", "DIR", SWEEP, WORDS_FOLDERS,
         "keep the records there, too, DIR/KERNEL/, a file a point"},
	{OPTION_PLAN, 0, "plan", NULL, SWEEP, 0,
         "how many points there are, how many are kept, and what the others may take; asks none"},
	{OPTION_AGAIN, 0, "again", NULL, SWEEP | IN_ORDER, 0, "take nothing from the store"},
	{OPTION_VERIFY, 0, "verify", "N%", SWEEP, 0,
         "ask so many of the kept answers again: exit 1 where one is not the same to the byte"},
	{OPTION_SHARD, 0, "shard", "I/N", SWEEP, 0,
         "every Nth point alone, from I (0 to N-1) on, into the store; 'auto/N': I is "
         "SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX"},
	{OPTION_PLAN_FILE, 0, "plan-file", "FILE", SWEEP, WORDS_FILES,
         "write the sweep down, in chunks for other machines, and ask nothing; by itself: the "
         "sweep "
         "that FILE has (docs/scale.md)"},
	{OPTION_CHUNK, 0, "chunk", "N", SWEEP, 0,
         "with --plan-file FILE alone: ask the Nth chunk's points into the store, from 0 on; "
         "'auto': N is SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX"},
	{OPTION_CHUNKS, 0, "chunks", "N", SWEEP, 0,
         "for --plan-file and --slurm: into N chunks, instead of by what they may take"},
	{OPTION_SLURM, 0, "slurm", NULL, SWEEP, 0,
         "let an array of Slurm's ask what is missing; wait, and print what would be printed "
         "without it (docs/scale.md)"},
	{OPTION_PARTITION, 0, "partition", "P", SWEEP, 0, "with --slurm: in which partition"},
	{OPTION_MERGE, 0, "merge", "DIR", SWEEP, WORDS_FOLDERS,
         "take answers from DIR, too, the folder finwait/answers of another machine's cache, and "
         "keep them; may be given again"},
	{OPTION_IDS, 0, "ids", NULL, LIST, 0, "the ids alone, a line each"},
	{OPTION_JSON, 0, "json", NULL, LIST, 0, "--format jsonl: a line of JSON a probe"},
	{OPTION_JSON, 0, "json", NULL, KERNEL, 0, "--format jsonl: a line of JSON a kernel"},
	{OPTION_JSON, 0, "json", NULL, BISECT, 0,
         "--format jsonl: a line of JSON a finding that changed and kernel that was asked"},
	{OPTION_JSON, 0, "json", NULL, HISTORY, 0,
         "--format jsonl: a line of JSON a finding and span of kernels"},
	{OPTION_TAP, 0, "tap", NULL, RUN | JUDGE, 0,
         "--format tap: KTAP instead of the table, and kselftest's exit codes: 0 passed, 1 failed "
         "or not carried out, 4 all skipped or inconclusive"},
	{OPTION_JUNIT, 0, "junit", "FILE", RUN | JUDGE, WORDS_FILES,
         "what --format junit prints, too, into FILE: a test case a probe, for CI servers"},
	{OPTION_PCAPNG, 0, "pcapng", "DIR", RUN | JUDGE | REPORT, WORDS_FOLDERS,
         "the packets, too, for Wireshark: a capture file a probe, "
         "DIR/ID.pcapng, an interface for each end of the wire; a page links them"},
	{OPTION_OUT, 0, "out", "DIR", RUN | WATCH, WORDS_FOLDERS,
         "keep the records there, a file a probe (out)"},
	{OPTION_OUT, 0, "out", "DIR", LADDER | LIST | SHOW, WORDS_FOLDERS,
         "where 'finwait run' kept the records (out)"},
	{OPTION_SVG, 0, "svg", "FILE", LADDER, WORDS_FILES,
         "a picture instead, written into FILE ('-': standard output)"},
	{OPTION_HTML, 0, "html", "FILE", RUN, WORDS_FILES,
         "a page of what was found, too, as 'finwait report' makes it of the records"},
	{OPTION_HTML, 0, "html", "FILE", SWEEP, WORDS_FILES,
         "with --out: a page of the records there, too, where what varies is plotted"},
	{OPTION_SINCE, 0, "since", "DIR", RUN, WORDS_FILES | WORDS_FOLDERS,
         "with --html: on the page, too, what is not as in the records that a run kept in DIR; "
         "may be given again"},
	{OPTION_SINCE, 0, "since", "DIR", REPORT, WORDS_FILES | WORDS_FOLDERS,
         "on the page, too, what is not as in the records that a run kept in DIR: findings "
         "changed, "
         "added, gone; may be given again"},
	{OPTION_EXPECT, 0, "expect", "DIR", RUN | JUDGE, WORDS_FOLDERS,
         "what is not as in the records that a run kept in DIR, by finding; exit 1 only for that"},
	{OPTION_EXIT, 0, "exit", "bisect", RUN | JUDGE, WORDS_CHOICES,
         "as 'git bisect run' wants it: 0, 1, and 125 for what does not tell; put it first"},
	{OPTION_OUT, 'o', NULL, "FILE", REPORT, WORDS_FILES,
         "the page (report.html; '-': standard output)"},
	{OPTION_OUT, 'o', NULL, "FILE", MAP, WORDS_FILES,
         "the picture (map.svg; '-': standard output)"},
	{OPTION_OUT, 0, "out", "DIR", MATRIX | ARTICLE, WORDS_FOLDERS,
         "keep the records there, DIR/KERNEL/ID.jsonl (out)"},
	{OPTION_OUT, 0, "out", "DIR", DIFF, WORDS_FOLDERS,
         "where matrix kept its records and where the new ones go, DIR/KERNEL/ID.jsonl (out)"},
	{OPTION_OLDER, 0, "older", "DAYS", STORE, 0,
         "with prune: the answers that were put there more than DAYS days ago"},
	{OPTION_ALL, 0, "all", NULL, STORE, 0, "with prune: every answer"},
	{OPTION_ALL, 0, "all", NULL, KERNEL, 0,
         "with list: every point release, backport and flavour that this machine's mirror offers"},
	{OPTION_VERBOSE, 'v', NULL, NULL, RUN | JUDGE, 0,
         "the findings of each probe; again (-vv): the rules they rest on and the ladders"},
	{OPTION_VERBOSE, 'v', NULL, NULL, MATRIX, 0,
         "every row; else, of more than three probes, those without news are counted"},
	{OPTION_VERBOSE, 'v', NULL, NULL, LADDER, 0,
         "all of it: windows and options, counters, and of more than 64 connections every step"},
	{OPTION_DIFFERS, 0, "differs", NULL, MATRIX, 0, "only the rows where kernels disagree"},
	{OPTION_MAN, 0, "man", NULL, HELP, 0,
         "the sections COMMANDS and OPTIONS of finwait(1), in man(7)"},
	{OPTION_QUIET, 0, "quiet", NULL, EVERY, 0,
         "no progress and no advice; of a run only what is not as predicted"},
	{OPTION_ASCII, 0, "ascii", NULL, EVERY, 0, "ASCII alone, whatever the locale has"},
	{OPTION_HELP, 'h', "help", NULL, EVERY, 0, "what the command does, and its options"},
	{OPTION_VERSION, 0, "version", NULL, EVERY, 0, "of finwait"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define LONG_BASE 256 /* what getopt_long() returns for rows[0]; letters are below */

const char *option_name(const struct option_row *row)
{
	static char text[32];

	if (row->name)
		snprintf(text, sizeof(text), "--%s", row->name);
	else
		snprintf(text, sizeof(text), "-%c", row->letter);
	return text;
}

bool option_is_of(const struct option_row *row, enum command_id command)
{
	return row->commands & (1U << command);
}

static bool row_is_of(const struct option_row *row, enum command_id command)
{
	return row->commands & (1U << command | EVERY);
}

static void every_take(const struct option_row *row)
{
	if (row->id == OPTION_QUIET)
		cli_be_quiet();
	if (row->id == OPTION_ASCII)
		cli_keep_to_ascii();
}

/* Those that main() has looked for: whoever gets to getopt() wants something else. */
static bool row_is_mains(const struct option_row *row)
{
	return row->id == OPTION_HELP || row->id == OPTION_VERSION;
}

static const struct option_row *row_first(const char *word)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].id == OPTION_QUIET || rows[i].id == OPTION_ASCII) &&
		    !strcmp(word, option_name(&rows[i])))
			return &rows[i];
	return NULL;
}

bool option_stands_first(const char *word)
{
	return row_first(word) != NULL;
}

bool option_every_take(const char *word)
{
	const struct option_row *row = row_first(word);

	if (row)
		every_take(row);
	return row != NULL;
}

/* getopt's own tables of @command; @letters has ":" first and room for all. */
static void getopt_tables(enum command_id command, struct option *longs, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < ROWS; i++) {
		if (!row_is_of(&rows[i], command) || row_is_mains(&rows[i]))
			continue;
		if (rows[i].name)
			*longs++ = (struct option){
				rows[i].name, rows[i].argument ? required_argument : no_argument,
				NULL, LONG_BASE + (int)i};
		if (!rows[i].letter)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].argument)
			*letters++ = ':';
	}
	*letters = '\0';
	*longs = (struct option){0};
}

static const struct option_row *row_find(enum command_id command, int option)
{
	if (option >= LONG_BASE)
		return &rows[option - LONG_BASE];
	for (size_t i = 0; i < ROWS; i++)
		if (row_is_of(&rows[i], command) && rows[i].letter == option)
			return &rows[i];
	return NULL;
}

/* The option of @command that was meant by @word, "--long" or "--long=value". */
static const char *option_nearest(enum command_id command, const char *word, char *buf, size_t size)
{
	struct nearest nearest;
	char own[NEAREST_LENGTH];

	snprintf(own, sizeof(own), "%.*s", (int)strcspn(word, "="), word);
	nearest_start(&nearest, own);
	for (size_t i = 0; i < ROWS && !strncmp(word, "--", 2); i++)
		if (row_is_of(&rows[i], command))
			nearest_try(&nearest, option_name(&rows[i]));
	if (!nearest.count) {
		snprintf(buf, size, " ('finwait %s --help')", command_of(command)->name);
		return buf;
	}
	return nearest_words(&nearest, "", buf, size);
}

/* Of "-xy" getopt tells the letter, of "--long" the word before where it stands. */
static int option_refuse(enum command_id command, int option, char **argv)
{
	char words[NEAREST_MOST * NEAREST_LENGTH + 40];
	char letter[3] = {'-', (char)optopt, '\0'};
	const char *word = optopt && optopt < LONG_BASE ? letter : argv[optind - 1];

	if (option == ':')
		return cli_say(EXIT_USAGE, "%s wants a value", word);
	return cli_say(EXIT_USAGE, "%s has no option '%s'%s", argv[0], word,
	               option_nearest(command, word, words, sizeof(words)));
}

int options_parse(enum command_id command, int argc, char **argv, option_fn take, void *arg,
                  struct words *words)
{
	struct option longs[ROWS + 1];
	char letters[2 * ROWS + 2];
	const struct option_row *row;
	int option, code;

	getopt_tables(command, longs, letters);
	opterr = 0;
	while ((option = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (option == ':' || option == '?')
			return option_refuse(command, option, argv);
		row = row_find(command, option);
		if (row->commands == EVERY)
			every_take(row);
		else if ((code = option_is_format(row) ? format_take(command, row, optarg)
		                                       : take(arg, row, optarg)))
			return code;
	}
	words->items = (const char *const *)argv + optind;
	words->count = (size_t)(argc - optind);
	return 0;
}

const struct option_row *option_at(unsigned int i)
{
	return i < ROWS ? &rows[i] : NULL;
}

bool options_any(enum command_id command)
{
	for (size_t i = 0; i < ROWS; i++)
		if (option_is_of(&rows[i], command) && !option_is_format(&rows[i]))
			return true;
	return false;
}
