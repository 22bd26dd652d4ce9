/* SPDX-License-Identifier: GPL-2.0-or-later */
/* junit: a file for CI servers. */
#ifndef FINWAIT_CLI_JUNIT_H
#define FINWAIT_CLI_JUNIT_H

#include "../record/phases.h"
#include "../session/tally.h"

/*
 * Writes @records as JUnit's XML into @path, "-" standard output. A NULL among them is passed over;
 * @phases: NULL: they were run once. An exit code, with its line said.
 */
enum exit_code junit_write(struct record *const *records, size_t count, const struct phases *phases,
                           const char *path) MUST_CHECK;

#endif
