// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep: every combination of values, asked of each kernel or read from the store. */
#include "../session/sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/slack.h"
#include "../session/collect.h"
#include "../session/compile.h"
#include "cli.h"
#include "format.h"
#include "html.h"
#include "output_file.h"
#include "sweep_options.h"

struct sweep_command {
	struct sweep_options options;
	struct sweep_table table;
	struct grid plan; /* with --plan, where it is not text */
	bool progress_shown;
	int64_t asked_ns; /* when the first answer was asked for; 0: none yet */
	size_t asked_first; /* how many were left then */
};

/* ---- while it runs ---- */

static void progress_clear(struct sweep_command *cmd)
{
	if (cmd->progress_shown)
		fputs("\r\033[K", stderr);
	cmd->progress_shown = false;
}

/* By the pace so far; before there is one, by what kept answers took. */
static int64_t time_left_ns(struct sweep_command *cmd, const struct sweep_counts *counts,
                            int64_t now_ns)
{
	size_t done;

	if (!cmd->asked_ns) {
		cmd->asked_ns = now_ns;
		cmd->asked_first = counts->left;
	}
	done = cmd->asked_first - counts->left;
	if (!done)
		return counts->unknown ? 0 : counts->estimate_ns;
	return (now_ns - cmd->asked_ns) / (int64_t)done * (int64_t)counts->left;
}

static void sweep_progress_shown(const struct sweep_counts *counts, const char *making,
                                 int64_t elapsed_ns, void *arg)
{
	struct sweep_command *cmd = arg;
	int64_t left_ns;

	cmd->progress_shown = true;
	if (making) {
		fprintf(stderr, "\r\033[Kpreparing %.60s ...", making);
		return;
	}
	if (!counts->left) {
		fprintf(stderr, "\r\033[K%zu from the store", counts->kept);
		return;
	}
	left_ns = time_left_ns(cmd, counts, elapsed_ns);
	if (counts->tasks)
		fprintf(stderr, "\r\033[Kjob %s: %zu of %zu tasks done, %zu running%s%s; ",
		        counts->job, counts->tasks_gone, counts->tasks, counts->tasks_running,
		        counts->waits_for[0] ? ", others wait: " : "", counts->waits_for);
	else
		fputs("\r\033[K", stderr);
	fprintf(stderr, "%zu from the store, %zu asked, %zu failed, %zu left", counts->kept,
	        counts->asked, counts->failed, counts->left);
	if (left_ns)
		fprintf(stderr, ", about %lld s", (long long)(left_ns / NS_PER_S + 1));
}

static void sweep_says(const char *line, void *arg)
{
	progress_clear(arg);
	(void)cli_say(EXIT_AS_PREDICTED, "%s", line);
}

static int sweep_answer(const struct sweep_place *place, const struct record *rec, void *arg)
{
	struct sweep_command *cmd = arg;

	return sweep_table_add(&cmd->table, place, rec);
}

static void estimate_print(const struct sweep_counts *counts)
{
	if (!counts->left)
		printf("nothing to ask\n");
	else if (counts->unknown == counts->left)
		printf("nobody knows how long: nothing like it was asked before\n");
	else if (counts->unknown)
		printf("%lld s, and nobody knows for %zu of them\n",
		       (long long)(counts->estimate_ns / NS_PER_S + 1), counts->unknown);
	else
		printf("about %lld s\n", (long long)(counts->estimate_ns / NS_PER_S + 1));
}

static void plan_columns(struct grid *grid)
{
	static const struct grid_column columns[] = {
		{"kernel", 0},
		{"points", GRID_NUMBER},
		{"kept", GRID_NUMBER},
		{"to_ask", GRID_NUMBER},
		{"seconds", GRID_NUMBER},
		{"of_unknown_length", GRID_NUMBER},
	};

	*grid = grid_open("finwait sweep --plan");
	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
}

