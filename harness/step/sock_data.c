// SPDX-License-Identifier: GPL-2.0-or-later
/* What is sent and received on a socket, and what becomes of it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/buffer.h"
#include "probe_run.h"

/* ---- sending */

static volatile sig_atomic_t pipe_signals;

static void pipe_signalled(int signal)
{
	(void)signal;
	pipe_signals++;
}

/* From the first send on that may raise one; this process ignored it until then. */
static void pipe_signal_catch(const struct sock *sock)
{
	const struct sigaction action = {.sa_handler = pipe_signalled};

	pipe_signals = 0;
	if (sigaction(SIGPIPE, &action, NULL) < 0)
		sock_fail(sock, "sigaction SIGPIPE", errno);
}

/* "5 bytes \"hello\"": what the probe itself made up is told word for word. */
static const char *data_args(struct sock *sock, int64_t length, const char *text)
{
	struct record *rec = sock->run->emit.rec;

	if (!text)
		return record_text(rec, "%lld bytes", (long long)length);
	return record_text(rec, "%lld bytes \"%.*s\"", (long long)length, (int)length, text);
}

int64_t sock_try_send(struct sock *sock, const char *text, int flags)
{
	struct sock_call call = {.name = "send"};
	size_t length = strlen(text);

	pipe_signal_catch(sock);
	call.args = data_args(sock, (int64_t)length, text);
	call.t_ns = sock_now_ns(sock);
	call.result = send(sock->fd, text, length, flags);
	if (call.result < 0)
		call.result = -errno;
	if (pipe_signals)
		call.signal = "SIGPIPE";
	return sock_called(sock, &call);
}

int64_t sock_try_send_to(struct sock *sock, struct endpoint to, const char *text, int flags)
{
	struct sock_addr addr = sock_addr_of(&to);
	char words[ENDPOINT_TEXT_SIZE];
	struct sock_call call = {.name = "sendto"};
	size_t length = strlen(text);

	(void)pump_drain(&sock->run->pump); /* what was sent before is an older connection's */
	pipe_signal_catch(sock);
	call.args = record_text(sock->run->emit.rec, "%s to %s",
	                        data_args(sock, (int64_t)length, text), endpoint_text(&to, words));
	call.t_ns = sock_now_ns(sock);
	call.result =
		sendto(sock->fd, text, length, flags, (struct sockaddr *)&addr.storage, addr.size);
	if (call.result < 0)
		call.result = -errno;
	if (pipe_signals)
		call.signal = "SIGPIPE";
	if (flags & MSG_FASTOPEN)
		sock_begins(sock, &to, call.result);
	return sock_called(sock, &call);
}

static void send_all(struct sock *sock, const char *data, size_t size, size_t length)
{
	ssize_t n;

	for (size_t done = 0; done < length; done += (size_t)n) {
		size_t part = length - done < size ? length - done : size;

		n = send(sock->fd, data, part, MSG_NOSIGNAL);
		if (n < 0)
			sock_fail(sock, "send", errno);
	}
}

void sock_send(struct sock *sock, size_t length)
{
	struct sock_call call = {.name = "send", .t_ns = sock_now_ns(sock)};
	static char data[1 << 16]; /* in one call, so that TCP may fill its segments */

	memset(data, 'x', sizeof(data));
	send_all(sock, data, sizeof(data), length);
	call.args = data_args(sock, (int64_t)length, NULL);
	call.result = (int64_t)length;
	sock_called(sock, &call);
}

void sock_send_text(struct sock *sock, const char *text)
{
	struct sock_call call = {.name = "send", .t_ns = sock_now_ns(sock)};
	int64_t length = (int64_t)strlen(text);

	if (send(sock->fd, text, (size_t)length, MSG_NOSIGNAL) != length)
		sock_fail(sock, "send", errno);
	call.args = data_args(sock, length, text);
	call.result = length;
	sock_called(sock, &call);
}

int64_t sock_fill(struct sock *sock)
{
	struct sock_call call = {.name = "fill", .t_ns = sock_now_ns(sock)};
	char data[4096];
	ssize_t n;

	memset(data, 'x', sizeof(data));
	while ((n = send(sock->fd, data, sizeof(data), MSG_NOSIGNAL)) >= 0)
		call.result += n;
	if (errno != EAGAIN)
		sock_fail(sock, "send", errno);
	call.args = "send until EAGAIN";
	return sock_called(sock, &call);
}

/* ---- receiving */

struct receive_wait {
	int fd;
	size_t wanted;
	struct buffer got;
	int err;
};

static bool receive_try(void *arg)
{
	struct receive_wait *wait = arg;
	char data[4096];

	while (wait->got.used < wait->wanted) {
		size_t part = wait->wanted - wait->got.used;
		ssize_t n = recv(wait->fd, data, part < sizeof(data) ? part : sizeof(data), 0);

		if (n < 0 && errno == EAGAIN)
			return false;
		if (n < 0)
			wait->err = errno;
		if (n <= 0)
			return true;
		buffer_put(&wait->got, data, (size_t)n);
	}
	return true;
}

