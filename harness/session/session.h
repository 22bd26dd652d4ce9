/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session: a request carried out at a target. Theory of operation
 *
 * session_run() finds out what the target can do (this machine, or a guest made ready),
 * makes the plan, tries the sysctls that were asked for, lets the supervisor run the
 * probes side by side, once or once a timer phase, keeps their records in the request's
 * folder, and hands them over. It prints nothing: what is to be seen while it runs goes
 * through the hooks, what it came to is in the result.
 */
#ifndef FINWAIT_SESSION_SESSION_H
#define FINWAIT_SESSION_SESSION_H

#include "../record/phases.h"
#include "../run/progress.h"
#include "records.h"
#include "request.h"
#include "tally.h"

/* Each may be NULL. */
struct session_hooks {
	/* The plan is made: what comes first in the record, and how many probes there are. */
	void (*begin)(const struct run_info *info, size_t probes, void *arg);
	/* A line of the record, without its newline, as it came. */
	void (*line)(const struct record *rec, const char *line, size_t length, void *arg);
	/* A probe is done (or could not be run, or was skipped). */
	void (*finished)(const struct record *rec, void *arg);
	void (*progress)(const struct progress *progress, void *arg); /* now and then */
	/* A line for people, without its newline: of what goes on in spite of something. */
	void (*say)(const char *line, void *arg);
	void *arg;
};

struct session_result {
	struct record **records; /* NULL: nothing could be run */
	size_t count; /* a NULL among them was interrupted before it began */
	struct phases phases;
	struct tally tally;
	bool interrupted;
	bool kept; /* each record is whole in the request's folder */
	char why[512]; /* why nothing was run, or not all; "": nothing is to be said */
};

/* Returns an enum exit_code; session_result_clear() @result in any case. */
enum exit_code session_run(const struct request *request, const struct target *target,
                           const struct session_hooks *hooks,
                           struct session_result *result) MUST_CHECK;
void session_result_clear(struct session_result *result);

#endif
