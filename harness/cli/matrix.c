// SPDX-License-Identifier: GPL-2.0-or-later
/* matrix: one request, on each kernel in turn or read from what was kept: a column each. */
#include <string.h>

#include "../base/slack.h"
#include "../run/registry.h"
#include "collect.h"

/* Of what was kept: a run of ours has said so by its own exit code. */
static void take_phases(struct collect *c, const struct phases *phases)
{
	for (size_t i = 0; i < phases->probe_count; i++) {
		const struct probe_phases *probe = &phases->probes[i];

		for (size_t j = 0; j < probe->count; j++) {
			c->model_failed |= probe->spreads[j].model_failed > 0;
			/* in all phases: the record's own outcome says what that means */
			c->incomplete |= probe->spreads[j].undecided > 0 &&
			                 probe->spreads[j].undecided < probe->phases;
		}
	}
}

static int matrix_exit_code(struct collect *c)
{
	unsigned int by[OUTCOME_COUNT] = {0};
	size_t total = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct kept_records *kept = &c->sources[i].kept;

		if (c->sources[i].path)
			take_phases(c, &c->sources[i].phases);
		for (size_t j = 0; kept->records && j < kept->count; j++) {
			const struct record *rec = kept->records[j];

			by[rec->finished ? rec->outcome : OUTCOME_CRASHED]++;
			total++;
		}
	}
	if (c->model_failed || by[OUTCOME_MODEL_FAILED])
		return EXIT_MODEL_FAILED;
	if (c->incomplete || by[OUTCOME_ERROR] || by[OUTCOME_CRASHED] || by[OUTCOME_TIMED_OUT] ||
	    by[OUTCOME_INCONCLUSIVE])
		return EXIT_NOT_RUN;
	return by[OUTCOME_SKIPPED] == total ? EXIT_ALL_SKIPPED : EXIT_AS_PREDICTED;
}

static int matrix_show(struct collect *c)
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
	err = matrix_print(columns, c->count, registry_title, slack_ms() * NS_PER_MS, &style,
	                   stdout);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot print the table: %s", strerror(-err));
	if (c->kernels)
		printf("\nThe records are in %s/KERNEL/. Look closer: finwait diff A B\n",
		       c->out_dir);
	return matrix_exit_code(c);
}

int command_matrix(int argc, char **argv)
{
	struct collect c = {.is_matrix = true};
	int code = collect_parse(&c, argc, argv);

	if (!code && !c.count)
		code = cli_say(EXIT_USAGE, "matrix wants --kernel K,K... or --from NAME=DIR");
	if (!code && c.has_phases && c.has_host)
		code = cli_say(EXIT_USAGE, "--phases goes with a virtual clock; 'host' has none");
	if (!code)
		code = collect_all(&c);
	if (!code)
		code = matrix_show(&c);
	collect_free(&c);
	return code;
}
