/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records: what was kept earlier, read again; for the commands that look back. */
#ifndef FINWAIT_SESSION_RECORDS_H
#define FINWAIT_SESSION_RECORDS_H

#include "../base/fault.h"
#include "../record/record.h"

struct kept_records {
	struct record **records; /* in order of the registry, each in order of time */
	size_t count;
	bool folder; /* else one file */
};

/*
 * A record's file, or all *.jsonl of a folder, of those the ones whose probe is among
 * @patterns (none: all). Returns 0, or -errno with one line in @f: nothing is kept then.
 */
int records_load(const char *path, const char *const *patterns, size_t pattern_count,
                 struct kept_records *kept, struct fault *f) MUST_CHECK;
/*
 * The same of all probes; of a folder that has no record those of its folders, as 'finwait matrix'
 * and 'finwait sweep --out' keep them.
 */
int records_load_tree(const char *path, struct kept_records *kept, struct fault *f) MUST_CHECK;
/*
 * One file; NULL with one line in @f. One that the user @named may be a pipe; what was found
 * in a folder is a regular file, or nobody waits for it. -ENODATA: it tells of no probe.
 */
struct record *record_load(const char *path, bool named, struct fault *f) MUST_CHECK;
/* The same of a regular file, but for its events: what was asked and what it came to. */
struct record *record_load_result(const char *path, struct fault *f) MUST_CHECK;
/*
 * The records that a run has kept in the folder @dir, each of the probe of one of @like (a NULL is
 * passed over). As records_load() otherwise.
 */
int records_load_kept(const char *dir, struct record *const *like, size_t count,
                      struct kept_records *kept, struct fault *f) MUST_CHECK;
void records_free(struct record **records, size_t count);

#endif
