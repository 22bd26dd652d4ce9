/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * emit: the record of a run while it grows, and the ends that a run can come to.
 * Whatever is emitted is kept in memory for the judge and streamed as a line.
 */
#ifndef FINWAIT_STEP_EMIT_H
#define FINWAIT_STEP_EMIT_H

#include <sys/types.h>

#include "../base/buffer.h"
#include "../base/fault.h"
#include "../record/record.h"

struct emit {
	struct record *rec;
	int64_t t0_ns; /* CLOCK_MONOTONIC; events count from here. 0: not begun */
	int fd;
	/* As write(2). Another one writes to memory, where a line is cheap. */
	ssize_t (*write)(int fd, const void *data, size_t size);
	void (*end)(void); /* behind the last line, instead of _exit(0); NULL: none */
	bool judged_outside; /* the result's line is of what was observed alone */
	struct buffer lines; /* whole ones, not yet written */
};

/* Where lines go from now on. From here on a crash writes out what is waiting. */
void emit_open(struct emit *emit, int fd, ssize_t (*write_fn)(int, const void *, size_t),
               void (*end)(void));
/* The run's time begins: the probe's line is written. */
void emit_begin(struct emit *emit);
/* Add to the record and stream it; t_ns is filled with the time now when it is 0. */
void emit_event(struct emit *emit, struct event *event);
int64_t emit_now_ns(const struct emit *emit); /* since the run began */
void emit_flush(struct emit *emit);

/* The result's line; the kernel takes the namespaces away with the process. */
void emit_end(struct emit *emit) __attribute__((noreturn));
/* A step could not be done: the run is an error, with @fault's words. */
void emit_fail(struct emit *emit, const struct fault *fault) __attribute__((noreturn));
/* The same from an errno (positive) and what was attempted. */
void emit_fail_errno(struct emit *emit, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));
/* The run comes to @outcome for @reason, a text of its record. */
void emit_stop(struct emit *emit, enum outcome outcome, const char *reason)
	__attribute__((noreturn));

#endif
