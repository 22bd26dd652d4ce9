// SPDX-License-Identifier: GPL-2.0-or-later
#include "ask.h"
#include "ready.h"

#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HOST_NAME "host"

bool source_is_host(const struct source *source)
{
	return !source->path && !strcmp(source->name, HOST_NAME);
}

/* ---- what is asked ---- */

static int source_add(struct collect *c, const char *name, size_t length, const char *path)
{
	struct source *source = &c->sources[c->count];

	if (c->count == SOURCES_MAX)
		return cli_say(EXIT_USAGE, "at most %d kernels", SOURCES_MAX);
	*source = (struct source){
		.name = strndup(name, length),
		.path = path ? strdup(path) : NULL,
	};
	c->count++;
	if (!source->name || (path && !source->path))
		return cli_say(EXIT_NOT_RUN, "out of memory");
	c->kernels += !path;
	c->has_host |= source_is_host(source);
	return 0;
}

static int source_take(struct collect *c, const char *name, size_t length, const char *path)
{
	if (!length)
		return cli_say(EXIT_USAGE, "a kernel without a name in '%s'", name);
	for (size_t i = 0; i < c->count; i++)
		if (strlen(c->sources[i].name) == length &&
		    !strncmp(c->sources[i].name, name, length))
			return cli_say(EXIT_USAGE, "'%.*s' is named twice", (int)length, name);
	return source_add(c, name, length, path);
}

int collect_add_path(struct collect *c, const char *name, const char *path)
{
	return source_add(c, name, strlen(name), path);
}

static int take_kernels(struct collect *c, const char *list)
{
	int code = 0;

	while (!code) {
		size_t length = strcspn(list, ",");

		code = source_take(c, list, length, NULL);
		if (!list[length])
			break;
		list += length + 1;
	}
	return code;
}

static int take_from(struct collect *c, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return cli_say(EXIT_USAGE, "--from wants NAME=DIR, not '%s'", text);
	return source_take(c, text, (size_t)(equals - text), equals + 1);
}

static int take_form(struct collect *c, const char *form)
{
	if (c->form && strcmp(c->form, form) != 0)
		return cli_say(EXIT_USAGE, "--quick or --faithful, not both");
	c->form = form;
	return 0;
}

static const struct option options[] = {
	{"kernel", required_argument, NULL, 'k'},
	{"from", required_argument, NULL, 'F'},
	{"out", required_argument, NULL, 'o'},
	{"faithful", no_argument, NULL, 'f'},
	{"quick", no_argument, NULL, 'q'},
	/* as run's: handed on */
	{"phases", required_argument, NULL, 'P'},
	{"clock", required_argument, NULL, 'r'},
	{"seed", required_argument, NULL, 'r'},
	{"set", required_argument, NULL, 'r'},
	{"param", required_argument, NULL, 'r'},
	{"time-limit", required_argument, NULL, 'r'},
	{0},
};

static void pass_add(struct collect *c, const char *word)
{
	/* getopt's words are not ours to change, nor does run change them */
	c->pass[c->pass_count++] = (char *)(uintptr_t)word;
}

static int pass_option(struct collect *c, const char *name)
{
	pass_add(c, name);
	pass_add(c, optarg);
	return 0;
}

static int option_take(struct collect *c, int option, const char *name, char **argv)
{
	switch (option) {
	case 'k':
		return take_kernels(c, optarg);
	case 'F':
		if (c->is_matrix)
			return take_from(c, optarg);
		break;
	case 'o':
		c->out_dir = optarg;
		return 0;
	case 'f':
		return take_form(c, "--faithful");
	case 'q':
		return take_form(c, "--quick");
	case 'j':
		return pass_option(c, "-j");
	case 'P':
		c->has_phases = true;
		if (c->is_matrix)
			return pass_option(c, name);
		break;
	case 'r':
		return pass_option(c, name);
	case ':':
		return cli_say(EXIT_USAGE, "%s wants a value", argv[optind - 1]);
	case '?':
		name = argv[optind - 1];
		break;
	}
	return cli_say(EXIT_USAGE, "%s has no option '%s' ('finwait %s --help')", argv[0], name,
	               argv[0]);
}

int collect_parse(struct collect *c, int argc, char **argv)
{
	static char names[sizeof(options) / sizeof(options[0])][24];
	int option, index = 0, code = 0;

	c->out_dir = OUT_DIR_DEFAULT;
	c->pass = calloc((size_t)argc * 2, sizeof(*c->pass));
	c->asks = calloc(1, sizeof(*c->asks));
	if (!c->pass || !c->asks)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	pass_add(c, argv[0]);
	opterr = 0;
	while (!code && (option = getopt_long(argc, argv, ":j:", options, &index)) != -1) {
		snprintf(names[index], sizeof(names[index]), "--%s",
		         options[index].name ? options[index].name : "");
		code = option_take(c, option, names[index], argv);
	}
	if (code)
		return code;
	if (!c->kernels && (c->pass_count > 1 || c->form))
		return cli_say(EXIT_USAGE, "%s goes with --kernel", c->form ? c->form : c->pass[1]);
	c->words = argv + optind;
	c->word_count = (size_t)(argc - optind);
	/* Every kernel is asked the same: the host has no time for the articles' conditions. */
	c->asks[0] = (struct ask){
		.form = !c->form && c->has_host ? "--quick" : c->form,
		.patterns = c->words,
		.count = c->word_count,
	};
	c->ask_count = 1;
	return 0;
}

/* ---- one source ---- */

