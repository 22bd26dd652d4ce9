// SPDX-License-Identifier: GPL-2.0-or-later
#include "expecting.h"

#include <string.h>

#include "../report/expect.h"
#include "cli.h"
#include "request_options.h"

#define EXIT_BISECT_SKIP 125 /* git-bisect(1): this commit cannot be tested */

int expecting_take(struct expecting *expecting, const struct option_row *row, const char *value)
{
	if (row->id == OPTION_EXPECT)
		return expecting_read(expecting, value);
	if (row->id != OPTION_EXIT)
		return OPTION_NOT_TAKEN;
	if (strcmp(value, "bisect") != 0)
		return cli_say(EXIT_USAGE, "--exit knows bisect, not '%s'", value);
	expecting->bisect = true;
	return 0;
}

int expecting_read(struct expecting *expecting, const char *dir)
{
	struct fault fault;

	if (expecting->dir)
		return cli_say(EXIT_USAGE, "--expect is given once");
	if (records_load(dir, NULL, 0, &expecting->kept, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	expecting->dir = dir;
	return 0;
}

/* What @records come to when no model's failure counts. */
static enum exit_code code_but_for_models(struct record *const *records, size_t count)
{
	struct tally tally = {0};

	tally_add_all(&tally, records, count);
	tally.by[OUTCOME_OK] += tally.by[OUTCOME_MODEL_FAILED];
	tally.by[OUTCOME_MODEL_FAILED] = 0;
	return tally_code(&tally);
}

enum exit_code expecting_conclude(const struct expecting *expecting, struct record *const *records,
                                  size_t count, enum exit_code code, FILE *out)
{
	const struct expect expect = {
		.name = expecting->dir,
		.kept = (const struct record *const *)expecting->kept.records,
		.kept_count = expecting->kept.count,
		.asked = expecting->asked,
	};
	struct report_style style = cli_style();
	struct expectation came_to;

	if (!expecting->dir)
		return code;
	if (expect_print((const struct record *const *)records, count, &expect, &style, out,
	                 &came_to) < 0)
		return EXIT_NOT_RUN;
	if (came_to.unexpected)
		return EXIT_MODEL_FAILED;
	if (code == EXIT_MODEL_FAILED)
		code = code_but_for_models(records, count);
	if (code != EXIT_AS_PREDICTED)
		return code;
	if (!came_to.probes || came_to.otherwise)
		return cli_say(EXIT_NOT_RUN, "%s: %s", expecting->dir,
		               came_to.otherwise ? "some of it was asked otherwise: give the "
		                                   "settings that it was kept with"
		                                 : "it has nothing of these probes");
	return EXIT_AS_PREDICTED;
}

int expecting_exit(const struct expecting *expecting, int code)
{
	if (!expecting->bisect || code == EXIT_AS_PREDICTED || code == EXIT_MODEL_FAILED)
		return code;
	return EXIT_BISECT_SKIP;
}

void expecting_free(struct expecting *expecting)
{
	records_free(expecting->kept.records, expecting->kept.count);
}
