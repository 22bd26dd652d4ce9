// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/array.h"
#include "../base/file.h"
#include "ready.h"

bool source_is_host(const struct source *source)
{
	return !source->path && !strcmp(source->name, TARGET_HOST);
}

struct target source_target(const struct source *source)
{
	return (struct target){.kernel = source_is_host(source) ? NULL : source->name};
}

/* ---- what is said, with the source that it is about ---- */

static void source_say(const struct collect *c, const struct source *source, const char *line)
{
	char *text = NULL;

	if (asprintf(&text, "%s: %s", source->name, line) < 0)
		return;
	c->say(text, c->arg);
	free(text);
}

static enum exit_code source_fault(const struct collect *c, const struct source *source,
                                   enum exit_code code, const struct fault *fault)
{
	char line[512];

	source_say(c, source, fault_text(fault, line, sizeof(line)));
	return code;
}

static enum exit_code collect_no_memory(const struct collect *c)
{
	c->say("out of memory", c->arg);
	return EXIT_NOT_RUN;
}

/* ---- sources ---- */

int collect_add(struct collect *c, const char *name, size_t length, const char *path,
                struct fault *f)
{
	struct source *sources =
		array_reserve(c->sources, &c->space, c->count + 1, sizeof(*sources));
	struct source *source;

	if (!sources)
		return fault_set(f, ENOMEM, "take %.*s", (int)length, name);
	c->sources = sources;
	source = &sources[c->count++];
	*source = (struct source){
		.name = strndup(name, length),
		.path = path ? strdup(path) : NULL,
	};
	if (!source->name || (path && !source->path))
		return fault_set(f, ENOMEM, "take %.*s", (int)length, name);
	c->targets += !path;
	c->has_host |= source_is_host(source);
	return 0;
}

/* Where a target's records are kept. A path is a kernel's name, too. NULL without memory. */
static char *source_folder(const struct collect *c, const struct source *source)
{
	char *dir = NULL;

	if (asprintf(&dir, "%s/%s", c->request.out_dir, source->name) < 0)
		return NULL;
	for (char *word = dir + strlen(c->request.out_dir) + 1, *s = word; *s; s++)
		if (*s == '/' || (*s == '.' && s == word))
			*s = '_';
	return dir;
}

