// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * matrix: one request, carried out on each kernel in turn as 'finwait run' would, or
 * read from what was kept; each becomes a column.
 */
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../judge/model.h"
#include "../run/registry.h"
#include "records.h"

#define HOST_NAME "host"

struct source {
	char *name; /* as the column is called */
	char *dir; /* of kept records; NULL: run it */
	struct record **records;
	size_t count;
	char *why; /* nothing is there, and why */
};

struct matrix_command {
	struct source sources[MATRIX_COLUMNS];
	size_t count;
	const char *out_dir;
	char **pass; /* for run: its options, "--", the patterns */
	int pass_count, option_count;
	bool has_kernel, has_host, faithful, quick;
	char **patterns;
	size_t pattern_count;
	bool incomplete; /* something could not be carried out */
};

/* ---- what is asked ---- */

static int source_add(struct matrix_command *cmd, const char *name, size_t length, const char *dir)
{
	struct source *source = &cmd->sources[cmd->count];

	if (!length)
		return cli_say(EXIT_USAGE, "a kernel without a name in '%s'", name);
	if (cmd->count == MATRIX_COLUMNS)
		return cli_say(EXIT_USAGE, "at most %d kernels", MATRIX_COLUMNS);
	for (size_t i = 0; i < cmd->count; i++)
		if (strlen(cmd->sources[i].name) == length &&
		    !strncmp(cmd->sources[i].name, name, length))
			return cli_say(EXIT_USAGE, "'%.*s' is named twice", (int)length, name);
	cmd->count++;
	source->name = strndup(name, length);
	source->dir = dir ? strdup(dir) : NULL;
	if (!source->name || (dir && !source->dir))
		return cli_say(EXIT_NOT_RUN, "out of memory");
	if (!dir && !strcmp(source->name, HOST_NAME))
		cmd->has_host = true;
	cmd->has_kernel |= !dir;
	return 0;
}

static int take_kernels(struct matrix_command *cmd, const char *list)
{
	int code = 0;

	while (!code) {
		size_t length = strcspn(list, ",");

		code = source_add(cmd, list, length, NULL);
		if (!list[length])
			break;
		list += length + 1;
	}
	return code;
}

static int take_from(struct matrix_command *cmd, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return cli_say(EXIT_USAGE, "--from wants NAME=DIR, not '%s'", text);
	return source_add(cmd, text, (size_t)(equals - text), equals + 1);
}

static const struct option options[] = {
	{"kernel", required_argument, NULL, 'k'},
	{"from", required_argument, NULL, 'F'},
	{"out", required_argument, NULL, 'o'},
	{"faithful", no_argument, NULL, 'f'},
	{"quick", no_argument, NULL, 'q'},
	/* as run's: handed on */
	{"clock", required_argument, NULL, 'r'},
	{"seed", required_argument, NULL, 'r'},
	{"set", required_argument, NULL, 'r'},
	{"param", required_argument, NULL, 'r'},
	{"time-limit", required_argument, NULL, 'r'},
	{0},
};

static void pass_add(struct matrix_command *cmd, const char *word)
{
	/* getopt's words are not ours to change, nor does run change them */
	cmd->pass[cmd->pass_count++] = (char *)(uintptr_t)word;
}

static int option_take(struct matrix_command *cmd, int option, const char *name, char **argv)
{
	switch (option) {
	case 'k':
		return take_kernels(cmd, optarg);
	case 'F':
		return take_from(cmd, optarg);
	case 'o':
		cmd->out_dir = optarg;
		return 0;
	case 'f':
		cmd->faithful = true;
		return 0;
	case 'q':
		cmd->quick = true;
		return 0;
	case 'j':
		pass_add(cmd, "-j");
		pass_add(cmd, optarg);
		return 0;
	case 'r':
		pass_add(cmd, name);
		pass_add(cmd, optarg);
		return 0;
	case ':':
		return cli_say(EXIT_USAGE, "%s wants a value", argv[optind - 1]);
	}
	return cli_say(EXIT_USAGE, "matrix has no option '%s' ('finwait matrix --help')",
	               argv[optind - 1]);
}

static int matrix_options(struct matrix_command *cmd, int argc, char **argv)
{
	static char names[sizeof(options) / sizeof(options[0])][24];
	int option, index = 0, code = 0;

	opterr = 0;
	while (!code && (option = getopt_long(argc, argv, ":j:", options, &index)) != -1) {
		snprintf(names[index], sizeof(names[index]), "--%s",
		         options[index].name ? options[index].name : "");
		code = option_take(cmd, option, names[index], argv);
	}
	return code;
}

/* Every kernel is asked the same: the host has no time for the articles' own conditions. */
static int matrix_conditions(struct matrix_command *cmd)
{
	if (cmd->quick && cmd->faithful)
		return cli_say(EXIT_USAGE, "--quick or --faithful, not both");
	if (!cmd->quick && !cmd->faithful)
		cmd->quick = cmd->has_host;
	return 0;
}

static int matrix_parse(struct matrix_command *cmd, int argc, char **argv)
{
	int code;

	cmd->pass = calloc((size_t)argc * 2 + 8, sizeof(*cmd->pass));
	if (!cmd->pass)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	pass_add(cmd, argv[0]);
	code = matrix_options(cmd, argc, argv);
	if (!code)
		code = matrix_conditions(cmd);
	if (code)
		return code;
	if (!cmd->count)
		return cli_say(EXIT_USAGE, "matrix wants --kernel K,K... or --from NAME=DIR");
	if (!cmd->has_kernel && cmd->pass_count > 1)
		return cli_say(EXIT_USAGE, "%s goes with --kernel, not with --from alone",
		               cmd->pass[1]);
	cmd->option_count = cmd->pass_count;
	cmd->patterns = argv + optind;
	cmd->pattern_count = (size_t)(argc - optind);
	return 0;
}

