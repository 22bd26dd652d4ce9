/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html: the page of a set of records, as a file. */
#ifndef FINWAIT_CLI_HTML_H
#define FINWAIT_CLI_HTML_H

#include "../base/fault.h"
#include "../session/records.h"
#include "../session/tally.h"

/* A page that the user asked for. */
struct html {
	const char *path; /* "-": standard output; NULL: none is asked for */
	const char *captures_dir; /* capture files are written there, and linked; NULL: none */
	struct kept_records since; /* what is not as in these is told; none: without */
};

/* Writes the page of @records. An exit code, with its line said. */
enum exit_code html_write(const struct html *html, struct record *const *records,
                          size_t count) MUST_CHECK;
/*
 * The same of the records that were kept in @dir of those probes: what is read again is what
 * 'finwait report' would read. A NULL among @like is passed over.
 */
enum exit_code html_write_kept(const struct html *html, struct record *const *like, size_t count,
                               const char *dir) MUST_CHECK;
/* Adds the records of a file or a folder to @kept. An exit code, with its line said. */
enum exit_code html_take(struct kept_records *kept, const char *path) MUST_CHECK;

#endif
