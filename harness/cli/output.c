// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#include <stdlib.h>
#include <string.h>

#include "../record/json.h"
#include "../report/finding_rows.h"
#include "../report/outcome_words.h"
#include "cli.h"
#include "format.h"
#include "junit.h"

void json_print(char *line)
{
	if (line)
		puts(line);
	free(line);
}

void json_print_record(const struct record *rec)
{
	if (rec->event_count)
		json_print(json_probe_line(rec));
	for (size_t i = 0; i < rec->event_count; i++)
		json_print(json_event_line(rec->probe, &rec->events[i]));
	json_print(json_result_line(rec));
}

void json_print_phases(const struct phases *phases)
{
	for (size_t i = 0; i < phases->probe_count; i++) {
		const struct probe_phases *probe = &phases->probes[i];

		for (size_t j = 0; j < probe->count; j++)
			json_print(
				json_phases_line(probe->probe, phases->count, &probe->spreads[j]));
	}
}

int records_print_as(struct record *const *records, size_t count, const struct phases *phases,
                     const char *title)
{
	struct grid grid;

	if (cli_format() == FORMAT_JUNIT)
		return junit_write(records, count, phases, "-");
	grid = grid_open(title);
	finding_rows(&grid, (const struct record *const *)records, count, phases);
	return format_print(&grid);
}

/* The ladder of each that has one to draw. */
static void ladders_print(struct record *const *records, size_t count,
                          const struct report_style *style)
{
	for (size_t i = 0; i < count; i++)
		if (records[i] && records[i]->event_count) {
			putchar('\n');
			if (ladder_print(records[i], style, stdout))
				return; /* it has said why, or nobody reads any more */
		}
}

/* Those that say something else than the model does, or that said nothing, to the front of @some. */
static size_t unpredicted_find(struct record *const *records, size_t count, struct record **some)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (records[i] && record_outcome(records[i]) != OUTCOME_OK &&
		    record_outcome(records[i]) != OUTCOME_SKIPPED)
			some[found++] = records[i];
	return found;
}

/* With --quiet the same, of those alone that are not as predicted. */
static void records_print_quiet(struct record *const *records, size_t count,
                                const struct report_style *style)
{
	struct record **some = calloc(count + 1, sizeof(struct record *));
	size_t found = some ? unpredicted_find(records, count, some) : 0;

	if (!some)
		(void)cli_say(EXIT_NOT_RUN, "out of memory");
	else if (found)
		table_print((const struct record *const *)some, found, style, stdout);
	free(some);
}

#define ON_A_SCREEN 3 /* probes, with their findings */

void records_print(struct record *const *records, size_t count, unsigned int verbose, bool ladder)
{
	struct report_style style = cli_style();
	unsigned int level = verbose + (count <= ON_A_SCREEN);

	style.verbose = level > 1;
	if (cli_is_quiet())
		records_print_quiet(records, count, &style);
	else if (level)
		table_print((const struct record *const *)records, count, &style, stdout);
	else
		digest_print((const struct record *const *)records, count, &style, stdout);
	if (ladder || verbose > 1)
		ladders_print(records, count, &style);
}

void kept_print(const char *dir, bool kept)
{
	bool elsewhere = strcmp(dir, OUT_DIR_DEFAULT) != 0;

	if (kept)
		cli_advise(
			"\nThe record is in %s/. Look closer: finwait ladder ID%s%s; finwait show "
			"ID\n",
			dir, elsewhere ? " --out " : "", elsewhere ? dir : "");
	else
		printf("\nNot every record could be kept in %s/.\n", dir);
}
