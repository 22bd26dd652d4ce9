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
