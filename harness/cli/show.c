// SPDX-License-Identifier: GPL-2.0-or-later
/* show: what is known by a name, be it a probe's, a claim's, or the kernel's own. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/nearest.h"
#include "../report/claim_verdict.h"
#include "../report/verdict_words.h"
#include "../run/keep.h"
#include "../session/records.h"
#include "cli.h"
#include "format.h"
#include "named.h"
#include "output.h"
#include "show_probe.h"

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	(void)row; /* --out is all there is */
	*(const char **)arg = value;
	return 0;
}

/* By the id of a row, or that of the probe whose variants the rows are. */
static const struct probe *probe_find(const char *id)
{
	const struct registry_row *row = registry_find(id), *rows;
	size_t count;

	if (row)
		return row->probe;
	rows = registry_rows(&count);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].probe->id, id))
			return rows[i].probe;
	return NULL;
}

static const struct claim *claim_of(const struct probe *probe, const char *id)
{
	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
		if (!strcmp(probe->claims[i].id, id))
			return &probe->claims[i];
	return NULL;
}

/* ---- what the last run came to ---- */

/* The records in @dir of all rows of @probe, over both families; NULL: no memory. */
static struct record **records_of(const struct probe *probe, const char *dir, size_t *count)
{
	size_t rows;
	const struct registry_row *row = registry_rows(&rows);
	struct record **records = calloc(2 * rows + 1, sizeof(struct record *));

	*count = 0;
	for (size_t i = 0; records && i < 2 * rows; i++) {
		char id[140], *path;
		struct fault ignored;

		if (row[i / 2].probe != probe)
			continue;
		snprintf(id, sizeof(id), "%s%s", row[i / 2].id, i % 2 ? FAMILY_IPV6_SUFFIX : "");
		path = keep_path(dir, id);
		if (path && access(path, R_OK) == 0)
			records[*count] = record_load(path, false, &ignored);
		*count += records[*count] != NULL;
		free(path);
	}
	return records;
}

static void show_last(const struct probe *probe, const char *dir)
{
	size_t count;
	struct record **records = records_of(probe, dir, &count);

	if (!records)
		return;
	if (count) {
		putchar('\n');
		cli_text(0, "The last run, in %s/:", dir);
		putchar('\n');
		records_print(records, count, 0, false);
	}
	records_free(records, count);
}

/* A line a finding of claim @id. */
static void show_findings(const struct probe *probe, const char *id, const char *dir)
{
	size_t count;
	struct record **records = records_of(probe, dir, &count);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < records[i]->finding_count; j++) {
			const struct finding *finding = &records[i]->findings[j];
			struct buffer words = {0};
			const char *text;

			if (strcmp(finding->claim, id) != 0)
				continue;
			finding_add_words(&words, finding);
			text = buffer_text(&words);
			cli_text(6, "last run of %s: %s: %s", records[i]->probe,
			         verdict_word(finding->verdict), text ? text : "");
			buffer_free(&words);
		}
	if (records)
		records_free(records, count);
}

/* ---- what a name may be ---- */

/* Of a claim that goes by another name than its probe; each probe that judges it. */
static bool claim_print(const char *id, const char *dir)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = rows[i].probe;
		const struct claim *claim = claim_of(probe, id);

		if (!claim || (i && rows[i - 1].probe == probe))
			continue;
		if (!found) {
			printf("%s: a claim\n\n", claim->id);
			cli_text(2, "%s", claim->text);
			show_articles(claim->article);
			printf("\nJudged by\n");
		}
		found = true;
		cli_text(2, "%s: %s", probe->id, probe->title);
		show_findings(probe, id, dir);
	}
	return found;
}

static bool is_named(const struct registry_row *row, const void *pattern)
{
	return registry_names(row, pattern);
}

static bool glob_print(const char *pattern)
{
	char head[160];

	if (!strpbrk(pattern, "*?["))
		return false;
	snprintf(head, sizeof(head), "Probes that fit %.120s", pattern);
	return probes_print(head, is_named, pattern) > 0;
}

/* ---- as rows ---- */

/* What the last run made of a claim: in the first record that judged it. */
static void put_last(struct grid *grid, struct record *const *records, size_t count, const char *id)
{
	const struct record *rec = NULL;

	for (size_t i = 0; i < count && !rec; i++)
		rec = record_claim_find(records[i], id) ? records[i] : NULL;
	grid_put(grid, "%s%s", rec ? "Linux " : "", rec ? rec->run.kernel : "");
	grid_put(grid, "%s", rec ? verdict_word(claim_verdict(rec, id)) : "");
}