/* A text of the probe's own; NULL: nothing but the 'x' of sock_send(). */
static const char *own_text(const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (data[i] != 'x')
			return data;
	return NULL;
}

size_t sock_receive(struct sock *sock, size_t length)
{
	struct receive_wait wait = {.fd = sock->fd, .wanted = length};
	struct sock_call call = {.name = "recv"};
	size_t got;

	waiting_name(sock->run->pump.waiting, "awaits %zu byte%s at %s", length,
	             length == 1 ? "" : "s", sock->label);
	if (!pump_until(&sock->run->pump, receive_try, &wait, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(sock->run, "%zu of %zu bytes came to %s within %d ms",
		                 wait.got.used, length, sock->label, AWAIT_LIMIT_MS);
	if (wait.err || wait.got.failed)
		sock_fail(sock, "recv", wait.err ? wait.err : ENOMEM);
	got = wait.got.used;
	call.t_ns = sock_now_ns(sock);
	call.args = data_args(sock, (int64_t)got, own_text(buffer_text(&wait.got), got));
	call.result = (int64_t)got;
	buffer_free(&wait.got);
	sock_called(sock, &call);
	return got;
}

int64_t sock_try_receive(struct sock *sock, size_t length)
{
	struct sock_call call = {.name = "recv"};
	char *data = malloc(length + 1);

	if (!data)
		sock_fail(sock, "recv", ENOMEM);
	call.t_ns = sock_now_ns(sock);
	call.result = recv(sock->fd, data, length, 0);
	if (call.result < 0)
		call.result = -errno;
	if (call.result < 0)
		call.args = record_text(sock->run->emit.rec, "%zu bytes", length);
	else
		call.args = data_args(sock, call.result, own_text(data, (size_t)call.result));
	free(data);
	return sock_called(sock, &call);
}

/* ---- poll */

static const struct {
	short bit;
	const char *name;
} poll_names[] = {
	{POLLIN, "POLLIN"},   {POLLPRI, "POLLPRI"}, {POLLOUT, "POLLOUT"},
	{POLLERR, "POLLERR"}, {POLLHUP, "POLLHUP"}, {POLLRDHUP, "POLLRDHUP"},
};

int sock_poll(struct sock *sock)
{
	struct pollfd fd = {.fd = sock->fd, .events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP};
	struct sock_call call = {.name = "poll", .t_ns = sock_now_ns(sock)};
	struct buffer names = {0};

	if (poll(&fd, 1, 0) < 0)
		sock_fail(sock, "poll", errno);
	for (size_t i = 0; i < sizeof(poll_names) / sizeof(poll_names[0]); i++)
		if (fd.revents & poll_names[i].bit)
			buffer_add(&names, "%s%s", names.used ? " " : "", poll_names[i].name);
	call.args = buffer_text(&names);
	call.result = fd.revents;
	sock_called(sock, &call);
	buffer_free(&names);
	return fd.revents;
}

struct poll_wait {
	int fd;
	short events;
};

static bool sock_polled(void *arg)
{
	const struct poll_wait *wait = arg;
	struct pollfd fd = {.fd = wait->fd, .events = wait->events};

	return poll(&fd, 1, 0) > 0;
}

static const char *events_words(short events)
{
	if (events & POLLIN)
		return "something to read";
	return events & POLLOUT ? "room to write" : "an error or a hang-up";
}

/* POLLERR and POLLHUP come unasked. */
bool sock_await_events(struct sock *sock, short events, int64_t limit_ms)
{
	struct poll_wait wait = {.fd = sock->fd, .events = events};

	waiting_name(sock->run->pump.waiting, "awaits %s at %s", events_words(events), sock->label);
	return pump_until(&sock->run->pump, sock_polled, &wait, limit_ms * NS_PER_MS);
}

void sock_await_data(struct sock *sock)
{
	if (!sock_await_events(sock, POLLIN, AWAIT_LIMIT_MS))
		run_inconclusive(sock->run, "nothing came to %s within %d ms", sock->label,
		                 AWAIT_LIMIT_MS);
}

int sock_take_error(struct sock *sock)
{
	struct sock_call call = {.name = "SO_ERROR", .t_ns = sock_now_ns(sock)};
	int err = 0;
	socklen_t size = sizeof(err);

	if (getsockopt(sock->fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		sock_fail(sock, "getsockopt SO_ERROR", errno);
	call.result = -err;
	sock_called(sock, &call);
	return err;
}

static int sock_await_poll(struct sock *sock, short events, int64_t limit_ms)
{
	if (!sock_await_events(sock, events, limit_ms))
		return EINPROGRESS;
	return sock_take_error(sock);
}

int sock_await_error(struct sock *sock, int64_t limit_ms)
{
	return sock_await_poll(sock, POLLOUT, limit_ms);
}

int sock_await_failure(struct sock *sock, int64_t limit_ms)
{
	return sock_await_poll(sock, 0, limit_ms);
}
