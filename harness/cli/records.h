/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records: what was kept earlier, read again; for the commands that look back. */
#ifndef FINWAIT_CLI_RECORDS_H
#define FINWAIT_CLI_RECORDS_H

#include "cli.h"

struct kept_records {
	struct record **records; /* in order of the registry, each in order of time */
	size_t count;
	bool folder; /* else one file */
};

/*
 * A record's file, or all *.jsonl of a folder, of those the ones whose probe is among
 * @patterns (none: all). Returns 0, or an exit code with the line said.
 */
int records_load(const char *path, char *const *patterns, size_t pattern_count,
                 struct kept_records *kept);

#endif