/* The claims of @probe: all, or that of the id @only. */
static void put_claims(struct grid *grid, const struct probe *probe, const char *only,
                       const char *dir)
{
	size_t count;
	struct record **records = records_of(probe, dir, &count);

	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++) {
		const struct claim *claim = &probe->claims[i];

		if (only && strcmp(claim->id, only) != 0)
			continue;
		grid_put(grid, "%s", FINWAIT_VERSION);
		put_last(grid, records, count, claim->id);
		grid_put(grid, "%s", probe->id);
		grid_put(grid, "%s", probe->title);
		grid_put(grid, "%s", claim->id);
		grid_put(grid, "%s", claim->article);
		grid_put(grid, "%s", claim->text);
	}
	if (records)
		records_free(records, count);
}

/* Of a probe all claims, of a claim those that judge it, of a glob those of each probe. */
static void put_named(struct grid *grid, const char *name, const char *dir)
{
	const struct probe *probe = probe_find(name), *before = NULL;
	bool glob = strpbrk(name, "*?[") != NULL;
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct probe *one = rows[i].probe;

		if (one == before || (probe && one != probe) ||
		    (glob && !registry_names(&rows[i], name)))
			continue;
		before = one;
		put_claims(grid, one, probe || glob ? NULL : name, dir);
	}
}

/* -1: there is nothing of that name. */
static int show_rows(const char *name, const char *dir)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT},
		{"last_run_on", GRID_CONTEXT},
		{"verdict", 0},
		{"probe", GRID_CONTEXT},
		{"title", GRID_CONTEXT},
		{"claim", 0},
		{"article", 0},
		{"text", 0},
	};
	const struct effect *effect = effect_find(name);
	struct grid grid = grid_open("finwait show");

	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	put_named(&grid, name, dir);
	if (grid.cell_count)
		return format_print(&grid);
	grid_free(&grid);
	grid = grid_open("finwait show");
	if (effect) {
		effect_columns(&grid);
		effect_put(&grid, effect);
	} else if (!name_put(&grid, name)) {
		grid_free(&grid);
		return -1;
	}
	return format_print(&grid);
}

static int show_refuse(const char *name)
{
	char words[NEAREST_MOST * NEAREST_LENGTH + 40];
	const struct effect *effect;
	struct nearest nearest;
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	nearest_start(&nearest, name);
	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = rows[i].probe;

		nearest_try(&nearest, probe->id);
		nearest_try(&nearest, rows[i].id);
		for (int j = 0; j < CLAIMS_PER_PROBE && probe->claims[j].id; j++)
			nearest_try(&nearest, probe->claims[j].id);
	}
	for (unsigned int i = 0; (effect = effect_at(i)); i++)
		nearest_try(&nearest, effect_short(effect));
	errnos_try(&nearest);
	return cli_say(
		EXIT_USAGE, "no probe %s '%s'%s", strpbrk(name, "*?[") ? "matches" : "is called",
		name, nearest_words(&nearest, " ('finwait list' shows all)", words, sizeof(words)));
}

int command_show(int argc, char **argv)
{
	const char *dir = OUT_DIR_DEFAULT, *name;
	const struct effect *effect;
	const struct probe *probe;
	struct words words;
	int code = options_parse(COMMAND_SHOW, argc, argv, option_take, &dir, &words);

	if (code)
		return code;
	if (words.count != 1)
		return cli_say(EXIT_USAGE, "show takes one probe's id, or one claim, glob, sysctl, "
		                           "errno or counter ('finwait list' shows all probes)");
	name = words.items[0];
	if (cli_format() != FORMAT_TEXT) {
		code = show_rows(name, dir);
		return code < 0 ? show_refuse(name) : code;
	}
	if ((probe = probe_find(name))) {
		show_probe(probe);
		show_last(probe, dir);
		return EXIT_AS_PREDICTED;
	}
	if (claim_print(name, dir) || glob_print(name))
		return EXIT_AS_PREDICTED;
	if ((effect = effect_find(name)))
		effect_print(effect);
	else if (!name_print(name))
		return show_refuse(name);
	return EXIT_AS_PREDICTED;
}
