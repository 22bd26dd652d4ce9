// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/array.h"
#include "probe_run.h"

static _Noreturn void sock_fail(const struct sock *sock, const char *call, int err)
{
	emit_fail_errno(&sock->run->emit, err, "%s on %s at the %s", call, sock->label,
	                side_name(sock->host));
}

/* A call that was made: into the record, with the sockets as they are after it. */
static void sock_called(struct sock *sock, int64_t t_ns, const char *name, const char *args,
                        int64_t result, int err)
{
	struct event event = {.kind = EVENT_CALL, .host = sock->host, .t_ns = t_ns};

	memcpy(event.sock, sock->label, SOCK_LABEL_SIZE);
	event.call.name = name;
	event.call.args = args;
	event.call.result = result;
	event.call.err = err;
	emit_event(&sock->run->emit, &event);
	watch_touch_sock(&sock->run->watch, sock);
	watch_read(&sock->run->watch);
}

static socklen_t endpoint_to_sockaddr(const struct endpoint *ep, struct sockaddr_in *sin)
{
	*sin = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(ep->port)};
	memcpy(&sin->sin_addr, ep->addr, sizeof(sin->sin_addr));
	return sizeof(*sin);
}

static struct endpoint sockaddr_to_endpoint(const struct sockaddr_in *sin)
{
	struct endpoint ep = {.family = AF_INET, .port = ntohs(sin->sin_port)};

	memcpy(ep.addr, &sin->sin_addr, sizeof(sin->sin_addr));
	return ep;
}

static struct endpoint sock_own_name(const struct sock *sock)
{
	struct sockaddr_in sin = {0};
	socklen_t size = sizeof(sin);

	if (getsockname(sock->fd, (struct sockaddr *)&sin, &size) < 0)
		sock_fail(sock, "getsockname", errno);
	return sockaddr_to_endpoint(&sin);
}

static struct sock *sock_new(struct probe_run *run, enum side side, int fd)
{
	struct socks *socks = &run->socks;
	struct sock **items =
		array_reserve(socks->items, &socks->space, socks->count + 1, sizeof(*items));
	struct sock *sock = calloc(1, sizeof(*sock));
	socklen_t size = sizeof(sock->cookie);

	if (items)
		socks->items = items;
	if (!items || !sock)
		emit_fail_errno(&run->emit, ENOMEM, "keep one more socket");
	socks->items[socks->count++] = sock;
	*sock = (struct sock){.run = run, .host = side, .fd = fd};
	/* Asking for the cookie makes the kernel give the socket one, for trace to show. */
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &sock->cookie, &size) < 0)
		sock_fail(sock, "getsockopt SO_COOKIE", errno);
	return sock;
}

static struct sock *sock_make(struct probe_run *run, enum side side, bool listener)
{
	struct fault fault;
	struct sock *sock;
	int fd;

	if (bench_enter(&run->bench, (enum bench_ns)side, &fault) < 0)
		emit_fail(&run->emit, &fault);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (fd < 0)
		emit_fail_errno(&run->emit, errno, "socket at the %s", side_name(side));
	sock = sock_new(run, side, fd);
	flow_label_sock(&run->flows, sock, listener);
	return sock;
}

struct sock *sock_open(struct probe_run *run, enum side side)
{
	return sock_make(run, side, false);
}

