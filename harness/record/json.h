/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json: the record as JSON Lines, format finwait/1 (docs/record.md). One object
 * a line, written as things happen; a torn last line is not an error.
 */
#ifndef FINWAIT_RECORD_JSON_H
#define FINWAIT_RECORD_JSON_H

#include <stdio.h>

#include "phases.h"
#include "record.h"

/*
 * Each returns one line without its newline, to be freed by the caller; NULL
 * only without memory. They are the one writer: the pipe from a probe's process
 * to the supervisor, the files under out/ and --json all carry these lines.
 */
char *json_run_line(const struct run_info *run);
char *json_probe_line(const struct record *rec); /* type "probe": id, params, sysctls, observers */
char *json_event_line(const char *probe, const struct event *event);
char *json_result_line(const struct record *rec); /* outcome, findings, states, lost */
/* In place of a result: the run is done again, since the machine was @late_ns late. */
char *json_again_line(const struct record *rec, int64_t late_ns);
/* What @spread came to over @phases of @probe. */
char *json_phases_line(const char *probe, unsigned int phases, const struct spread *spread);
char *json_summary_line(const unsigned int outcomes[OUTCOME_COUNT]);

enum json_line {
	JSON_RUN,
	JSON_PROBE,
	JSON_EVENT,
	JSON_RESULT,
	JSON_AGAIN,
	JSON_PHASES,
	JSON_SUMMARY,
};

/* Is @line, that one of these has written, of @kind? */
bool json_line_is(const char *line, size_t length, enum json_line kind);
/*
 * Add one line to @rec. @line need not end in NUL. Returns the kind of line, or
 * -EINVAL with a reason in @why: not JSON, an unknown type, a value out of its
 * range. Never trusts its input (fuzzed).
 */
int json_read_line(struct record *rec, const char *line, size_t length, char why[160]);

/*
 * A whole file of one probe's lines. Returns 0, or -errno / -EINVAL with a
 * reason naming the line. A last line without newline that does not parse is
 * dropped: the run was cut off there.
 */
int json_read_file(struct record *rec, FILE *file, char why[200]);

#endif
