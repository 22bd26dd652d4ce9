// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/slack.h"
#include "../record/json.h"
#include "../session/compile.h"
#include "../session/session.h"
#include "../report/ktap.h"
#include "../report/text.h"
#include "captures.h"
#include "expecting.h"
#include "format.h"
#include "html.h"
#include "junit.h"
#include "outflow.h"
#include "output.h"
#include "progress_view.h"
#include "request_options.h"
#include "watch.h"

#define BASELINE_DIR "baseline"

struct run_command {
	struct request request;
	struct target target;
	bool ladder, live;
	const struct option_row *unwatched; /* the last one that watch has not; NULL: none */
	struct html html; /* what it is compared with is read before it is replaced */
	const char *junit; /* its file; NULL: none */
	struct expecting expecting;
	unsigned int verbose; /* how often -v */
	bool in_order; /* what is printed goes by the plan's order, at the end */
	struct progress_view progress;
	struct outflow out; /* lines of --json */
	struct ktap ktap;
	int64_t begun_ns;
};

/* ---- what is shown while it runs ---- */

static void run_progress(const struct progress *progress, void *arg)
{
	struct run_command *cmd = arg;

	outflow_move(&cmd->out);
	progress_view_show(&cmd->progress, progress);
}

static void run_say(const char *line, void *arg)
{
	struct run_command *cmd = arg;

	progress_view_clear(&cmd->progress);
	(void)cli_say(EXIT_AS_PREDICTED, "%s", line);
}

static void run_begin(const struct run_info *info, size_t probes, void *arg)
{
	struct run_command *cmd = arg;

	if (cli_format() == FORMAT_JSONL)
		json_print(json_run_line(info));
	if (cli_format() == FORMAT_TAP)
		ktap_begin(&cmd->ktap, probes, stdout);
}

/* What is printed while it runs, to the terminal that shows how far it is. */
static void stdout_begin(struct run_command *cmd)
{
	if (isatty(STDOUT_FILENO))
		progress_view_clear(&cmd->progress);
}

static void run_line(const struct record *rec, const char *line, size_t length, void *arg)
{
	struct run_command *cmd = arg;

	(void)rec;
	if (cli_format() != FORMAT_JSONL || cmd->in_order)
		return;
	stdout_begin(cmd);
	outflow_put(&cmd->out, line, length);
	outflow_put(&cmd->out, "\n", 1);
	outflow_move(&cmd->out);
}

static void run_finished(const struct record *rec, void *arg)
{
	struct run_command *cmd = arg;

	if (cli_format() != FORMAT_TAP || cmd->in_order)
		return;
	stdout_begin(cmd);
	ktap_print(&cmd->ktap, rec, NULL);
}

/* ---- what it came to ---- */

static void print_json(const struct run_command *cmd, const struct session_result *result)
{
	struct tally tally = {0};

	for (size_t i = 0; i < result->count && cmd->in_order; i++)
		if (result->records[i])
			json_print_record(result->records[i]);
	json_print_phases(&result->phases);
	tally_add_all(&tally, result->records, result->count);
	json_print(json_summary_line(tally.by));
}

static const struct phases *phases_of(const struct session_result *result)
{
	return result->phases.count ? &result->phases : NULL;
}

static void print_tap(struct run_command *cmd, const struct session_result *result)
{
	const struct phases *phases = phases_of(result);

	for (size_t i = 0; i < result->count && cmd->in_order; i++)
		if (result->records[i])
			ktap_print(&cmd->ktap, result->records[i], phases);
	(void)ktap_end(&cmd->ktap); /* cli_finish() says what went wrong */
}

static void print_table(const struct run_command *cmd, const struct session_result *result)
{
	struct report_style style = cli_style();
	char took[24];

	records_print(result->records, result->count, cmd->verbose, cmd->ladder);
	phases_print(&result->phases, &style, stdout);
	kept_print(cmd->request.out_dir, result->kept);
	if (isatty(STDOUT_FILENO)) /* what is piped or kept is the same each time */
		cli_advise("Asked in %s of wall time.\n",
		           duration_text(clock_mono_ns() - cmd->begun_ns, took, sizeof(took)));
}

