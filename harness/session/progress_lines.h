/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress_lines: how far a run is, in lines of words. Pure. */
#ifndef FINWAIT_SESSION_PROGRESS_LINES_H
#define FINWAIT_SESSION_PROGRESS_LINES_H

#include "../base/buffer.h"
#include "../run/progress.h"

/* At most @rows lines (1 at least) of at most @columns each, without a newline behind the last. */
void progress_lines(const struct progress *progress, unsigned int columns, unsigned int rows,
                    struct buffer *lines);

/* What one probe waits for, in a line of at most @columns. */
void progress_job_line(const struct progress_job *job, unsigned int columns, struct buffer *line);

/* The same in one line of any length, for a log. */
void progress_line(const struct progress *progress, struct buffer *line);

/* "at most 4.2 s more: awaits FIN_WAIT2 of c1"; "": it waits for nothing. */
void progress_wait(const struct progress_job *job, struct buffer *text);

#endif