static void plan_put(struct grid *grid, const char *kernel, const struct sweep_counts *counts)
{
	grid_put(grid, "%s", kernel);
	grid_put(grid, "%zu", counts->all);
	grid_put(grid, "%zu", counts->kept);
	grid_put(grid, "%zu", counts->left);
	grid_put(grid, "%.1f", (double)counts->estimate_ns / NS_PER_S);
	grid_put(grid, "%zu", counts->unknown);
}

static void sweep_planned(const char *kernel, const struct sweep_counts *counts, void *arg)
{
	progress_clear(arg);
	if (cli_format() != FORMAT_TEXT) {
		plan_put(&((struct sweep_command *)arg)->plan, kernel, counts);
		return;
	}
	printf("%-24s %7zu points %7zu kept %7zu to ask  ", kernel, counts->all, counts->kept,
	       counts->left);
	estimate_print(counts);
}

static void sweep_is_cut(const struct sweep_cut *cut, void *arg)
{
	struct sweep_command *cmd = arg;
	const char *path = cmd->options.plan_file;
	long long each_s = cut->each_ns / NS_PER_S + 1;

	progress_clear(cmd);
	if (cut->job && !cli_is_quiet())
		(void)cli_say(EXIT_AS_PREDICTED, "job %s: %zu task%s of about %lld s", cut->job,
		              cut->chunks, cut->chunks == 1 ? "" : "s", each_s);
	else if (!cut->job && cut->chunks)
		printf("%s: %zu chunk%s of about %lld s on one processor: finwait sweep"
		       " --plan-file %s --chunk N, N from 0 to %zu\n",
		       path, cut->chunks, cut->chunks == 1 ? "" : "s", each_s, path,
		       cut->chunks - 1);
	else if (!cut->job)
		printf("%s: no chunks, since every answer is there: finwait sweep --plan-file %s\n",
		       path, path);
}

/* ---- what it came to ---- */

static enum exit_code print_failed(int err)
{
	return cli_say(EXIT_NOT_RUN, "cannot print what the sweep came to: %s", strerror(-err));
}