/* Where a kernel's records are kept. A path is a kernel's name, too. */
static void source_folder(const struct collect *c, const struct source *source, char *dir,
                          size_t size)
{
	size_t at = strlen(c->out_dir) + 1;

	snprintf(dir, size, "%s/%s", c->out_dir, source->name);
	for (char *word = dir + (at < size ? at : size - 1), *s = word; *s; s++)
		if (*s == '/' || (*s == '.' && s == word))
			*s = '_';
}

/* Takes over what a run came to. */
static int source_keep(struct source *source, struct run_result *result)
{
	struct kept_records *kept = &source->kept;
	struct record **all =
		reallocarray(kept->records, kept->count + result->count + 1, sizeof(*all));

	if (!all) {
		records_free(result->records, result->count);
		phases_free(&result->phases);
		return cli_say(EXIT_NOT_RUN, "out of memory");
	}
	kept->records = all;
	kept->folder = true;
	for (size_t i = 0; i < result->count; i++)
		if (result->records[i]) /* else interrupted before */
			all[kept->count++] = result->records[i];
	free(result->records);
	phases_free(&source->phases);
	source->phases = result->phases;
	return 0;
}

static int source_run(struct collect *c, struct source *source, const struct ask *ask)
{
	struct run_result result = {0};
	struct run_words words;
	char dir[4096];
	int code;

	source_folder(c, source, dir, sizeof(dir));
	if (ask_words(c, source, ask, &words) < 0)
		code = cli_say(EXIT_NOT_RUN, "out of memory");
	else
		code = run_collect(words.count, words.items, dir, &result);
	run_words_free(&words);
	c->interrupted |= result.interrupted;
	c->incomplete |= code == EXIT_NOT_RUN || !result.records;
	c->model_failed |= code == EXIT_MODEL_FAILED;
	return result.records ? source_keep(source, &result) : 0;
}

/* Of several records of one probe the first is shown, and no phases but its own. */
static int source_phases(struct source *source)
{
	struct record *const *records = source->kept.records;
	int err = 0;

	for (size_t i = 0; i < source->kept.count && !err; i++)
		if (!i || strcmp(records[i - 1]->probe, records[i]->probe) != 0)
			err = phases_take(&source->phases, records[i]);
	return err ? cli_say(EXIT_NOT_RUN, "out of memory") : 0;
}

int source_load(struct source *source, char *const *patterns, size_t count)
{
	int code = records_load(source->path, patterns, count, &source->kept);

	return code ? code : source_phases(source);
}

/* ---- all of them ---- */

/* Is @path, or the folder it is in, @dir? */
static bool is_within(const char *path, const char *dir)
{
	char copy[4096];
	struct stat at, folder;

	snprintf(copy, sizeof(copy), "%s", path);
	if (stat(dir, &folder) < 0 || stat(path, &at) < 0)
		return false;
	if (!S_ISDIR(at.st_mode) && stat(dirname(copy), &at) < 0)
		return false;
	return at.st_dev == folder.st_dev && at.st_ino == folder.st_ino;
}

/* What is compared with a run must not be where that run keeps its records. */
static int check_folders(const struct collect *c, const struct source *kernel)
{
	char dir[4096];

	source_folder(c, kernel, dir, sizeof(dir));
	for (size_t i = 0; i < c->count; i++)
		if (c->sources[i].path && is_within(c->sources[i].path, dir))
			return cli_say(EXIT_USAGE,
			               "%s is where this run's own records go: --out DIR puts them"
			               " elsewhere",
			               c->sources[i].path);
	return 0;
}

static int check_source(const struct collect *c, const struct source *source)
{
	int code = check_folders(c, source);

	for (size_t i = 0; i < c->ask_count && !code; i++) {
		struct run_words words;

		if (ask_words(c, source, &c->asks[i], &words) < 0)
			code = cli_say(EXIT_NOT_RUN, "out of memory");
		else
			code = run_check(words.count, words.items);
		run_words_free(&words);
	}
	return code;
}

static int collect_check(struct collect *c)
{
	int code = 0;

	for (size_t i = 0; i < c->count && !code; i++) {
		cli_about(c->sources[i].name);
		if (!c->sources[i].path)
			code = check_source(c, &c->sources[i]);
	}
	cli_about(NULL);
	if (!code && c->kernels && mkdir(c->out_dir, 0777) < 0 && errno != EEXIST)
		code = cli_say(EXIT_NOT_RUN, "make the folder %s for the records (--out DIR): %s",
		               c->out_dir, strerror(errno));
	return code;
}

static int collect_one(struct collect *c, struct source *source)
{
	int code = 0;

	for (size_t i = 0; !source->path && i < c->ask_count && !code && !c->interrupted; i++)
		code = source_run(c, source, &c->asks[i]);
	if (source->path && source_load(source, c->words, c->word_count))
		c->incomplete = true;
	return code;
}

int collect_all(struct collect *c)
{
	int code = collect_check(c);
	struct ready ready = {0};

	if (!code)
		ready_start(c, &ready);
	for (size_t i = 0; i < c->count && !code; i++) {
		struct source *source = &c->sources[i];

		cli_about(source->name);
		if (!c->interrupted && !source->kept.records)
			code = collect_one(c, source);
		if (!source->kept.records)
			source->why = strdup(c->interrupted ? "interrupted" : cli_said());
	}
	ready_end(&ready, c->interrupted || code);
	c->incomplete |= c->interrupted;
	cli_about(NULL);
	return code;
}

void collect_free(struct collect *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct source *source = &c->sources[i];

		records_free(source->kept.records, source->kept.count);
		phases_free(&source->phases);
		free(source->name);
		free(source->path);
		free(source->why);
	}
	free(c->pass);
	free(c->asks);
}
