/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress: how far a plan is: what runs, what that waits for, and what is left. */
#ifndef FINWAIT_RUN_PROGRESS_H
#define FINWAIT_RUN_PROGRESS_H

#include <stddef.h>

#include "../step/waiting.h"

/* A probe that runs. */
struct progress_job {
	const char *id;
	int64_t ran_ns;
	char waits
		[WAITING_WORDS]; /* in its own words, control characters and all; "": for nothing */
	int64_t wait_left_ns; /* at most; 0: that is over by now */
};

#define PROGRESS_OF 96

struct progress {
	char of[PROGRESS_OF]; /* the part of all that this is: "6.12, phase 2 of 8"; "": all of it */
	const char *preparing; /* the kernel whose guest is being made; NULL: it runs */
	size_t done, total;
	int64_t ran_ns;
	int64_t left_most_ns; /* by the limit that a probe has; what is asked again comes on top */
	int64_t left_ns; /* by what each took before, or else the longest so far; 0: unknown */
	const struct progress_job *jobs; /* what waits longest comes first */
	size_t job_count;
};

/*
 * When all is over, from now: @left_ns is how long what runs has still to go, a place each (and
 * changes), @take_ns how long each of @count others will take in the place that is free first.
 */
int64_t progress_left_ns(int64_t *left_ns, size_t places, const int64_t *take_ns, size_t count);

/* What waits longest to the front, then what has run longest. */
void progress_sort(struct progress_job *jobs, size_t count);

#endif
