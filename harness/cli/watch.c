// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * watch: a probe run on this kernel, its ladder drawn while it happens.
 *
 * Theory of operation. What the probe records comes line by line; now and then the ladder draws
 * what has settled into memory, which goes out whole, below it what the probe waits for. The
 * longer a ladder takes to draw, the less often that is done: the probe wants the processor.
 */
#include "watch.h"

#include <stdlib.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/slack.h"
#include "../session/compile.h"
#include "../session/session.h"
#include "cli.h"
#include "outflow.h"
#include "output.h"
#include "progress_view.h"
#include "request_options.h"

#define DRAW_NS (100 * NS_PER_MS)
#define DRAW_SHARE 10 /* at most a tenth of the time goes into drawing */

struct watch_command {
	struct request request;
	struct report_style style;
	struct progress_view view;
	const struct record *rec; /* that is being drawn; NULL: none */
	struct live_ladder *live;
	char *text; /* what is drawn and has not been printed, and its stream */
	size_t size;
	FILE *out;
	struct outflow printed; /* what has been and the reader has not taken yet */
	int64_t next_ns; /* not before that is it drawn again */
	bool any, failed;
};

/* ---- a ladder ---- */

/* What has been drawn goes out, in the place of what stands at the foot of the terminal. */
static void watch_print(struct watch_command *cmd)
{
	cmd->failed |= fflush(cmd->out) == EOF;
	if (!cmd->size)
		return;
	if (isatty(STDOUT_FILENO))
		progress_view_clear(&cmd->view);
	outflow_put(&cmd->printed, cmd->text, cmd->size);
	outflow_move(&cmd->printed);
	rewind(cmd->out);
}

static void watch_draw(struct watch_command *cmd)
{
	int64_t began_ns = clock_mono_ns();

	if (!cmd->live || began_ns < cmd->next_ns)
		return;
	cmd->failed |= live_draw(cmd->live, cmd->rec, began_ns) < 0;
	watch_print(cmd);
	cmd->next_ns = clock_mono_ns() + (clock_mono_ns() - began_ns) * DRAW_SHARE;
	if (cmd->next_ns < began_ns + DRAW_NS)
		cmd->next_ns = began_ns + DRAW_NS;
}

static void watch_end(struct watch_command *cmd)
{
	if (cmd->live) {
		cmd->failed |= live_end(cmd->live, cmd->rec) < 0;
		watch_print(cmd);
	}
	live_close(cmd->live);
	if (cmd->out)
		fclose(cmd->out);
	free(cmd->text);
	cmd->live = NULL;
	cmd->out = NULL;
	cmd->text = NULL;
	cmd->rec = NULL;
}

/* @rec has begun: another probe, or the same once more. */
static void watch_begin(struct watch_command *cmd, const struct record *rec)
{
	watch_end(cmd);
	cmd->rec = rec;
	cmd->out = open_memstream(&cmd->text, &cmd->size);
	if (cmd->out)
		cmd->live = live_open(&cmd->style, cmd->out);
	cmd->failed |= !cmd->live;
	if (cmd->out && cmd->any)
		fputc('\n', cmd->out);
	if (cmd->out && rec->again[0])
		fputs("Asked again. ", cmd->out);
	cmd->any = true;
}

/* ---- hooks of the session ---- */

static void watch_line(const struct record *rec, const char *line, size_t length, void *arg)
{
	struct watch_command *cmd = arg;

	(void)line;
	(void)length;
	if (rec != cmd->rec && !rec->finished)
		watch_begin(cmd, rec);
	if (rec == cmd->rec && rec->finished)
		watch_end(cmd);
}

static void watch_progress(const struct progress *progress, void *arg)
{
	struct watch_command *cmd = arg;
	struct buffer line = {0};
	unsigned int columns, rows;

	watch_draw(cmd);
	outflow_move(&cmd->printed);
	if (!cli_shows_progress() || !progress->job_count)
		return;
	progress_view_size(&columns, &rows);
	progress_job_line(&progress->jobs[0], columns, &line);
	if (buffer_text(&line))
		progress_view_draw(&cmd->view, buffer_text(&line));
	buffer_free(&line);
}

static void watch_say(const char *line, void *arg)
{
	struct watch_command *cmd = arg;

	progress_view_clear(&cmd->view);
	(void)cli_say(EXIT_AS_PREDICTED, "%s", line);
}

/* ---- the command ---- */

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	return request_take(arg, row, value);
}

static int watch_carry_out(struct watch_command *cmd)
{
	const struct session_hooks hooks = {
		.line = watch_line,
		.progress = watch_progress,
		.say = watch_say,
		.arg = cmd,
	};
	const struct target here = {.kernel = NULL};
	struct session_result result;
	enum exit_code code;

	cmd->style = cli_style();
	code = session_run(&cmd->request, &here, &hooks, &result);
	watch_end(cmd);
	progress_view_clear(&cmd->view);
	cmd->failed |= !outflow_end(&cmd->printed);
	if (result.records) {
		putchar('\n');
		records_print(result.records, result.count, 1, false);
		kept_print(cmd->request.out_dir, result.kept);
	}
	if (cmd->failed)
		code = cli_say(EXIT_NOT_RUN, "not all of the ladder could be drawn");
	if (result.why[0])
		(void)cli_say(code, "%s", result.why);
	session_result_clear(&result);
	return code;
}

int watch_run(const struct request *request, const struct words *words)
{
	struct watch_command cmd = {.request = *request};
	struct probe_words probes = {0};
	struct fault fault;
	int code = 0;

	if (words->count != 1)
		return cli_say(EXIT_USAGE, "watch takes one probe's id, or its C file");
	if (probe_words_take(words->items, words->count, &probes, &fault) < 0)
		code = cli_fault(EXIT_USAGE, &fault);
	if (!code) {
		cmd.request.patterns = probes.items;
		cmd.request.pattern_count = probes.count;
		cmd.request.jobs = 1;
		code = watch_carry_out(&cmd);
	}
	probe_words_free(&probes);
	return code;
}

int command_watch(int argc, char **argv)
{
	struct request request = {.out_dir = OUT_DIR_DEFAULT, .slack_ms = slack_ms()};
	struct words words;
	int code = options_parse(COMMAND_WATCH, argc, argv, option_take, &request, &words);

	if (!code)
		code = watch_run(&request, &words);
	request_clear(&request);
	return code;
}
