/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options: one table of all options. getopt, each command's help, and whatever else
 * lists options reads it.
 */
#ifndef FINWAIT_CLI_OPTIONS_H
#define FINWAIT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum command_id {
	COMMAND_LIST,
	COMMAND_SHOW,
	COMMAND_ASK,
	COMMAND_ARTICLE,
	COMMAND_SYSCTL,
	COMMAND_RUN,
	COMMAND_BASELINE,
	COMMAND_WATCH,
	COMMAND_LADDER,
	COMMAND_JUDGE,
	COMMAND_REPORT,
	COMMAND_MAP,
	COMMAND_KERNEL,
	COMMAND_MATRIX,
	COMMAND_SWEEP,
	COMMAND_BISECT,
	COMMAND_HISTORY,
	COMMAND_STORE,
	COMMAND_DIFF,
	COMMAND_DOCTOR,
	COMMAND_NEW,
	COMMAND_SCHEMA,
	COMMAND_COMPLETION,
	COMMAND_HELP,
	COMMAND_COUNT,
};

/* What a word or a value may be, for the shells that complete it. */
enum words_kind {
	WORDS_COMMANDS = 1 << 0,
	WORDS_FORMS = 1 << 1, /* the verbs of the command */
	WORDS_PROBES = 1 << 2,
	WORDS_EFFECTS = 1 << 3, /* sysctls and socket options */
	WORDS_SYSCTLS = 1 << 4, /* SYSCTL= */
	WORDS_PARAMS = 1 << 5, /* NAME= */
	WORDS_KERNELS = 1 << 6, /* that have been fetched */
	WORDS_HOST = 1 << 7, /* and the kernel that runs here */
	WORDS_ARTICLES = 1 << 8,
	WORDS_SHELLS = 1 << 9,
	WORDS_CHOICES = 1 << 10, /* as the argument is called: "virtual|real" */
	WORDS_FILES = 1 << 11,
	WORDS_FOLDERS = 1 << 12,
};

enum option_id {
	OPTION_SET,
	OPTION_PARAM,
	OPTION_FAITHFUL,
	OPTION_QUICK,
	OPTION_KERNEL,
	OPTION_FROM,
	OPTION_IPV4,
	OPTION_IPV6,
	OPTION_CLOCK,
	OPTION_PHASES,
	OPTION_SEED,
	OPTION_JOBS,
	OPTION_TIME_LIMIT,
	OPTION_LADDER,
	OPTION_LIVE,
	OPTION_JSON,
	OPTION_TAP,
	OPTION_FORMAT,
	OPTION_MARKDOWN,
	OPTION_JUNIT,
	OPTION_PCAPNG,
	OPTION_OUT,
	OPTION_SVG,
	OPTION_HTML,
	OPTION_CSV,
	OPTION_PLAN,
	OPTION_AGAIN,
	OPTION_VERIFY,
	OPTION_SHARD,
	OPTION_PLAN_FILE,
	OPTION_CHUNK,
	OPTION_CHUNKS,
	OPTION_SLURM,
	OPTION_PARTITION,
	OPTION_MERGE,
	OPTION_OLDER,
	OPTION_ALL,
	OPTION_SINCE,
	OPTION_EXPECT,
	OPTION_EXIT,
	OPTION_VERBOSE,
	OPTION_QUIET,
	OPTION_ASCII,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_MAN,
	OPTION_IDS,
	OPTION_DIFFERS,
	OPTION_ARTICLE,
};

struct option_row {
	enum option_id id;
	char letter; /* 0: none */
	const char *name; /* long, without its dashes; NULL: a letter alone */
	const char *argument; /* what it is called in the help; NULL: it takes none */
	unsigned int commands; /* those that have it, 1 << enum command_id */
	unsigned int words; /* what its argument may be, enum words_kind; 0: anything */
	const char *help; /* a paragraph, of any width */
};

/* As the user knows it: "--set", "-j". */
const char *option_name(const struct option_row *row);

/* The words of a command line that are no options. */
struct words {
	const char *const *items;
	size_t count;
};

/* Takes one option: 0, or an exit code with the line said. */
typedef int (*option_fn)(void *arg, const struct option_row *row, const char *value);

/* Hands each option of @argv to @take. 0, or an exit code with the line said. */
int options_parse(enum command_id command, int argc, char **argv, option_fn take, void *arg,
                  struct words *words);
/* Whether @word is one that may stand before the command. */
bool option_stands_first(const char *word);
/* Takes @word when it is an option that stands before the command as well: --quiet, --ascii. */
bool option_every_take(const char *word);
/* Has it any of its own, beside the format? */
bool options_any(enum command_id command);
/* The @i-th row; NULL behind the last. */
const struct option_row *option_at(unsigned int i);
/* COMMAND_COUNT: is it one of every command? */
bool option_is_of(const struct option_row *row, enum command_id command);

#endif