static enum exit_code csv_write(const struct sweep_command *cmd)
{
	struct fault fault;
	FILE *out = output_open(cmd->options.csv, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = sweep_print_csv(&cmd->table, out);
	if (output_close(out, cmd->options.csv, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return err ? print_failed(err) : EXIT_AS_PREDICTED;
}

static int markdown_print(const struct sweep_table *table)
{
	struct grid grid = grid_open("finwait sweep");

	grid.no_memory |= sweep_put(&grid, table) < 0;
	return format_print(&grid);
}

static int table_print_as(const struct sweep_command *cmd)
{
	struct report_style style = cli_style();
	int err = 0;

	switch (cli_format()) {
	case FORMAT_TEXT:
		err = sweep_print(&cmd->table, &style, stdout);
		break;
	case FORMAT_JSON:
	case FORMAT_JSONL:
		err = sweep_print_json(&cmd->table, cli_format() == FORMAT_JSONL, stdout);
		break;
	case FORMAT_MARKDOWN:
		return markdown_print(&cmd->table);
	case FORMAT_CSV:
		err = sweep_print_csv(&cmd->table, stdout);
		break;
	case FORMAT_TAP:
	case FORMAT_JUNIT:
	case FORMAT_COUNT:
		break;
	}
	return err ? print_failed(err) : EXIT_AS_PREDICTED;
}

/* Of a part of the points no table is made: the sweep that collects them prints them all. */
static int table_write(const struct sweep_command *cmd)
{
	const struct sweep_options *options = &cmd->options;
	bool elsewhere = options->csv && !strcmp(options->csv, "-");
	int code = options->csv ? csv_write(cmd) : EXIT_AS_PREDICTED;
	bool prints =
		!elsewhere && (!sweep_is_part(&options->sweep) || cli_format() != FORMAT_TEXT);
	int printed = prints ? table_print_as(cmd) : EXIT_AS_PREDICTED;

	return printed ? printed : code;
}

/* What a folder of records is to 'finwait report'. */
static int page_write(const struct sweep_options *options)
{
	const struct html html = {.path = options->html};
	struct kept_records kept = {0};
	int code = html_take(&kept, options->sweep.out_dir);

	if (!code)
		code = html_write(&html, kept.records, kept.count);
	records_free(kept.records, kept.count);
	return code;
}

/* On standard error: what is printed of a sweep is the same whoever had asked before. */
static void counts_say(const struct sweep_counts *counts, int64_t took_ns)
{
	if (cli_is_quiet())
		return;
	(void)cli_say(EXIT_AS_PREDICTED, "%zu point%s: %zu from the store, %zu asked, in %.1f s",
	              counts->all, counts->all == 1 ? "" : "s", counts->kept, counts->asked,
	              (double)took_ns / NS_PER_S);
	if (counts->broken)
		(void)cli_say(EXIT_AS_PREDICTED, "%zu kept answer%s could not be used",
		              counts->broken, counts->broken == 1 ? "" : "s");
	if (counts->unkept)
		(void)cli_say(EXIT_AS_PREDICTED, "%zu answer%s could not be kept", counts->unkept,
		              counts->unkept == 1 ? "" : "s");
	if (counts->verified)
		(void)cli_say(EXIT_AS_PREDICTED,
		              "%zu of the kept answers asked again: %zu not the same",
		              counts->verified, counts->differ);
}

static int sweep_carry_out(struct sweep_command *cmd)
{
	const struct sweep *sweep = &cmd->options.sweep;
	const struct sweep_hooks hooks = {
		.answer = sweep_answer,
		.progress = cli_shows_progress() ? sweep_progress_shown : NULL,
		.planned = sweep_planned,
		.cut = sweep_is_cut,
		.say = sweep_says,
		.arg = cmd,
	};
	int64_t began_ns = clock_mono_ns();
	struct sweep_result result;
	int code, written = EXIT_AS_PREDICTED;

	if (sweep->plan_only)
		plan_columns(&cmd->plan);
	cmd->table = (struct sweep_table){
		.axes = sweep->axes,
		.axis_count = sweep->axis_count,
		.kernels = sweep->kernels,
		.kernel_count = sweep->kernel_count,
		.phases = sweep->request.phase_count ? sweep->request.phase_count : 1,
	};
	sweep_table_start(&cmd->table);
	code = sweep_run(sweep, &hooks, &result);
	cmd->table.whom = result.whom;
	progress_clear(cmd);
	if (result.why[0])
		(void)cli_say((enum exit_code)code, "%s", result.why);
	else if (!sweep_asks_nothing(sweep))
		written = table_write(cmd);
	else if (cli_format() != FORMAT_TEXT)
		written = format_print(&cmd->plan);
	if (!sweep_asks_nothing(sweep) && (!result.why[0] || result.interrupted))
		counts_say(&result.counts, clock_mono_ns() - began_ns);
	if (cmd->options.html && !sweep_asks_nothing(sweep) && !result.why[0] && !written)
		written = page_write(&cmd->options);
	sweep_table_free(&cmd->table);
	grid_free(&cmd->plan);
	return code ? code : written;
}

int command_sweep(int argc, char **argv)
{
	struct sweep_command cmd = {0};
	struct probe_words probes = {0};
	const struct sweep *sweep = &cmd.options.sweep;
	struct fault fault;
	int code = sweep_parse(&cmd.options, argc, argv);

	if (!code && probe_words_take(sweep->words, sweep->word_count, &probes, &fault) < 0)
		code = cli_fault(EXIT_USAGE, &fault);
	if (!code) {
		cmd.options.sweep.request.patterns = probes.items;
		cmd.options.sweep.request.pattern_count = probes.count;
		code = sweep_carry_out(&cmd);
	}
	sweep_options_free(&cmd.options);
	probe_words_free(&probes);
	return code;
}