void sock_bind(struct sock *sock, uint16_t port)
{
	struct endpoint own = sock->run->bench.addr[sock->host];
	char args[ENDPOINT_TEXT_SIZE];
	struct sockaddr_in sin;
	int64_t t_ns = emit_now_ns(&sock->run->emit);
	socklen_t size;
	int one = 1;

	own.port = port;
	size = endpoint_to_sockaddr(&own, &sin);
	if (setsockopt(sock->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		sock_fail(sock, "setsockopt SO_REUSEADDR", errno);
	if (bind(sock->fd, (struct sockaddr *)&sin, size) < 0)
		sock_fail(sock, "bind", errno);
	sock->local = sock_own_name(sock);
	flow_bound(&sock->run->flows, sock);
	sock_called(sock, t_ns, "bind", endpoint_text(&sock->local, args), 0, 0);
}

/* A listener has no flow: one reading tells that it is there. */
static void listener_sample(struct sock *sock)
{
	struct event event = {.kind = EVENT_SAMPLE, .host = sock->host};
	struct fault fault;
	int listening = diag_listening(sock->run->obs.diag[sock->host], &sock->local, &fault);

	if (listening < 0)
		emit_fail(&sock->run->emit, &fault);
	if (!listening)
		return;
	memcpy(event.sock, sock->label, SOCK_LABEL_SIZE);
	event.sample = (struct sample){
		.state = STATE_LISTEN, .object = OBJECT_FULL, .cookie = sock->cookie, .gap_ns = -1};
	emit_event(&sock->run->emit, &event);
}

struct sock *sock_listen(struct probe_run *run, enum side side, uint16_t port)
{
	struct sock *sock = sock_make(run, side, true);
	int64_t t_ns;

	sock->listening = true;
	sock_bind(sock, port);
	t_ns = emit_now_ns(&run->emit);
	if (listen(sock->fd, SOMAXCONN) < 0)
		sock_fail(sock, "listen", errno);
	sock_called(sock, t_ns, "listen", "", 0, 0);
	listener_sample(sock);
	return sock;
}

void sock_connect(struct sock *sock, enum side to, uint16_t port)
{
	struct endpoint remote = sock->run->bench.addr[to];
	char args[ENDPOINT_TEXT_SIZE];
	struct sockaddr_in sin;
	int64_t t_ns;
	socklen_t size;
	int result, err;

	remote.port = port;
	pump_drain(&sock->run->pump); /* what was sent before is an older connection's */
	t_ns = emit_now_ns(&sock->run->emit);
	size = endpoint_to_sockaddr(&remote, &sin);
	result = connect(sock->fd, (struct sockaddr *)&sin, size);
	err = result < 0 ? errno : 0;
	if (err && err != EINPROGRESS && err != ECONNREFUSED)
		sock_fail(sock, "connect", err);
	sock->local = sock_own_name(sock);
	flow_bound(&sock->run->flows, sock);
	flow_add(&sock->run->flows, sock, &remote);
	sock_called(sock, t_ns, "connect", endpoint_text(&remote, args), result, err);
}

struct accept_wait {
	int fd;
	int accepted;
	struct sockaddr_in peer;
	int err;
};

static bool accept_try(void *arg)
{
	struct accept_wait *wait = arg;
	socklen_t size = sizeof(wait->peer);

	wait->accepted = accept4(wait->fd, (struct sockaddr *)&wait->peer, &size,
	                         SOCK_NONBLOCK | SOCK_CLOEXEC);
	wait->err = wait->accepted < 0 ? errno : 0;
	return wait->err != EAGAIN;
}

struct sock *sock_accept(struct sock *listener)
{
	struct probe_run *run = listener->run;
	struct accept_wait wait = {.fd = listener->fd};
	char args[ENDPOINT_TEXT_SIZE];
	struct endpoint peer;
	struct sock *sock;
	int64_t t_ns;

	if (!pump_until(&run->pump, accept_try, &wait, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(run, "no connection came to %s within %d ms", listener->label,
		                 AWAIT_LIMIT_MS);
	if (wait.err)
		sock_fail(listener, "accept", wait.err);
	t_ns = emit_now_ns(&run->emit);
	sock = sock_new(run, listener->host, wait.accepted);
	peer = sockaddr_to_endpoint(&wait.peer);
	sock->local = sock_own_name(sock);
	flow_accepted(&run->flows, sock, &peer);
	sock_called(sock, t_ns, "accept", endpoint_text(&peer, args), 0, 0);
	return sock;
}

void sock_shutdown(struct sock *sock, int how)
{
	static const char *const names[] = {
		[SHUT_RD] = "SHUT_RD", [SHUT_WR] = "SHUT_WR", [SHUT_RDWR] = "SHUT_RDWR"};
	int64_t t_ns = emit_now_ns(&sock->run->emit);

	if (shutdown(sock->fd, how) < 0)
		sock_fail(sock, "shutdown", errno);
	sock_called(sock, t_ns, "shutdown", names[how], 0, 0);
}

void sock_close(struct sock *sock)
{
	int64_t t_ns = emit_now_ns(&sock->run->emit);

	if (close(sock->fd) < 0)
		sock_fail(sock, "close", errno);
	sock->fd = -1;
	sock_called(sock, t_ns, "close", "", 0, 0);
}

void sock_send(struct sock *sock, size_t length)
{
	char data[4096], args[32];
	int64_t t_ns = emit_now_ns(&sock->run->emit);
	ssize_t n;

	memset(data, 'x', sizeof(data));
	for (size_t done = 0; done < length; done += (size_t)n) {
		size_t part = length - done < sizeof(data) ? length - done : sizeof(data);

		n = send(sock->fd, data, part, MSG_NOSIGNAL);
		if (n < 0)
			sock_fail(sock, "send", errno);
	}
	snprintf(args, sizeof(args), "%zu bytes", length);
	sock_called(sock, t_ns, "send", args, (int64_t)length, 0);
}

static void sock_switch_on(struct sock *sock, int level, int option, const char *name)
{
	int64_t t_ns = emit_now_ns(&sock->run->emit);
	int one = 1;

	if (setsockopt(sock->fd, level, option, &one, sizeof(one)) < 0)
		sock_fail(sock, name, errno);
	sock_called(sock, t_ns, "setsockopt", name, 0, 0);
}

void sock_keepalive(struct sock *sock)
{
	sock_switch_on(sock, SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE");
}

void sock_nodelay(struct sock *sock)
{
	sock_switch_on(sock, IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY");
}

struct receive_wait {
	int fd;
	size_t wanted, got;
	int err;
};

static bool receive_try(void *arg)
{
	struct receive_wait *wait = arg;
	char data[4096];

	while (wait->got < wait->wanted) {
		size_t part = wait->wanted - wait->got;
		ssize_t n = recv(wait->fd, data, part < sizeof(data) ? part : sizeof(data), 0);

		if (n < 0 && errno == EAGAIN)
			return false;
		if (n < 0)
			wait->err = errno;
		if (n <= 0)
			return true;
		wait->got += (size_t)n;
	}
	return true;
}

size_t sock_receive(struct sock *sock, size_t length)
{
	struct receive_wait wait = {.fd = sock->fd, .wanted = length};
	char args[32];

	if (!pump_until(&sock->run->pump, receive_try, &wait, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(sock->run, "%zu of %zu bytes came to %s within %d ms", wait.got,
		                 length, sock->label, AWAIT_LIMIT_MS);
	if (wait.err)
		sock_fail(sock, "recv", wait.err);
	snprintf(args, sizeof(args), "%zu bytes", length);
	sock_called(sock, emit_now_ns(&sock->run->emit), "recv", args, (int64_t)wait.got, 0);
	return wait.got;
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

/* POLLERR and POLLHUP come unasked. */
static int sock_await_poll(struct sock *sock, short events, int64_t limit_ms)
{
	struct poll_wait wait = {.fd = sock->fd, .events = events};
	int err = 0;
	socklen_t size = sizeof(err);

	if (!pump_until(&sock->run->pump, sock_polled, &wait, limit_ms * NS_PER_MS))
		return EINPROGRESS;
	if (getsockopt(sock->fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		sock_fail(sock, "getsockopt SO_ERROR", errno);
	sock_called(sock, emit_now_ns(&sock->run->emit), "SO_ERROR", "", err ? -1 : 0, err);
	return err;
}

int sock_await_error(struct sock *sock, int64_t limit_ms)
{
	return sock_await_poll(sock, POLLOUT, limit_ms);
}

int sock_await_failure(struct sock *sock, int64_t limit_ms)
{
	return sock_await_poll(sock, 0, limit_ms);
}

static void sock_counted(const struct endpoint *local, const struct endpoint *remote,
                         const struct sample *sample, void *arg)
{
	(void)local;
	(void)remote;
	(void)sample;
	(*(size_t *)arg)++;
}

size_t socks_on_port(struct probe_run *run, enum side side, uint16_t port)
{
	struct event event = {.kind = EVENT_CALL, .host = side, .t_ns = emit_now_ns(&run->emit)};
	struct fault fault;
	size_t count = 0;

	if (diag_dump(run->obs.diag[side], AF_INET, port, sock_counted, &count, &fault) < 0)
		emit_fail(&run->emit, &fault);
	event.call.name = "count sockets";
	event.call.args = record_text(run->emit.rec, "port %u", port);
	event.call.result = (int64_t)count;
	emit_event(&run->emit, &event);
	return count;
}

void flow_establish(struct probe_run *run, uint16_t port, struct sock **client,
                    struct sock **server)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);

	*client = sock_open(run, SIDE_CLIENT);
	sock_connect(*client, SIDE_SERVER, port);
	*server = sock_accept(listener);
	await_state(*client, STATE_ESTABLISHED);
	await_state(*server, STATE_ESTABLISHED);
}
