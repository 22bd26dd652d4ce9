// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * A line is streamed as soon as the process is about to wait, so that a probe which
 * crashes or is killed costs nothing of what it observed: the supervisor reads lines as
 * they come and keeps them. A handler for the signals of a crash writes what is still in
 * the buffer. Lines are whole at all times; nothing is ever written in halves but by
 * write(2) itself, and the reader waits for the newline.
 */
#include "emit.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/die.h"
#include "../record/json.h"
#include "../story/story.h"

int64_t emit_now_ns(const struct emit *emit)
{
	return clock_mono_ns() - emit->t0_ns;
}

/* For want of memory, or of somebody who reads: the record itself cannot tell. */
static _Noreturn void emit_die(const struct emit *emit, const char *what)
{
	die_errno(emit->rec->probe, what);
}

/* Takes @line over. Without memory the supervisor reports a crash and keeps what it has. */
static void emit_line(struct emit *emit, char *line)
{
	if (!line)
		emit_die(emit, "make a line of the record");
	buffer_put(&emit->lines, line, strlen(line));
	buffer_put(&emit->lines, "\n", 1);
	free(line);
	if (emit->lines.failed)
		emit_die(emit, "keep a line of the record");
}

void emit_flush(struct emit *emit)
{
	struct buffer *lines = &emit->lines;
	size_t done = 0;

	while (done < lines->used) {
		ssize_t n = emit->write(emit->fd, lines->data + done, lines->used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			_exit(EXIT_FAILURE); /* the supervisor is gone: nobody is left to tell */
		if (n < 0)
			emit_die(emit, "write the record");
		done += (size_t)n;
	}
	buffer_reset(lines);
}

/* For crash_flush(), which a signal gets no argument for. */
static const struct emit *crash_emit;

/* A crash must not cost what was recorded: whole lines alone, by write(2) alone. */
static void crash_flush(int signal)
{
	const struct buffer *lines = &crash_emit->lines;
	size_t done = 0;

	while (done < lines->used) {
		ssize_t n =
			crash_emit->write(crash_emit->fd, lines->data + done, lines->used - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (raise(signal)) /* the handler is reset: this one kills */
		_exit(EXIT_FAILURE);
}

static void crash_arm(const struct emit *emit)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	static char stack[16384]; /* the probe's own may be what ran out */
	const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof(stack)};
	const struct sigaction action = {
		.sa_handler = crash_flush,
		.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK),
	};

	crash_emit = emit;
	if (sigaltstack(&alternative, NULL) < 0)
		emit_die(emit, "make a stack for signals");
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], &action, NULL) < 0)
			emit_die(emit, "catch the signals of a crash");
}

void emit_open(struct emit *emit, int fd, ssize_t (*write_fn)(int, const void *, size_t),
               void (*end)(void))
{
	emit->fd = fd;
	emit->write = write_fn ? write_fn : write;
	emit->end = end;
	crash_arm(emit);
}

void emit_begin(struct emit *emit)
{
	emit->t0_ns = clock_mono_ns();
	emit_line(emit, json_probe_line(emit->rec));
	emit_flush(emit);
}

void emit_event(struct emit *emit, struct event *event)
{
	if (!event->t_ns)
		event->t_ns = emit_now_ns(emit);
	if (record_add_event(emit->rec, event) < 0)
		emit_die(emit, "add to the record");
	emit_line(emit, json_event_line(emit->rec->probe,
	                                &emit->rec->events[emit->rec->event_count - 1]));
	/* Into a guest's shared memory a line is cheap, and outlives the guest's kernel. */
	if (emit->write != write)
		emit_flush(emit);
}

void emit_end(struct emit *emit)
{
	emit->rec->elapsed_ns = emit->t0_ns ? emit_now_ns(emit) : 0;
	if (!emit->judged_outside && story_tell_walks(emit->rec))
		emit_die(emit, "tell the walks of its sockets");
	emit_line(emit, json_result_line(emit->rec));
	emit_flush(emit);
	if (emit->end)
		emit->end();
	_exit(EXIT_SUCCESS);
}

void emit_fail(struct emit *emit, const struct fault *fault)
{
	char why[512];

	emit->rec->outcome = OUTCOME_ERROR;
	emit->rec->reason = record_text(emit->rec, "%s", fault_text(fault, why, sizeof(why)));
	emit_end(emit);
}

void emit_fail_errno(struct emit *emit, int err, const char *fmt, ...)
{
	char what[200];
	struct fault fault;
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	fault_set(&fault, err, "%s", what);
	emit_fail(emit, &fault);
}

void emit_stop(struct emit *emit, enum outcome outcome, const char *reason)
{
	emit->rec->outcome = outcome;
	emit->rec->reason = reason;
	emit_end(emit);
}
