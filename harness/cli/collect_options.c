// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_options.h"

#include <stdlib.h>
#include <string.h>

#include "../base/slack.h"
#include "cli.h"
#include "progress_view.h"
#include "request_options.h"

struct collect_command {
	struct collect *collect;
	struct own_options own;
	char for_targets[32]; /* the first option that is for those who are asked; "": none */
};

static void collect_says(const char *line, void *arg)
{
	if (arg)
		progress_view_clear(arg);
	(void)cli_say(EXIT_NOT_RUN, "%s", line);
}

static int source_take(struct collect *c, const char *name, size_t length, const char *path)
{
	struct fault fault;

	if (!length)
		return cli_say(EXIT_USAGE, "a kernel without a name in '%s'", name);
	if (c->count == MATRIX_COLUMNS)
		return cli_say(EXIT_USAGE, "at most %d kernels", MATRIX_COLUMNS);
	for (size_t i = 0; i < c->count; i++)
		if (strlen(c->sources[i].name) == length &&
		    !strncmp(c->sources[i].name, name, length))
			return cli_say(EXIT_USAGE, "'%.*s' is named twice", (int)length, name);
	return collect_add(c, name, length, path, &fault) < 0 ? cli_fault(EXIT_NOT_RUN, &fault) : 0;
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

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct collect_command *cmd = arg;
	int code = cmd->own.take ? cmd->own.take(cmd->own.arg, row, value) : OPTION_NOT_TAKEN;

	if (code != OPTION_NOT_TAKEN)
		return code;
	if (row->id == OPTION_KERNEL)
		return take_kernels(cmd->collect, value);
	if (row->id == OPTION_FROM)
		return take_from(cmd->collect, value);
	if (row->id != OPTION_OUT && !cmd->for_targets[0])
		snprintf(cmd->for_targets, sizeof(cmd->for_targets), "%s", option_name(row));
	return request_take(&cmd->collect->request, row, value);
}

int collect_parse(struct collect *c, enum command_id command, struct own_options own, int argc,
                  char **argv, struct words *words)
{
	struct collect_command cmd = {.collect = c, .own = own};
	int code;

	*c = (struct collect){
		.request = {.out_dir = OUT_DIR_DEFAULT, .slack_ms = slack_ms()},
		.say = collect_says,
		.asks = calloc(1, sizeof(*c->asks)),
	};
	if (!c->asks)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	code = options_parse(command, argc, argv, option_take, &cmd, words);
	if (code)
		return code;
	if (!c->targets && cmd.for_targets[0])
		return cli_say(EXIT_USAGE, "%s goes with --kernel", cmd.for_targets);
	c->request.patterns = words->items;
	c->request.pattern_count = words->count;
	/* Every kernel is asked the same: the host has no time for the articles' conditions. */
	c->asks[0] = (struct ask){
		.form = c->request.form == FORM_USUAL && c->has_host ? FORM_QUICK : c->request.form,
		.patterns = words->items,
		.count = words->count,
	};
	c->ask_count = 1;
	return 0;
}

static void collect_goes_on(const struct progress *progress, void *arg)
{
	progress_view_show(arg, progress);
}

enum exit_code collect_shown(struct collect *c)
{
	struct progress_view view = {0};
	enum exit_code code;

	c->progress = cli_is_quiet() ? NULL : collect_goes_on;
	c->arg = &view;
	code = collect_all(c);
	c->arg = NULL;
	progress_view_clear(&view);
	return code;
}
