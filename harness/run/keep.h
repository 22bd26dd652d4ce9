/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep: the records of a run as files, DIR/ID.jsonl, each whole by itself (run line,
 * probe line, events, result), written as things happen. A disk that fills up or
 * a file that cannot be written costs that file, not the run.
 */
#ifndef FINWAIT_RUN_KEEP_H
#define FINWAIT_RUN_KEEP_H

#include <stddef.h>

#include "../base/fault.h"
#include "../record/record.h"

struct keep;

/* Make @dir if it is not there, and try that a file can be written in it. NULL: see @f. */
struct keep *keep_open(const char *dir, const struct run_info *info, struct fault *f) MUST_CHECK;
/* Takes a line of @probe; a failure is remembered. */
void keep_line(struct keep *keep, const char *probe, const char *line, size_t length);
/* No more of @probe will come. */
void keep_probe_done(struct keep *keep, const char *probe);

typedef void (*keep_failed_fn)(const struct fault *fault, void *arg);
/* Tells @failed of each file that is not whole; returns how many those are. */
size_t keep_close(struct keep *keep, keep_failed_fn failed, void *arg) MUST_CHECK;

/* "DIR/ID.jsonl", to be freed; NULL: no memory. */
char *keep_path(const char *dir, const char *probe);

#endif
