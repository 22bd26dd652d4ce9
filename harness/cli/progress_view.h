/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress_view: how far a run is, on standard error: a few lines that are redrawn where that is
 * a terminal, else a line now and then; nothing with --quiet.
 */
#ifndef FINWAIT_CLI_PROGRESS_VIEW_H
#define FINWAIT_CLI_PROGRESS_VIEW_H

#include "../session/progress_lines.h"

struct progress_view {
	unsigned int drawn; /* lines that stand on the terminal, the cursor behind the last */
	bool preparing; /* what was told of last: a guest that is being made */
	int64_t next_ns; /* when something is said next, CLOCK_MONOTONIC; 0: it did not begin */
};

/* Draws when it is time to. */
void progress_view_show(struct progress_view *view, const struct progress *progress);
/* Draws @lines, as progress_lines() makes them, at the foot of the terminal. */
void progress_view_draw(struct progress_view *view, const char *lines);
/* Takes away what stands there: before anything else is printed to a terminal. */
void progress_view_clear(struct progress_view *view);
/* Of the terminal that standard error is. */
void progress_view_size(unsigned int *columns, unsigned int *rows);

#endif
