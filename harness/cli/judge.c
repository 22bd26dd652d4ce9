// SPDX-License-Identifier: GPL-2.0-or-later
/* judge: kept records before this build's rules. The kernel is not asked again. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "../record/json.h"
#include "../session/compile.h"
#include "../session/judge_again.h"
#include "../session/records.h"
#include "../report/ktap.h"
#include "captures.h"
#include "expecting.h"
#include "format.h"
#include "junit.h"
#include "output.h"

struct judge_command {
	bool ladder;
	const char *pcapng_dir; /* NULL: no captures */
	const char *junit; /* its file; NULL: none */
	unsigned int verbose; /* how often -v */
	struct record **records;
	size_t count;
	struct tally tally;
	struct expecting expecting;
};

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct judge_command *cmd = arg;

	if (row->id == OPTION_EXPECT || row->id == OPTION_EXIT)
		return expecting_take(&cmd->expecting, row, value);
	if (row->id == OPTION_PCAPNG)
		cmd->pcapng_dir = value;
	cmd->ladder |= row->id == OPTION_LADDER;
	cmd->verbose += row->id == OPTION_VERBOSE;
	if (row->id == OPTION_JUNIT)
		cmd->junit = value;
	return 0;
}

/* What cannot be judged is said and left out; the others are judged all the same. */
static void record_take(struct judge_command *cmd, struct record *rec)
{
	struct fault fault;

	if (judge_again(rec, &fault) == 0) {
		cmd->records[cmd->count++] = rec;
		tally_add(&cmd->tally, rec);
		return;
	}
	record_free(rec);
	cmd->tally.incomplete = true;
	(void)cli_fault(EXIT_NOT_RUN, &fault);
}

/* Probes of one's own come first: a record among the words may be theirs. */
static int sources_take(const struct words *words)
{
	int code = 0;

	for (size_t i = 0; i < words->count && !code; i++) {
		struct probe_words probes;
		struct fault fault;

		if (!probe_source_named(words->items[i]))
			continue;
		if (probe_words_take(&words->items[i], 1, &probes, &fault) < 0)
			code = cli_fault(EXIT_USAGE, &fault);
		probe_words_free(&probes); /* they are known now */
	}
	return code;
}

static size_t records_named(const struct words *words)
{
	size_t count = 0;

	for (size_t i = 0; i < words->count; i++)
		count += !probe_source_named(words->items[i]);
	return count;
}

static void path_take(struct judge_command *cmd, const char *path)
{
	struct kept_records kept;
	struct record **all;
	struct fault fault;

	if (records_load_tree(path, &kept, &fault) < 0) {
		cmd->tally.incomplete = true;
		(void)cli_fault(EXIT_NOT_RUN, &fault);
		return;
	}
	all = reallocarray(cmd->records, cmd->count + kept.count, sizeof(struct record *));
	if (!all) {
		records_free(kept.records, kept.count);
		cmd->tally.incomplete = true;
		(void)cli_say(EXIT_NOT_RUN, "out of memory");
		return;
	}
	cmd->records = all;
	for (size_t i = 0; i < kept.count; i++)
		record_take(cmd, kept.records[i]);
	free(kept.records);
}

/* Records of one run in a row share their run line. */
static void print_json(const struct judge_command *cmd)
{
	char *before = NULL;

	for (size_t i = 0; i < cmd->count; i++) {
		char *line = json_run_line(&cmd->records[i]->run);

		if (line && (!before || strcmp(line, before) != 0))
			puts(line);
		free(before);
		before = line;
		json_print_record(cmd->records[i]);
	}
	free(before);
	json_print(json_summary_line(cmd->tally.by));
}

static void print_tap(const struct judge_command *cmd)
{
	struct ktap ktap;

	ktap_begin(&ktap, cmd->count, stdout);
	for (size_t i = 0; i < cmd->count; i++)
		ktap_print(&ktap, cmd->records[i], NULL);
	(void)ktap_end(&ktap); /* cli_finish() says what went wrong */
}

static int judge_print(const struct judge_command *cmd)
{
	switch (cli_format()) {
	case FORMAT_TEXT:
		records_print(cmd->records, cmd->count, cmd->verbose, cmd->ladder);
		return 0;
	case FORMAT_JSONL:
		print_json(cmd);
		return 0;
	case FORMAT_TAP:
		print_tap(cmd);
		return 0;
	case FORMAT_JSON:
	case FORMAT_MARKDOWN:
	case FORMAT_CSV:
	case FORMAT_JUNIT:
	case FORMAT_COUNT:
		break;
	}
	return records_print_as(cmd->records, cmd->count, NULL, "finwait judge");
}

static int judge_words(struct judge_command *cmd, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (!probe_source_named(words->items[i]))
			path_take(cmd, words->items[i]);
	if (cmd->count && judge_print(cmd))
		cmd->tally.incomplete = true;
	if (cmd->pcapng_dir && captures_write(cmd->records, cmd->count, cmd->pcapng_dir))
		cmd->tally.incomplete = true;
	if (cmd->junit && junit_write(cmd->records, cmd->count, NULL, cmd->junit))
		cmd->tally.incomplete = true;
	if (cli_format() == FORMAT_TAP && !cmd->expecting.dir)
		return tally_kselftest_code(&cmd->tally);
	return (int)expecting_conclude(&cmd->expecting, cmd->records, cmd->count,
	                               tally_code(&cmd->tally),
	                               cli_format() == FORMAT_TEXT ? stdout : stderr);
}

int command_judge(int argc, char **argv)
{
	struct judge_command cmd = {0};
	struct words words;
	int code = options_parse(COMMAND_JUDGE, argc, argv, option_take, &cmd, &words);

	if (!code && !records_named(&words))
		code = cli_say(EXIT_USAGE, "judge wants records: files, or folders of them");
	if (!code)
		code = sources_take(&words);
	if (!code)
		code = judge_words(&cmd, &words);
	records_free(cmd.records, cmd.count);
	expecting_free(&cmd.expecting);
	return expecting_exit(&cmd.expecting, code);
}