static int run_print(struct run_command *cmd, const struct session_result *result)
{
	switch (cli_format()) {
	case FORMAT_TEXT:
		print_table(cmd, result);
		return 0;
	case FORMAT_JSONL:
		print_json(cmd, result);
		return 0;
	case FORMAT_TAP:
		print_tap(cmd, result);
		return 0;
	case FORMAT_JSON:
	case FORMAT_MARKDOWN:
	case FORMAT_CSV:
	case FORMAT_JUNIT:
	case FORMAT_COUNT:
		break;
	}
	return records_print_as(result->records, result->count, phases_of(result), "finwait run");
}

/* The files that were asked for beside; an exit code. */
static int run_write(const struct run_command *cmd, const struct session_result *result)
{
	int code = 0;

	if (cmd->html.captures_dir && !cmd->html.path)
		code = captures_write(result->records, result->count, cmd->html.captures_dir);
	if (cmd->junit &&
	    junit_write(result->records, result->count, phases_of(result), cmd->junit))
		code = EXIT_NOT_RUN;
	if (cmd->html.path &&
	    html_write_kept(&cmd->html, result->records, result->count, cmd->request.out_dir))
		code = EXIT_NOT_RUN;
	return code;
}

/* ---- the command ---- */

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct run_command *cmd = arg;

	if (row->id != OPTION_LIVE && !option_is_of(row, COMMAND_WATCH))
		cmd->unwatched = row;
	switch (row->id) {
	case OPTION_KERNEL:
		cmd->target.kernel = value;
		return 0;
	case OPTION_LIVE:
		cmd->live = true;
		return 0;
	case OPTION_LADDER:
		cmd->ladder = true;
		return 0;
	case OPTION_JUNIT:
		cmd->junit = value;
		return 0;
	case OPTION_PCAPNG:
		cmd->html.captures_dir = value;
		return 0;
	case OPTION_HTML:
		cmd->html.path = value;
		return 0;
	case OPTION_SINCE:
		return html_take(&cmd->html.since, value);
	case OPTION_EXPECT:
	case OPTION_EXIT:
		return expecting_take(&cmd->expecting, row, value);
	case OPTION_VERBOSE:
		cmd->verbose++;
		return 0;
	case OPTION_SET:
	case OPTION_PARAM:
	case OPTION_FAITHFUL:
	case OPTION_QUICK:
	case OPTION_FROM:
	case OPTION_CSV:
	case OPTION_PLAN:
	case OPTION_AGAIN:
	case OPTION_VERIFY:
	case OPTION_SHARD:
	case OPTION_PLAN_FILE:
	case OPTION_CHUNK:
	case OPTION_CHUNKS:
	case OPTION_SLURM:
	case OPTION_PARTITION:
	case OPTION_MERGE:
	case OPTION_OLDER:
	case OPTION_ALL:
	case OPTION_SVG:
	case OPTION_FORMAT:
	case OPTION_MARKDOWN:
	case OPTION_JSON:
	case OPTION_TAP:
	case OPTION_IPV4:
	case OPTION_IPV6:
	case OPTION_CLOCK:
	case OPTION_PHASES:
	case OPTION_SEED:
	case OPTION_JOBS:
	case OPTION_TIME_LIMIT:
	case OPTION_OUT:
	case OPTION_QUIET:
	case OPTION_ASCII:
	case OPTION_HELP:
	case OPTION_VERSION:
	case OPTION_MAN:
	case OPTION_IDS:
	case OPTION_DIFFERS:
	case OPTION_ARTICLE:
		break;
	}
	return request_take(&cmd->request, row, value);
}

/* What is made of the records, beside what is printed: exit code @code, or another one. */
static enum exit_code run_follow_up(struct run_command *cmd, const struct session_result *result,
                                    enum exit_code code)
{
	const struct run_asked asked = {
		.sets = cmd->request.sets,
		.params = cmd->request.params,
		.seed = cmd->request.seed,
	};

	cmd->expecting.asked = &asked;
	code = expecting_conclude(&cmd->expecting, result->records, result->count, code,
	                          cli_format() == FORMAT_TEXT ? stdout : stderr);
	cmd->expecting.asked = NULL;
	if (cli_format() == FORMAT_TAP && !cmd->expecting.dir)
		code = tally_kselftest_code(&result->tally);
	if (run_write(cmd, result) && !code)
		code = EXIT_NOT_RUN;
	return code;
}

