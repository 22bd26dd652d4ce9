// SPDX-License-Identifier: GPL-2.0-or-later
#include "outflow.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

void outflow_put(struct outflow *out, const char *text, size_t length)
{
	if (!out->waiting.used)
		(void)fflush(stdout); /* cli_finish() says what went wrong */
	buffer_put(&out->waiting, text, length);
}

/* A pipe that poll(2) says can be written takes PIPE_BUF bytes (pipe(7)). */
static bool reader_takes(void)
{
	struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&fd, 1, 0) > 0 && (fd.revents & POLLOUT);
}

void outflow_move(struct outflow *out)
{
	while (out->written < out->waiting.used && reader_takes()) {
		size_t left = out->waiting.used - out->written;
		ssize_t n = write(STDOUT_FILENO, out->waiting.data + out->written,
		                  left < PIPE_BUF ? left : PIPE_BUF);

		if (n < 0)
			return; /* outflow_end() meets it again, and stdio keeps it for cli_finish() */
		out->written += (size_t)n;
	}
	if (out->written == out->waiting.used && !out->waiting.failed) {
		buffer_reset(&out->waiting);
		out->written = 0;
	}
}

bool outflow_end(struct outflow *out)
{
	bool whole = !out->waiting.failed;
	size_t left = out->waiting.used - out->written;

	if (left)
		(void)fwrite(out->waiting.data + out->written, 1, left, stdout);
	(void)fflush(stdout);
	buffer_free(&out->waiting);
	*out = (struct outflow){0};
	return whole;
}
