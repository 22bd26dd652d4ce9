// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "../judge/model.h"
#include "records.h"

struct diff_command {
	const char *names[2];
	struct kept_records kept[2];
	struct report_style style;
	int64_t slack_ns;
	size_t same, differ, alone;
};

/* A path, or a kernel whose records are in the folder. */
static int diff_load(struct diff_command *cmd, int side, const char *out_dir, char *const *patterns,
                     size_t pattern_count)
{
	const char *name = cmd->names[side];
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", out_dir, name);
	if (access(name, F_OK) == 0 || strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else if (access(path, F_OK) < 0)
		return cli_say(EXIT_NOT_RUN,
		               "%s: no such file or folder, nor records of such a kernel in %s/"
		               " ('finwait matrix --kernel %s' makes them)",
		               name, out_dir, name);
	return records_load(path, patterns, pattern_count, &cmd->kept[side]);
}

static const struct record *kept_find(const struct kept_records *kept, const char *probe)
{
	for (size_t i = 0; i < kept->count; i++)
		if (!strcmp(kept->records[i]->probe, probe))
			return kept->records[i];
	return NULL;
}

static int diff_pair(struct diff_command *cmd, const struct record *a, const struct record *b)
{
	const struct diff_side sides[2] = {{cmd->names[0], a}, {cmd->names[1], b}};
	bool differ = false;
	int err = diff_print(sides, cmd->slack_ns, &cmd->style, stdout, &differ);

	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot compare %s: %s", a->probe, strerror(-err));
	cmd->differ += differ;
	cmd->same += !differ;
	return 0;
}

static void diff_alone(struct diff_command *cmd, const char *probe, int side)
{
	printf("%-26sONLY IN %s\n", probe, cmd->names[side]);
	cmd->alone++;
}

/* One file against a folder is about that file's probe alone. */
static bool is_asked(const struct diff_command *cmd, int side, const char *probe)
{
	const struct kept_records *other = &cmd->kept[!side];

	return other->folder || kept_find(other, probe);
}

static int diff_all(struct diff_command *cmd)
{
	int code = 0;

	for (size_t i = 0; i < cmd->kept[0].count && !code; i++) {
		const struct record *a = cmd->kept[0].records[i];
		const struct record *b = kept_find(&cmd->kept[1], a->probe);

		if (b)
			code = diff_pair(cmd, a, b);
		else if (is_asked(cmd, 0, a->probe))
			diff_alone(cmd, a->probe, 0);
	}
	for (size_t i = 0; i < cmd->kept[1].count && !code; i++) {
		const char *probe = cmd->kept[1].records[i]->probe;

		if (!kept_find(&cmd->kept[0], probe) && is_asked(cmd, 1, probe))
			diff_alone(cmd, probe, 1);
	}
	return code;
}

static int diff_finish(struct diff_command *cmd)
{
	printf("\n%zu probe%s: %zu the same, %zu differ%s", cmd->same + cmd->differ + cmd->alone,
	       cmd->same + cmd->differ + cmd->alone == 1 ? "" : "s", cmd->same, cmd->differ,
	       cmd->differ == 1 ? "s" : "");
	if (cmd->alone)
		printf(", %zu on one side only", cmd->alone);
	putchar('\n');
	diff_print_rule(cmd->slack_ns, &cmd->style, stdout);
	return cmd->differ || cmd->alone ? EXIT_MODEL_FAILED : EXIT_AS_PREDICTED;
}

static int diff_loaded(struct diff_command *cmd)
{
	const struct kept_records *a = &cmd->kept[0], *b = &cmd->kept[1];
	int code;

	if (!a->count || !b->count)
		return cli_say(EXIT_NOT_RUN, "nothing to compare");
	if (!a->folder && !kept_find(b, a->records[0]->probe))
		return cli_say(EXIT_NOT_RUN, "%s is of %s, which %s is not or has not",
		               cmd->names[0], a->records[0]->probe, cmd->names[1]);
	if (!b->folder && !kept_find(a, b->records[0]->probe))
		return cli_say(EXIT_NOT_RUN, "%s is of %s, which %s has not", cmd->names[1],
		               b->records[0]->probe, cmd->names[0]);
	code = diff_all(cmd);
	return code ? code : diff_finish(cmd);
}

int command_diff(int argc, char **argv)
{
	static const struct option options[] = {{"out", required_argument, NULL, 'o'}, {0}};
	struct diff_command cmd = {.style = cli_style(), .slack_ns = model_slack_ns()};
	const char *out_dir = OUT_DIR_DEFAULT;
	int option, code = 0;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option != 'o')
			return cli_say(EXIT_USAGE, "diff does not take '%s' this way",
			               argv[optind - 1]);
		out_dir = optarg;
	}
	if (argc - optind < 2)
		return cli_say(EXIT_USAGE, "diff compares two: records, folders or kernels");
	cmd.names[0] = argv[optind];
	cmd.names[1] = argv[optind + 1];
	for (int side = 0; side < 2 && !code; side++)
		code = diff_load(&cmd, side, out_dir, argv + optind + 2,
		                 (size_t)(argc - optind - 2));
	if (!code)
		code = diff_loaded(&cmd);
	for (int side = 0; side < 2; side++)
		records_free(cmd.kept[side].records, cmd.kept[side].count);
	return code;
}
