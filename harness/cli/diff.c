// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff: two sources of records, compared probe by probe. Side A is --- and side B is +++:
 * paths in the order given, then kernels in theirs.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/slack.h"
#include "../run/registry.h"
#include "../report/diff/rows.h"
#include "../session/compile.h"
#include "cli.h"
#include "collect_options.h"
#include "format.h"

struct diff_command {
	struct collect collect; /* sources[0] is side A, sources[1] is B */
	struct words words;
	struct probe_words patterns; /* of them what are not the sides: which probes */
	const char **probes; /* that a kernel is asked, as the record at hand has them */
	struct report_style style;
	struct grid grid; /* where it is not text */
	int64_t slack_ns;
	size_t same, differ, alone, undone;
};

static const struct source *side_of(const struct diff_command *cmd, int side)
{
	return &cmd->collect.sources[side];
}

/* ---- the two sides ---- */

/* A path, or a kernel whose records are in the folder. */
static int side_add(struct collect *c, const char *name)
{
	const char *dir = c->request.out_dir;
	bool is_path = access(name, F_OK) == 0 || strchr(name, '/');
	struct fault fault;
	char *path = NULL;
	int code = 0;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	if (!is_path && access(path, F_OK) < 0)
		code = cli_say(EXIT_NOT_RUN,
		               "%s: no such file or folder, nor records of such a kernel in %s/"
		               " ('finwait matrix --kernel %s' makes them)",
		               name, dir, name);
	else if (collect_add(c, name, strlen(name), is_path ? name : path, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	free(path);
	return code;
}

static int diff_sides(struct diff_command *cmd)
{
	struct collect *c = &cmd->collect;
	size_t paths = c->count < 2 ? 2 - c->count : 0;
	struct fault fault;
	int code = 0;

	if (c->count > 2 || cmd->words.count < paths)
		return cli_say(EXIT_USAGE, "diff compares two: records, folders or kernels");
	for (size_t i = 0; i < paths && !code; i++)
		code = side_add(c, cmd->words.items[i]);
	if (code)
		return code;
	if (probe_words_take(cmd->words.items + paths, cmd->words.count - paths, &cmd->patterns,
	                     &fault) < 0)
		return cli_fault(EXIT_USAGE, &fault);
	c->request.patterns = c->asks[0].patterns = cmd->patterns.items;
	c->request.pattern_count = c->asks[0].count = cmd->patterns.count;
	if (paths == 1) {
		struct source kernel = c->sources[0];

		c->sources[0] = c->sources[1];
		c->sources[1] = kernel;
	}
	return 0;
}

static bool is_known(const struct record *rec)
{
	return registry_find(rec->probe) != NULL;
}

/* A form that the user gives is everybody's. */
static enum form form_of(const struct diff_command *cmd, const struct record *rec)
{
	if (cmd->collect.request.form != FORM_USUAL)
		return cmd->collect.request.form;
	return rec->faithful ? FORM_FAITHFUL : FORM_QUICK;
}

static bool same_ask(const struct diff_command *cmd, const struct record *a, const struct record *b)
{
	return form_of(cmd, a) == form_of(cmd, b) && run_asked_same(&a->run.asked, &b->run.asked);
}

static bool is_first_of_ask(const struct diff_command *cmd, const struct kept_records *kept,
                            size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_known(kept->records[i]) &&
		    same_ask(cmd, kept->records[i], kept->records[at]))
			return false;
	return is_known(kept->records[at]);
}

/* A kernel is asked what the records at hand were: those that were asked the same at once. */
static int diff_asks(struct diff_command *cmd, const struct kept_records *kept)
{
	struct collect *c = &cmd->collect;
	size_t used = 0;

	free(c->asks);
	c->ask_count = 0;
	c->asks = calloc(kept->count, sizeof(*c->asks));
	cmd->probes = calloc(kept->count, sizeof(*cmd->probes));
	if (!c->asks || !cmd->probes)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	for (size_t i = 0; i < kept->count; i++) {
		const struct record *first = kept->records[i];
		size_t begin = used;

		if (!is_first_of_ask(cmd, kept, i))
			continue;
		for (size_t j = i; j < kept->count; j++)
			if (is_known(kept->records[j]) && same_ask(cmd, first, kept->records[j]))
				cmd->probes[used++] = kept->records[j]->probe;
		c->asks[c->ask_count++] = (struct ask){
			.form = form_of(cmd, first),
			.asked = &first->run.asked,
			.patterns = cmd->probes + begin,
			.count = used - begin,
		};
	}
	return used ? 0
	            : cli_say(EXIT_NOT_RUN,
	                      "%s: none of its probes is known here (of one of your own, name "
	                      "its C file, too)",
	                      c->sources[0].name);
}

static int side_load(struct collect *c, struct source *source)
{
	struct fault fault;

	if (source_load(source, c->request.patterns, c->request.pattern_count, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return 0;
}

static int diff_collect(struct diff_command *cmd)
{
	struct collect *c = &cmd->collect;
	int code = diff_sides(cmd);

	for (size_t i = 0; i < c->count && !code; i++)
		if (c->sources[i].path)
			code = side_load(c, &c->sources[i]);
	if (!code && c->targets == 1)
		code = diff_asks(cmd, &c->sources[0].kept);
	if (!code && c->targets)
		code = collect_shown(c);
	for (size_t i = 0; i < c->count && !code; i++)
		if (c->interrupted || !c->sources[i].kept.count)
			code = EXIT_NOT_RUN; /* why has been said */
	return code;
}

/* ---- probe by probe ---- */

static const struct record *kept_find(const struct kept_records *kept, const char *probe)
{
	for (size_t i = 0; i < kept->count; i++)
		if (!strcmp(kept->records[i]->probe, probe))
			return kept->records[i];
	return NULL;
}

/* How much of its id is the same over either family. */
static size_t id_length(const struct record *rec)
{
	size_t length = strlen(rec->probe), suffix = strlen(FAMILY_IPV6_SUFFIX);

	if (rec->family != FAMILY_IPV6 || length <= suffix ||
	    strcmp(rec->probe + length - suffix, FAMILY_IPV6_SUFFIX) != 0)
		return length;
	return length - suffix;
}

static bool is_other_family(const struct record *a, const struct record *b)
{
	return a->family != b->family && id_length(a) == id_length(b) &&
	       !strncmp(a->probe, b->probe, id_length(a));
}

/*
 * What @rec, of @side, is compared with; NULL: nothing. Its own probe's record, or, where two
 * files are all that is given, that of the other family.
 */
static const struct record *partner_find(const struct diff_command *cmd, int side,
                                         const struct record *rec)
{
	const struct kept_records *other = &side_of(cmd, !side)->kept;
	const struct record *same = kept_find(other, rec->probe);

	if (same || other->folder || side_of(cmd, side)->kept.folder)
		return same;
	return is_other_family(rec, other->records[0]) ? other->records[0] : NULL;
}

/* A run of ours that failed for reasons of its own tells nothing of the kernel. */
static bool is_undone(const struct diff_command *cmd, int side, const struct record *rec)
{
	return !side_of(cmd, side)->path && rec->outcome == OUTCOME_ERROR;
}

static int diff_pair(struct diff_command *cmd, const struct record *a, const struct record *b)
{
	const struct diff_side sides[2] = {{side_of(cmd, 0)->name, a}, {side_of(cmd, 1)->name, b}};
	bool differ = false;
	int err = cli_format() == FORMAT_TEXT
	                  ? diff_print(sides, cmd->slack_ns, &cmd->style, stdout, &differ)
	                  : diff_rows(&cmd->grid, sides, cmd->slack_ns, &differ);

	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot compare %s: %s", a->probe, strerror(-err));
	if (is_undone(cmd, 0, a) || is_undone(cmd, 1, b))
		cmd->undone++;
	else if (differ)
		cmd->differ++;
	else
		cmd->same++;
	return 0;
}

static void diff_alone(struct diff_command *cmd, const char *probe, int side)
{
	const char *const names[2] = {side_of(cmd, 0)->name, side_of(cmd, 1)->name};

	if (cli_format() == FORMAT_TEXT)
		printf("%-26sONLY IN %s\n", probe, names[side]);
	else
		diff_row_alone(&cmd->grid, names, probe, side);
	cmd->alone++;
}

/* One file against a folder is about that file's probe alone. */
static bool is_asked(const struct diff_command *cmd, int side, const char *probe)
{
	const struct kept_records *other = &side_of(cmd, !side)->kept;

	return other->folder || kept_find(other, probe);
}

/* Those of a side that are compared, or are on that side alone; the others are NULL. */
static const struct record **side_asked(const struct diff_command *cmd, int side)
{
	const struct kept_records *kept = &side_of(cmd, side)->kept;
	const struct record **records = calloc(kept->count + 1, sizeof(const struct record *));

	for (size_t i = 0; records && i < kept->count; i++) {
		const struct record *rec = kept->records[i];

		if (partner_find(cmd, side, rec) || is_asked(cmd, side, rec->probe))
			records[i] = rec;
	}
	return records;
}

static int diff_head(const struct diff_command *cmd)
{
	const struct record **records[2] = {side_asked(cmd, 0), side_asked(cmd, 1)};
	bool all = records[0] && records[1];
	struct diff_records sides[2];

	for (int k = 0; k < 2; k++)
		sides[k] = (struct diff_records){side_of(cmd, k)->name, records[k],
		                                 side_of(cmd, k)->kept.count};
	if (all)
		diff_print_heading(sides, &cmd->style, stdout);
	free(records[0]);
	free(records[1]);
	return all ? 0 : cli_say(EXIT_NOT_RUN, "out of memory");
}

static int diff_all(struct diff_command *cmd)
{
	const struct kept_records *left = &side_of(cmd, 0)->kept, *right = &side_of(cmd, 1)->kept;
	int code = 0;

	for (size_t i = 0; i < left->count && !code; i++) {
		const struct record *a = left->records[i];
		const struct record *b = partner_find(cmd, 0, a);

		if (b)
			code = diff_pair(cmd, a, b);
		else if (is_asked(cmd, 0, a->probe))
			diff_alone(cmd, a->probe, 0);
	}
	for (size_t i = 0; i < right->count && !code; i++) {
		const struct record *b = right->records[i];

		if (!partner_find(cmd, 1, b) && is_asked(cmd, 1, b->probe))
			diff_alone(cmd, b->probe, 1);
	}
	return code;
}

static void totals_print(const struct diff_command *cmd)
{
	size_t total = cmd->same + cmd->differ + cmd->alone + cmd->undone;

	printf("\n%zu probe%s: %zu the same, %zu differ%s", total, total == 1 ? "" : "s", cmd->same,
	       cmd->differ, cmd->differ == 1 ? "s" : "");
	if (cmd->alone)
		printf(", %zu on one side only", cmd->alone);
	if (cmd->undone)
		printf(", %zu not carried out", cmd->undone);
	putchar('\n');
	diff_print_rule(cmd->slack_ns, &cmd->style, stdout);
	if (cmd->collect.targets)
		printf("\nThe records are in %s/KERNEL/.\n", cmd->collect.request.out_dir);
}

static int diff_finish(struct diff_command *cmd)
{
	int code = 0;

	if (cli_format() == FORMAT_TEXT)
		totals_print(cmd);
	else
		code = format_print(&cmd->grid);
	if (code)
		return code;
	if (cmd->differ || cmd->alone)
		return EXIT_MODEL_FAILED;
	return cmd->collect.tally.incomplete ? EXIT_NOT_RUN : EXIT_AS_PREDICTED;
}

/* A record that is not of a folder is of one probe: the other side must have it. */
static int diff_check(const struct diff_command *cmd)
{
	const struct source *a = side_of(cmd, 0), *b = side_of(cmd, 1);

	if (!a->kept.folder && !partner_find(cmd, 0, a->kept.records[0]))
		return cli_say(EXIT_NOT_RUN, "%s is of %s, which %s is not or has not", a->name,
		               a->kept.records[0]->probe, b->name);
	if (!b->kept.folder && !partner_find(cmd, 1, b->kept.records[0]))
		return cli_say(EXIT_NOT_RUN, "%s is of %s, which %s has not", b->name,
		               b->kept.records[0]->probe, a->name);
	return 0;
}

int command_diff(int argc, char **argv)
{
	struct diff_command cmd = {
		.style = cli_style(),
		.grid = grid_open("finwait diff"),
		.slack_ns = slack_ms() * NS_PER_MS,
	};
	int code = collect_parse(&cmd.collect, COMMAND_DIFF, (struct own_options){0}, argc, argv,
	                         &cmd.words);

	diff_columns(&cmd.grid);
	if (!code)
		code = diff_collect(&cmd);
	if (!code)
		code = diff_check(&cmd);
	if (!code && cli_format() == FORMAT_TEXT)
		code = diff_head(&cmd);
	if (!code)
		code = diff_all(&cmd);
	if (!code)
		code = diff_finish(&cmd);
	collect_free(&cmd.collect);
	probe_words_free(&cmd.patterns);
	free(cmd.probes);
	grid_free(&cmd.grid);
	return code;
}
