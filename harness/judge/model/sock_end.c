// SPDX-License-Identifier: GPL-2.0-or-later
#include "sock_end.h"

#include <errno.h>

const char *sock_end_call_name(enum sock_end_call call)
{
	static const char *const names[] = {
		[END_CALL_SEND] = "send",
		[END_CALL_RECV] = "recv",
		[END_CALL_SO_ERROR] = "SO_ERROR",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == END_CALL_COUNT, "a call has no name");

	return names[call];
}

void sock_end_fin(struct sock_end *end)
{
	end->got_fin = true;
}

/* In CLOSE_WAIT the error is EPIPE: the peer had said that it would send no more. */
void sock_end_reset(struct sock_end *end)
{
	end->err = end->got_fin ? EPIPE : ECONNRESET;
	end->closed = true;
}

/* sock_error(): tells the error and takes it away. */
static int take_error(struct sock_end *end)
{
	int err = end->err;

	end->err = 0;
	return err;
}

static struct sock_end_result failure(int err)
{
	return (struct sock_end_result){.result = -1, .err = err};
}

/*
 * In CLOSE sk_stream_wait_connect() takes the error, and is -EPIPE where there is none.
 * sk_stream_error() raises SIGPIPE for EPIPE, whichever of the two it was.
 */
static struct sock_end_result call_send(struct sock_end *end, int64_t length)
{
	struct sock_end_result failed;
	int err;

	if (!end->closed)
		return (struct sock_end_result){.result = length};
	err = take_error(end);
	failed = failure(err ? err : EPIPE);
	failed.sigpipe = failed.err == EPIPE;
	return failed;
}

/* What is in the queue comes first, then the FIN's mark, and only then the error. */
static struct sock_end_result call_recv(struct sock_end *end, int64_t length)
{
	int64_t taken = end->unread < length ? end->unread : length;

	end->unread -= taken;
	if (taken || end->got_fin)
		return (struct sock_end_result){.result = taken};
	if (end->err)
		return failure(take_error(end));
	if (end->closed)
		return (struct sock_end_result){0};
	return failure(EAGAIN);
}

struct sock_end_result sock_end_call(struct sock_end *end, enum sock_end_call call, int64_t length)
{
	struct sock_end_result none = {0};

	switch (call) {
	case END_CALL_SEND:
		return call_send(end, length);
	case END_CALL_RECV:
		return call_recv(end, length);
	case END_CALL_SO_ERROR:
		return end->err ? failure(take_error(end)) : none;
	case END_CALL_COUNT:
		break;
	}
	return none;
}
