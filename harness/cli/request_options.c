// SPDX-License-Identifier: GPL-2.0-or-later
#include "request_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define PHASES_MAX 1000
#define NUMBER_MAX 1000000

static int take_setting(struct settings *set, const char *option, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[120];

	if (!equals || equals == text || (size_t)(equals - text) >= sizeof(name) || !equals[1])
		return cli_say(EXIT_USAGE, "%s wants NAME=VALUE, not '%s'", option, text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	if (request_setting(set, name, equals + 1) < 0)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	return 0;
}

static int take_number(const char *option, const char *text, unsigned int *number)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !value || value > NUMBER_MAX)
		return cli_say(EXIT_USAGE, "%s wants a number above 0, not '%s'", option, text);
	*number = (unsigned int)value;
	return 0;
}

static int take_clock(struct request *request, const char *text)
{
	request->clock_real = !strcmp(text, "real");
	if (!request->clock_real && strcmp(text, "virtual") != 0)
		return cli_say(EXIT_USAGE, "--clock is 'virtual' or 'real', not '%s'", text);
	return 0;
}

static int take_phases(struct request *request, const char *text)
{
	int code = take_number("--phases", text, &request->phase_count);

	if (!code && request->phase_count > PHASES_MAX)
		code = cli_say(EXIT_USAGE, "--phases goes up to %d", PHASES_MAX);
	return code;
}

static int take_seed(struct request *request, const char *text)
{
	unsigned int number = 0;
	int code = take_number("--seed", text, &number);

	request->seed = number;
	return code;
}

static int take_form(struct request *request, enum form form)
{
	if (request->form != FORM_USUAL && request->form != form)
		return cli_say(EXIT_USAGE, "--quick or --faithful, not both");
	request->form = form;
	return 0;
}

int article_take(const char *letter, const struct article **article)
{
	char known[64] = "";
	const struct article *each;

	*article = article_find(letter);
	if (*article)
		return 0;
	for (unsigned int i = 0; (each = article_at(i)); i++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%c",
		         i ? ", " : "", each->letter);
	return cli_say(EXIT_USAGE, "no article has the letter '%s' (%s)", letter, known);
}

int request_take(struct request *request, const struct option_row *row, const char *value)
{
	switch (row->id) {
	case OPTION_SET:
		return take_setting(&request->sets, "--set", value);
	case OPTION_PARAM:
		return take_setting(&request->params, "--param", value);
	case OPTION_FAITHFUL:
		return take_form(request, FORM_FAITHFUL);
	case OPTION_QUICK:
		return take_form(request, FORM_QUICK);
	case OPTION_IPV4:
		request->families[FAMILY_IPV4] = true;
		return 0;
	case OPTION_IPV6:
		request->families[FAMILY_IPV6] = true;
		return 0;
	case OPTION_CLOCK:
		return take_clock(request, value);
	case OPTION_PHASES:
		return take_phases(request, value);
	case OPTION_SEED:
		return take_seed(request, value);
	case OPTION_JOBS:
		return take_number("-j", value, &request->jobs);
	case OPTION_TIME_LIMIT:
		return take_number("--time-limit", value, &request->time_limit_s);
	case OPTION_ARTICLE:
		return article_take(value, &request->article);
	case OPTION_OUT:
		request->out_dir = value;
		return 0;
	case OPTION_KERNEL:
	case OPTION_FROM:
	case OPTION_LADDER:
	case OPTION_LIVE:
	case OPTION_CSV:
	case OPTION_PLAN:
	case OPTION_AGAIN:
	case OPTION_VERIFY:
	case OPTION_SHARD:
	case OPTION_PLAN_FILE:
	case OPTION_CHUNK:
	case OPTION_CHUNKS:
	case OPTION_SLURM:
	case OPTION_PARTITION:
	case OPTION_MERGE:
	case OPTION_OLDER:
	case OPTION_ALL:
	case OPTION_SVG:
	case OPTION_HTML:
	case OPTION_SINCE:
	case OPTION_EXPECT:
	case OPTION_EXIT:
	case OPTION_JSON:
	case OPTION_TAP:
	case OPTION_FORMAT:
	case OPTION_MARKDOWN:
	case OPTION_JUNIT:
	case OPTION_PCAPNG:
	case OPTION_VERBOSE:
	case OPTION_QUIET:
	case OPTION_ASCII:
	case OPTION_HELP:
	case OPTION_VERSION:
	case OPTION_MAN:
	case OPTION_IDS:
	case OPTION_DIFFERS:
		break;
	}
	return OPTION_NOT_TAKEN;
}