static int run_carry_out(struct run_command *cmd)
{
	const struct session_hooks hooks = {
		.begin = run_begin,
		.line = run_line,
		.finished = run_finished,
		.progress = cli_is_quiet() ? NULL : run_progress,
		.say = run_say,
		.arg = cmd,
	};
	struct session_result result;
	enum exit_code code;

	cmd->begun_ns = clock_mono_ns();
	cmd->in_order = request_is_repeatable(&cmd->request, &cmd->target);
	code = session_run(&cmd->request, &cmd->target, &hooks, &result);
	progress_view_clear(&cmd->progress);
	if (!outflow_end(&cmd->out))
		code = cli_say(EXIT_NOT_RUN, "not all could be printed: out of memory");
	if (result.records) {
		int printed = run_print(cmd, &result);

		code = run_follow_up(cmd, &result, code);
		if (printed && !code)
			code = EXIT_NOT_RUN;
	}
	if (result.why[0])
		(void)cli_say(code, "%s", result.why);
	session_result_clear(&result);
	return code;
}

/* Asks what @words name. */
static int run_words(struct run_command *cmd, const struct words *words)
{
	struct probe_words probes = {0};
	struct fault fault;
	int code = 0;

	if (probe_words_take(words->items, words->count, &probes, &fault) < 0)
		code = cli_fault(EXIT_USAGE, &fault);
	if (!code && cmd->html.since.count && !cmd->html.path)
		code = cli_say(EXIT_USAGE, "--since goes with --html");
	if (!code) {
		cmd->request.patterns = probes.items;
		cmd->request.pattern_count = probes.count;
		code = run_carry_out(cmd);
	}
	probe_words_free(&probes);
	return code;
}

static void run_free(struct run_command *cmd)
{
	request_clear(&cmd->request);
	records_free(cmd->html.since.records, cmd->html.since.count);
	expecting_free(&cmd->expecting);
}

/* --live is watch by another name. */
static int run_live(const struct run_command *cmd, const struct words *words)
{
	bool formatted = cli_format() != FORMAT_TEXT;

	if (cmd->unwatched || formatted)
		return cli_say(EXIT_USAGE,
		               "--live draws a ladder of the kernel that runs here, nothing else: "
		               "%s does not go with it",
		               formatted ? "--format" : option_name(cmd->unwatched));
	return watch_run(&cmd->request, words);
}

int command_run(int argc, char **argv)
{
	struct run_command cmd = {.request = {.out_dir = OUT_DIR_DEFAULT, .slack_ms = slack_ms()}};
	struct words words;
	int code = options_parse(COMMAND_RUN, argc, argv, option_take, &cmd, &words);

	if (!code)
		code = cmd.live ? run_live(&cmd, &words) : run_words(&cmd, &words);
	run_free(&cmd);
	return expecting_exit(&cmd.expecting, code);
}

/* save is a run that keeps its records there, check one that expects what they say. */
static int baseline_take(struct run_command *cmd, struct words *words)
{
	bool save = words->count && !strcmp(words->items[0], "save");
	bool check = words->count && !strcmp(words->items[0], "check");

	if (!save && !check)
		return cli_say(EXIT_USAGE, "baseline wants save or check");
	if (save && cmd->expecting.dir)
		return cli_say(EXIT_USAGE,
		               "baseline save expects nothing: --expect goes with check");
	words->items++;
	words->count--;
	if (!cmd->request.out_dir)
		cmd->request.out_dir = save ? BASELINE_DIR : OUT_DIR_DEFAULT;
	return check && !cmd->expecting.dir ? expecting_read(&cmd->expecting, BASELINE_DIR) : 0;
}

int command_baseline(int argc, char **argv)
{
	struct run_command cmd = {.request = {.slack_ms = slack_ms()}};
	struct words words;
	int code = options_parse(COMMAND_BASELINE, argc, argv, option_take, &cmd, &words);

	if (!code)
		code = baseline_take(&cmd, &words);
	if (!code)
		code = run_words(&cmd, &words);
	run_free(&cmd);
	return expecting_exit(&cmd.expecting, code);
}