/* Takes over what a run came to. 0 or -ENOMEM. */
static int source_keep(struct source *source, struct session_result *result)
{
	struct kept_records *kept = &source->kept;
	struct record **all =
		reallocarray(kept->records, kept->count + result->count + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	kept->records = all;
	kept->folder = true;
	for (size_t i = 0; i < result->count; i++)
		if (result->records[i]) /* else interrupted before */
			all[kept->count++] = result->records[i];
	result->count = 0;
	phases_free(&source->phases);
	source->phases = result->phases;
	result->phases = (struct phases){0};
	return 0;
}

/* Of several records of one probe the first is shown, and no phases but its own. */
static int source_phases(struct source *source, struct fault *f)
{
	struct record *const *records = source->kept.records;
	int err = 0;

	for (size_t i = 0; i < source->kept.count && !err; i++)
		if (!i || strcmp(records[i - 1]->probe, records[i]->probe) != 0)
			err = phases_take(&source->phases, records[i]);
	return err ? fault_set(f, ENOMEM, "read the phases of %.100s", source->name) : 0;
}

int source_load(struct source *source, const char *const *patterns, size_t count, struct fault *f)
{
	int err = records_load(source->path, patterns, count, &source->kept, f);

	return err ? err : source_phases(source, f);
}

/* ---- a source is asked ---- */

struct source_say_arg {
	const struct collect *collect;
	const struct source *source;
};

static void session_says(const char *line, void *arg)
{
	const struct source_say_arg *about = arg;

	source_say(about->collect, about->source, line);
}

static void session_goes_on(const struct progress *progress, void *arg)
{
	const struct source_say_arg *about = arg;
	struct progress part = *progress;

	snprintf(part.of, sizeof(part.of), "%.40s%s%.40s", about->source->name,
	         progress->of[0] ? ", " : "", progress->of);
	about->collect->progress(&part, about->collect->arg);
}

/* What @source was asked came to @result and @code. */
static void source_take(struct collect *c, struct source *source, struct session_result *result,
                        enum exit_code code)
{
	if (result->why[0])
		source_say(c, source, result->why);
	c->interrupted |= result->interrupted;
	c->tally.incomplete |= code == EXIT_NOT_RUN || !result->records;
	c->tally.model_failed |= code == EXIT_MODEL_FAILED;
	if (!result->records && !source->why)
		source->why = strdup(result->why);
	if (result->records && source_keep(source, result) < 0)
		c->tally.incomplete = collect_no_memory(c);
}

static void source_ask(struct collect *c, struct source *source, const struct ask *ask)
{
	struct source_say_arg about = {c, source};
	const struct session_hooks hooks = {
		.progress = c->progress ? session_goes_on : NULL,
		.say = session_says,
		.arg = &about,
	};
	struct target target = source_target(source);
	char *dir = source_folder(c, source);
	struct session_result result = {0};
	struct request request;

	if (ask_request(c, source, ask, &request) < 0 || !dir) {
		c->tally.incomplete = collect_no_memory(c);
	} else {
		enum exit_code code;

		request.out_dir = dir;
		code = session_run(&request, &target, &hooks, &result);
		source_take(c, source, &result, code);
	}
	session_result_clear(&result);
	request_clear(&request);
	free(dir);
}

static void source_get(struct collect *c, struct source *source)
{
	struct fault fault;
	char why[512];

	if (source->path) {
		if (source_load(source, c->request.patterns, c->request.pattern_count, &fault) == 0)
			return;
		c->tally.incomplete = source_fault(c, source, EXIT_NOT_RUN, &fault);
		source->why = strdup(fault_text(&fault, why, sizeof(why)));
		return;
	}
	for (size_t i = 0; i < c->ask_count && !c->interrupted; i++)
		source_ask(c, source, &c->asks[i]);
}

/* ---- all of them ---- */

/* Is @path, or the folder it is in, @dir? */
static bool is_within(const char *path, const char *dir)
{
	struct stat at, folder;
	char *copy;
	bool found = true;

	if (stat(dir, &folder) < 0 || stat(path, &at) < 0)
		return false;
	if (!S_ISDIR(at.st_mode)) {
		copy = strdup(path);
		found = copy && stat(dirname(copy), &at) == 0;
		free(copy);
	}
	return found && at.st_dev == folder.st_dev && at.st_ino == folder.st_ino;
}

/* What is compared with a run must not be where that run keeps its records. */
static enum exit_code check_folders(const struct collect *c, const struct source *target)
{
	char *dir = source_folder(c, target);
	enum exit_code code = 0;
	struct fault fault;

	if (!dir)
		return collect_no_memory(c);
	for (size_t i = 0; i < c->count && !code; i++) {
		if (!c->sources[i].path || !is_within(c->sources[i].path, dir))
			continue;
		fault_refuse(&fault, EINVAL,
		             "%.150s is where this run's own records go: --out DIR puts them"
		             " elsewhere",
		             c->sources[i].path);
		code = source_fault(c, target, EXIT_USAGE, &fault);
	}
	free(dir);
	return code;
}

static enum exit_code check_target(const struct collect *c, const struct source *source)
{
	struct target target = source_target(source);
	enum exit_code code = check_folders(c, source);

	for (size_t i = 0; i < c->ask_count && !code; i++) {
		struct request request;
		struct fault fault;

		if (ask_request(c, source, &c->asks[i], &request) < 0)
			code = collect_no_memory(c);
		else if (request_check(&request, &target, &fault) < 0)
			code = source_fault(
				c, source, fault.err == ENOMEM ? EXIT_NOT_RUN : EXIT_USAGE, &fault);
		request_clear(&request);
	}
	return code;
}

static enum exit_code collect_check(const struct collect *c)
{
	enum exit_code code = 0;
	struct fault fault;
	char line[512];
	int fd;

	for (size_t i = 0; i < c->count && !code; i++)
		if (!c->sources[i].path)
			code = check_target(c, &c->sources[i]);
	if (code || !c->targets)
		return code;
	fd = folder_open(c->request.out_dir, " for records (--out DIR)", &fault);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	c->say(fault_text(&fault, line, sizeof(line)), c->arg);
	return EXIT_NOT_RUN;
}

enum exit_code collect_all(struct collect *c)
{
	enum exit_code code = collect_check(c);
	struct ready ready = {0};

	if (!code)
		ready_start(c, &ready);
	for (size_t i = 0; i < c->count && !code; i++) {
		struct source *source = &c->sources[i];

		if (!c->interrupted && !source->kept.records)
			source_get(c, source);
		if (!source->kept.records && c->interrupted) {
			free(source->why);
			source->why = strdup("interrupted");
		}
	}
	ready_end(&ready, c->interrupted || code);
	c->tally.incomplete |= c->interrupted;
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
	free(c->sources);
	free(c->asks);
	request_clear(&c->request);
}
