/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expecting: --expect DIR and --exit WAY, for the commands that have them. */
#ifndef FINWAIT_CLI_EXPECTING_H
#define FINWAIT_CLI_EXPECTING_H

#include "../session/records.h"
#include "../session/tally.h"
#include "options.h"

struct expecting {
	const char *dir; /* NULL: nothing is expected */
	struct kept_records kept;
	const struct run_asked *asked; /* as struct expect has it */
	bool bisect; /* --exit bisect */
};

/* Takes --expect and --exit. 0, an exit code with the line said, or OPTION_NOT_TAKEN. */
int expecting_take(struct expecting *expecting, const struct option_row *row, const char *value);
/* Reads what is kept in @dir, before a run replaces it. 0, or an exit code with the line said. */
int expecting_read(struct expecting *expecting, const char *dir);
/*
 * What is not as expected, on @out. The exit code instead of @code: a model that failed then, too,
 * is no failure now. Without --expect: @code.
 */
enum exit_code expecting_conclude(const struct expecting *expecting, struct record *const *records,
                                  size_t count, enum exit_code code, FILE *out);
/* The exit code as --exit wants it. */
int expecting_exit(const struct expecting *expecting, int code);
void expecting_free(struct expecting *expecting);

#endif
