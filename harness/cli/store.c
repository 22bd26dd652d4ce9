// SPDX-License-Identifier: GPL-2.0-or-later
/* store: what of answers is kept for sweeps, whether it is whole, and what is to go. */
#include "../store/survey.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "format.h"

#define DAY_S 86400
#define DAYS_MOST 36500

struct store_command {
	long days; /* --older; -1: not said */
	bool all;
	const char *said; /* the last of the two */
};

static const char *day_text(time_t at, char text[32])
{
	struct tm tm;

	if (!localtime_r(&at, &tm) || !strftime(text, 32, "%Y-%m-%d %H:%M", &tm))
		snprintf(text, 32, "?");
	return text;
}

static void share_print(const struct store_share *share, const char *name)
{
	char from[32], to[32];

	printf("%-32s %9zu answer%s %8.1f MB  %3zu guest%s  %s .. %s\n", name, share->answers,
	       share->answers == 1 ? " " : "s", (double)share->bytes / 1e6, share->guests,
	       share->guests == 1 ? " " : "s", day_text(share->oldest, from),
	       day_text(share->newest, to));
}

static void survey_print(const struct store *store, const struct store_survey *survey)
{
	for (size_t i = 0; i < survey->count; i++)
		share_print(&survey->shares[i], survey->shares[i].release);
	if (survey->count > 1)
		share_print(&survey->all, "all");
	if (!survey->count)
		printf("No answer is kept in %s yet: 'finwait sweep' does that.\n", store->path);
	if (survey->leftovers)
		printf("%zu file%s that nobody has finished writing: 'finwait store prune' removes"
		       " them\n",
		       survey->leftovers, survey->leftovers == 1 ? "" : "s");
}

static int survey_rows(const struct store *store, const struct store_survey *survey)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT},
		{"store", GRID_CONTEXT},
		{"kernel", 0},
		{"answers", GRID_NUMBER},
		{"bytes", GRID_NUMBER},
		{"guests", GRID_NUMBER},
		{"oldest", 0},
		{"newest", 0},
	};
	struct grid grid = grid_open("finwait store list");
	char day[32];

	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < survey->count; i++) {
		const struct store_share *share = &survey->shares[i];

		grid_put(&grid, "%s", FINWAIT_VERSION);
		grid_put(&grid, "%s", store->path);
		grid_put(&grid, "%s", share->release);
		grid_put(&grid, "%zu", share->answers);
		grid_put(&grid, "%llu", (unsigned long long)share->bytes);
		grid_put(&grid, "%zu", share->guests);
		grid_put(&grid, "%s", day_text(share->oldest, day));
		grid_put(&grid, "%s", day_text(share->newest, day));
	}
	return format_print(&grid);
}

static int store_list(const struct store *store)
{
	struct store_survey survey;
	int code = EXIT_AS_PREDICTED;
	struct fault fault;

	if (store_survey(store, &survey, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	else if (cli_format() == FORMAT_TEXT)
		survey_print(store, &survey);
	else
		code = survey_rows(store, &survey);
	store_survey_free(&survey);
	return code;
}

static void broken_print(const char *path, const struct fault *fault, void *arg)
{
	char text[512];

	(void)path;
	(void)arg;
	printf("%s\n", fault_text(fault, text, sizeof(text)));
}

/* What is broken costs its question being asked again: it is told, and is no failure of ours. */
static int store_verify(const struct store *store)
{
	size_t answers, broken;
	struct fault fault;

	if (store_check(store, broken_print, NULL, &answers, &broken, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	printf("%zu answer%s, %zu of them cannot be used%s\n", answers, answers == 1 ? "" : "s",
	       broken, broken ? ": they will be asked for again" : "");
	return broken ? EXIT_MODEL_FAILED : EXIT_AS_PREDICTED;
}

static int store_remove(const struct store *store, const struct store_command *cmd)
{
	time_t now = time(NULL);
	time_t before = cmd->all ? now + DAY_S : cmd->days < 0 ? 0 : now - cmd->days * DAY_S;
	size_t answers;
	uint64_t bytes;
	struct fault fault;

	if (store_prune(store, before, &answers, &bytes, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	printf("%zu answer%s removed, %.1f MB\n", answers, answers == 1 ? "" : "s",
	       (double)bytes / 1e6);
	return EXIT_AS_PREDICTED;
}

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct store_command *cmd = arg;
	char *end;

	cmd->said = option_name(row);
	cmd->all |= row->id == OPTION_ALL;
	if (row->id != OPTION_OLDER)
		return 0;
	cmd->days = strtol(value, &end, 10);
	if (end == value || *end || cmd->days < 0 || cmd->days > DAYS_MOST)
		return cli_say(EXIT_USAGE, "--older wants a number of days, not '%s'", value);
	return 0;
}

static int store_do(const char *verb, const struct store *store, const struct store_command *cmd)
{
	bool prunes = !strcmp(verb, "prune"), lists = !strcmp(verb, "list");

	if (!prunes && !lists && strcmp(verb, "check") != 0)
		return form_refuse(COMMAND_STORE, verb);
	if (!lists && cli_format() != FORMAT_TEXT)
		return cli_say(EXIT_USAGE, "--format goes with 'store list'");
	if (!prunes && cmd->said)
		return cli_say(EXIT_USAGE, "%s goes with 'store prune'", cmd->said);
	if (prunes)
		return store_remove(store, cmd);
	return lists ? store_list(store) : store_verify(store);
}

int command_store(int argc, char **argv)
{
	struct store_command cmd = {.days = -1};
	struct words words;
	struct store store;
	struct fault fault;
	int code = options_parse(COMMAND_STORE, argc, argv, option_take, &cmd, &words);

	if (code)
		return code;
	if (words.count > 1)
		return cli_say(EXIT_USAGE, "store takes one of list, check, prune; not '%s'",
		               words.items[1]);
	if (store_open(&store, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return store_do(words.count ? words.items[0] : "list", &store, &cmd);
}
