/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html: the page of a set of records, as a file. */
#ifndef FINWAIT_CLI_HTML_H
#define FINWAIT_CLI_HTML_H

#include "../base/fault.h"
#include "../session/records.h"
#include "../session/tally.h"

/*
 * Writes the page of @records into @path, "-" standard output, with what is not as in those of
 * @since (none: without). An exit code, with its line said.
 */
enum exit_code html_write(struct record *const *records, size_t count,
                          const struct kept_records *since, const char *path) MUST_CHECK;
/*
 * The same of the records that were kept in @dir of those probes: what is read again is what
 * 'finwait report' would read. A NULL among @like is passed over.
 */
enum exit_code html_write_kept(struct record *const *like, size_t count, const char *dir,
                               const struct kept_records *since, const char *path) MUST_CHECK;
/* Adds the records of a file or a folder to @kept. An exit code, with its line said. */
enum exit_code html_take(struct kept_records *kept, const char *path) MUST_CHECK;

#endif
