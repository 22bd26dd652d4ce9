// SPDX-License-Identifier: GPL-2.0-or-later
/* matrix: one request, on each kernel in turn or read from what was kept: a column each. */
#include <errno.h>
#include <string.h>

#include "../base/slack.h"
#include "../run/registry.h"
#include "cli.h"
#include "../session/compile.h"
#include "collect_options.h"
#include "format.h"
#include "request_options.h"

static int matrix_exit_code(const struct collect *c)
{
	struct tally tally = c->tally;

	for (size_t i = 0; i < c->count; i++) {
		const struct source *source = &c->sources[i];

		/* a run of ours has said what its phases came to by its own exit code */
		if (source->path)
			tally_add_phases(&tally, &source->phases);
		tally_add_all(&tally, source->kept.records, source->kept.count);
	}
	return tally_code(&tally);
}

/* @arg: enum matrix_rows. */
static int option_take(void *arg, const struct option_row *row, const char *value)
{
	enum matrix_rows *rows = arg;

	(void)value;
	if (row->id == OPTION_DIFFERS)
		*rows = MATRIX_ROWS_DIFFERING;
	else if (row->id == OPTION_VERBOSE && *rows == MATRIX_ROWS_USUAL)
		*rows = MATRIX_ROWS_ALL;
	return row->id == OPTION_DIFFERS || row->id == OPTION_VERBOSE ? 0 : OPTION_NOT_TAKEN;
}

static int matrix_format(const struct matrix_column *columns, size_t count, enum matrix_rows rows)
{
	struct grid grid = grid_open("finwait matrix");
	int err = matrix_put(&grid, columns, count, slack_ms() * NS_PER_MS, rows);

	if (!err)
		return format_print(&grid);
	grid_free(&grid);
	return cli_say(EXIT_NOT_RUN, "cannot print the table: %s", strerror(-err));
}

static int matrix_show(struct collect *c, enum matrix_rows rows)
{
	struct report_style style = cli_style();
	struct matrix_column columns[MATRIX_COLUMNS];
	int err;

	for (size_t i = 0; i < c->count; i++) {
		const struct source *source = &c->sources[i];

		columns[i] = (struct matrix_column){
			.name = source->name,
			.why = source->kept.records ? NULL
		               : source->why        ? source->why
		                                    : "",
			.records = (const struct record *const *)source->kept.records,
			.count = source->kept.count,
			.phases = source->phases.count ? &source->phases : NULL,
		};
	}
	if (cli_format() != FORMAT_TEXT) {
		int code = matrix_format(columns, c->count, rows);

		return code ? code : matrix_exit_code(c);
	}
	err = matrix_print(columns, c->count, slack_ms() * NS_PER_MS, rows, &style, stdout);
	if (err && err != -EIO) /* that of the output is told at the end, where somebody reads it */
		return cli_say(EXIT_NOT_RUN, "cannot print the table: %s", strerror(-err));
	if (c->targets)
		cli_advise("\nThe records are in %s/KERNEL/. Look closer: finwait diff A B\n",
		           c->request.out_dir);
	return matrix_exit_code(c);
}

int command_matrix(int argc, char **argv)
{
	struct probe_words probes = {0};
	struct collect c;
	struct words words;
	struct fault fault;
	enum matrix_rows rows = MATRIX_ROWS_USUAL;
	int code = collect_parse(&c, COMMAND_MATRIX, (struct own_options){option_take, &rows}, argc,
	                         argv, &words);

	if (!code && !c.count)
		code = cli_say(EXIT_USAGE, "matrix wants --kernel K,K... or --from NAME=DIR");
	if (!code && c.request.phase_count && c.has_host)
		code = cli_say(EXIT_USAGE, "--phases goes with a virtual clock; 'host' has none");
	if (!code && probe_words_take(words.items, words.count, &probes, &fault) < 0)
		code = cli_fault(EXIT_USAGE, &fault);
	if (!code) {
		c.request.patterns = c.asks[0].patterns = probes.items;
		c.request.pattern_count = c.asks[0].count = probes.count;
		code = collect_shown(&c);
	}
	if (!code)
		code = matrix_show(&c, rows);
	collect_free(&c);
	probe_words_free(&probes);
	return code;
}