/* ---- a column ---- */

/* A path is a kernel's name, too. */
static void source_folder(const struct matrix_command *cmd, const struct source *source, char *dir,
                          size_t size)
{
	size_t at = strlen(cmd->out_dir) + 1;

	snprintf(dir, size, "%s/%s", cmd->out_dir, source->name);
	for (char *c = dir + (at < size ? at : size - 1); *c; c++)
		if (*c == '/' || (*c == '.' && c == dir + at))
			*c = '_';
}

static void pass_fill(struct matrix_command *cmd, const struct source *source)
{
	cmd->pass_count = cmd->option_count;
	if (cmd->quick && strcmp(source->name, HOST_NAME) != 0)
		pass_add(cmd, "--quick");
	if (cmd->faithful)
		pass_add(cmd, "--faithful");
	if (strcmp(source->name, HOST_NAME) != 0) {
		pass_add(cmd, "--kernel");
		pass_add(cmd, source->name);
	}
	pass_add(cmd, "--");
	for (size_t i = 0; i < cmd->pattern_count; i++)
		pass_add(cmd, cmd->patterns[i]);
	cmd->pass[cmd->pass_count] = NULL;
}

/* Returns 0, or an exit code that ends it all: what was asked is wrong on any kernel. */
static int source_run(struct matrix_command *cmd, struct source *source, bool *interrupted)
{
	struct run_result result;
	char dir[4096];
	int code;

	if (mkdir(cmd->out_dir, 0777) < 0 && errno != EEXIST)
		return cli_say(EXIT_NOT_RUN, "make the folder %s for the records (--out DIR): %s",
		               cmd->out_dir, strerror(errno));
	source_folder(cmd, source, dir, sizeof(dir));
	pass_fill(cmd, source);
	code = run_collect(cmd->pass_count, cmd->pass, dir, &result);
	source->records = result.records;
	source->count = result.count;
	*interrupted = result.interrupted;
	if (!result.accepted)
		return code;
	cmd->incomplete |= code == EXIT_NOT_RUN || !result.records;
	return 0;
}

static void source_load(struct matrix_command *cmd, struct source *source)
{
	struct kept_records kept;

	if (records_load(source->dir, cmd->patterns, cmd->pattern_count, &kept))
		cmd->incomplete = true;
	source->records = kept.records;
	source->count = kept.count;
}

static int matrix_collect(struct matrix_command *cmd)
{
	bool interrupted = false;
	int code = 0;

	for (size_t i = 0; i < cmd->count && !code; i++) {
		struct source *source = &cmd->sources[i];

		cli_about(source->name);
		if (interrupted)
			cmd->incomplete = true;
		else if (source->dir)
			source_load(cmd, source);
		else
			code = source_run(cmd, source, &interrupted);
		if (!source->records)
			source->why = strdup(interrupted ? "interrupted" : cli_said());
	}
	cli_about(NULL);
	return code;
}

/* ---- the table ---- */

static int matrix_exit_code(const struct matrix_command *cmd)
{
	unsigned int by[OUTCOME_COUNT] = {0};
	size_t total = 0;

	for (size_t i = 0; i < cmd->count; i++) {
		for (size_t j = 0; j < cmd->sources[i].count; j++) {
			const struct record *rec = cmd->sources[i].records[j];

			if (!rec)
				continue;
			by[rec->finished ? rec->outcome : OUTCOME_CRASHED]++;
			total++;
		}
	}
	if (by[OUTCOME_MODEL_FAILED])
		return EXIT_MODEL_FAILED;
	if (cmd->incomplete || by[OUTCOME_ERROR] || by[OUTCOME_CRASHED] || by[OUTCOME_TIMED_OUT] ||
	    by[OUTCOME_INCONCLUSIVE])
		return EXIT_NOT_RUN;
	return by[OUTCOME_SKIPPED] == total ? EXIT_ALL_SKIPPED : EXIT_AS_PREDICTED;
}

static int matrix_show(const struct matrix_command *cmd)
{
	struct report_style style = cli_style();
	struct matrix_column columns[MATRIX_COLUMNS];
	int err;

	for (size_t i = 0; i < cmd->count; i++) {
		const struct source *source = &cmd->sources[i];

		columns[i] = (struct matrix_column){
			.name = source->name,
			.why = source->records ? NULL
		               : source->why   ? source->why
		                               : "",
			.records = (const struct record *const *)source->records,
			.count = source->count,
		};
	}
	err = matrix_print(columns, cmd->count, registry_title, model_slack_ns(), &style, stdout);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot print the table: %s", strerror(-err));
	if (cmd->has_kernel)
		printf("\nThe records are in %s/KERNEL/. Look closer: finwait diff A B\n",
		       cmd->out_dir);
	return matrix_exit_code(cmd);
}

int command_matrix(int argc, char **argv)
{
	struct matrix_command cmd = {.out_dir = OUT_DIR_DEFAULT};
	int code = matrix_parse(&cmd, argc, argv);

	if (!code)
		code = matrix_collect(&cmd);
	if (!code)
		code = matrix_show(&cmd);
	for (size_t i = 0; i < cmd.count; i++) {
		records_free(cmd.sources[i].records, cmd.sources[i].count);
		free(cmd.sources[i].name);
		free(cmd.sources[i].dir);
		free(cmd.sources[i].why);
	}
	free(cmd.pass);
	return code;
}
