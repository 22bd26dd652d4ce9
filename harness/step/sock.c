// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets are made, bound, connected, accepted and closed. */
#include "sock.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/array.h"
#include "probe_run.h"

/* Not what TCP answers, but what this machine has no more of. */
static bool is_machine_error(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM;
}

void sock_fail(const struct sock *sock, const char *call, int err)
{
	if (!is_machine_error(err) && run_unmodelled(sock->run))
		run_inconclusive(sock->run, "%s at the %s: %s: %s", sock->label,
		                 side_name(sock->host), call, strerror(err));
	emit_fail_errno(&sock->run->emit, err, "%s at the %s: %s", sock->label,
	                side_name(sock->host), call);
}

int64_t sock_now_ns(const struct sock *sock)
{
	return emit_now_ns(&sock->run->emit);
}

int64_t sock_called(struct sock *sock, const struct sock_call *call)
{
	struct event event = {.kind = EVENT_CALL, .host = sock->host, .t_ns = call->t_ns};
	bool failed = call->result < 0;

	memcpy(event.sock, sock->label, SOCK_LABEL_SIZE);
	event.call.name = call->name;
	event.call.args = call->args ? call->args : "";
	event.call.result = failed ? -1 : call->result;
	event.call.err = failed ? (int)-call->result : 0;
	event.call.signal = call->signal ? call->signal : "";
	event.call.child = call->child;
	event.call.took_ns = call->took_ns;
	late_look(&sock->run->late);
	emit_event(&sock->run->emit, &event);
	watch_touch_sock(&sock->run->watch, sock);
	watch_read(&sock->run->watch);
	return call->result;
}

/* ---- addresses */

struct sock_addr sock_addr_of(const struct endpoint *ep)
{
	struct sock_addr addr = {0};
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&addr.storage;
	struct sockaddr_in *four = (struct sockaddr_in *)&addr.storage;

	if (ep->family == AF_INET6) {
		*six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(ep->port)};
		memcpy(&six->sin6_addr, ep->addr, sizeof(six->sin6_addr));
		addr.size = sizeof(*six);
	} else {
		*four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(ep->port)};
		memcpy(&four->sin_addr, ep->addr, sizeof(four->sin_addr));
		addr.size = sizeof(*four);
	}
	return addr;
}

struct endpoint sock_addr_endpoint(const struct sock_addr *addr)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&addr->storage;
	const struct sockaddr_in *four = (const struct sockaddr_in *)&addr->storage;
	struct endpoint ep = {.family = (uint8_t)addr->storage.ss_family};

	if (ep.family == AF_INET6) {
		ep.port = ntohs(six->sin6_port);
		memcpy(ep.addr, &six->sin6_addr, sizeof(six->sin6_addr));
	} else {
		ep.port = ntohs(four->sin_port);
		memcpy(ep.addr, &four->sin_addr, sizeof(four->sin_addr));
	}
	return ep;
}

static void sock_learn_name(struct sock *sock)
{
	struct sock_addr addr = {.size = sizeof(addr.storage)};

	if (getsockname(sock->fd, (struct sockaddr *)&addr.storage, &addr.size) < 0)
		sock_fail(sock, "getsockname", errno);
	sock->local = sock_addr_endpoint(&addr);
	if (!sock->udp)
		flow_bound(&sock->run->flows, sock);
}

struct endpoint bench_endpoint(struct probe_run *run, enum side side, uint16_t port)
{
	struct endpoint ep = run->bench.addr[side];

	ep.port = port;
	return ep;
}

static_assert(HOST_ADDRESSES == BENCH_ADDRESSES, "as many as a bench gives");

struct endpoint host_endpoint(struct probe_run *run, enum side side, unsigned int number,
                              uint16_t port)
{
	struct endpoint ep = bench_address(&run->bench, side, number);
	struct fault fault;

	if (bench_address_add(&run->bench, side, number, &fault) < 0)
		emit_fail(&run->emit, &fault);
	ep.port = port;
	return ep;
}

/* ---- making */

struct sock *sock_new(struct probe_run *run, enum side side, int fd)
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
	if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_COOKIE, &sock->cookie, &size) < 0)
		sock_fail(sock, "getsockopt SO_COOKIE", errno);
	return sock;
}

static struct sock *sock_make(struct probe_run *run, enum side side, bool udp, bool listener)
{
	int type = (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	struct fault fault;
	struct sock *sock;
	int fd;

	if (bench_enter(&run->bench, (enum bench_ns)side, &fault) < 0)
		emit_fail(&run->emit, &fault);
	fd = socket(run->bench.addr[side].family, type, 0);
	if (fd < 0)
		emit_fail_errno(&run->emit, errno, "socket at the %s", side_name(side));
	sock = sock_new(run, side, fd);
	sock->udp = udp;
	flow_label_sock(&run->flows, sock, listener);
	return sock;
}

static int sock_bind_to(struct sock *sock, const struct endpoint *own)
{
	struct sock_addr addr = sock_addr_of(own);
	char args[ENDPOINT_TEXT_SIZE];
	struct sock_call call = {.name = "bind", .t_ns = sock_now_ns(sock)};

	if (bind(sock->fd, (struct sockaddr *)&addr.storage, addr.size) < 0) {
		call.result = -errno;
		call.args = endpoint_text(own, args);
	} else {
		sock_learn_name(sock);
		call.args = endpoint_text(&sock->local, args);
	}
	return (int)sock_called(sock, &call);
}

static void sock_set(struct sock *sock, int option, const char *name)
{
	int one = 1;

	if (setsockopt(sock->fd, SOL_SOCKET, option, &one, sizeof(one)) < 0)
		sock_fail(sock, name, errno);
}

int sock_try_bind_to(struct sock *sock, struct endpoint own)
{
	return sock_bind_to(sock, &own);
}

int sock_try_bind(struct sock *sock, uint16_t port)
{
	struct endpoint own = bench_endpoint(sock->run, sock->host, port);

	sock_set(sock, SO_REUSEADDR, "setsockopt SO_REUSEADDR");
	return sock_bind_to(sock, &own);
}

void sock_bind(struct sock *sock, uint16_t port)
{
	int err = sock_try_bind(sock, port);

	if (err < 0)
		sock_fail(sock, "bind", -err);
}

static void sock_configure(struct sock *sock, const struct sock_config *config)
{
	struct probe_run *run = sock->run;
	struct endpoint own = host_endpoint(run, sock->host, config->address, config->port);
	int err;

	if (!config->exclusive)
		sock_set(sock, SO_REUSEADDR, "setsockopt SO_REUSEADDR");
	if (config->reuse_port)
		sock_set(sock, SO_REUSEPORT, "setsockopt SO_REUSEPORT");
	err = sock_bind_to(sock, &own);
	if (err < 0)
		sock_fail(sock, "bind", -err);
}

struct sock *sock_open_with(struct probe_run *run, enum side side, struct sock_config config)
{
	struct sock *sock = sock_make(run, side, config.udp, false);

	if (config.port || config.address || config.bound)
		sock_configure(sock, &config);
	return sock;
}

struct sock *sock_open(struct probe_run *run, enum side side)
{
	return sock_open_with(run, side, (struct sock_config){0});
}

/* ---- listening */

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

int sock_try_listen(struct sock *sock, int backlog)
{
	struct sock_call call = {.name = "listen", .t_ns = sock_now_ns(sock)};
	char args[16] = "";

	if (backlog != SOMAXCONN)
		snprintf(args, sizeof(args), "%d", backlog);
	call.args = args;
	if (listen(sock->fd, backlog) < 0)
		call.result = -errno;
	else
		sock->listening = true;
	sock_called(sock, &call);
	if (sock->listening) {
		sock_learn_name(sock); /* it may have been unbound; another may share its port */
		listener_sample(sock);
	}
	return (int)call.result;
}

struct sock *sock_listen_with(struct probe_run *run, enum side side, struct sock_config config)
{
	struct sock *sock = sock_make(run, side, false, true);
	int err;

	sock_configure(sock, &config);
	err = sock_try_listen(sock, config.backlog ? config.backlog : SOMAXCONN);
	if (err < 0)
		sock_fail(sock, "listen", -err);
	return sock;
}

struct sock *sock_listen(struct probe_run *run, enum side side, uint16_t port)
{
	return sock_listen_with(run, side, (struct sock_config){.port = port});
}

/* ---- connecting */

void sock_begins(struct sock *sock, const struct endpoint *to, int64_t result)
{
	if (result < 0 && result != -EINPROGRESS && result != -ECONNREFUSED)
		return;
	sock_learn_name(sock);
	if (!sock->udp)
		flow_add(&sock->run->flows, sock, to);
}

int sock_try_connect(struct sock *sock, struct endpoint to)
{
	struct sock_addr addr = sock_addr_of(&to);
	char args[ENDPOINT_TEXT_SIZE];
	struct sock_call call = {.name = "connect", .args = endpoint_text(&to, args)};

	(void)pump_drain(&sock->run->pump); /* what was sent before is an older connection's */
	call.t_ns = sock_now_ns(sock);
	if (connect(sock->fd, (struct sockaddr *)&addr.storage, addr.size) < 0)
		call.result = -errno;
	sock_begins(sock, &to, call.result);
	return (int)sock_called(sock, &call);
}

void sock_connect(struct sock *sock, enum side to, uint16_t port)
{
	int err = sock_try_connect(sock, bench_endpoint(sock->run, to, port));

	if (err && err != -EINPROGRESS && err != -ECONNREFUSED)
		sock_fail(sock, "connect", -err);
}

struct accept_wait {
	int fd;
	int accepted;
	struct sock_addr peer;
	int err;
};

static bool accept_try(void *arg)
{
	struct accept_wait *wait = arg;

	wait->peer.size = sizeof(wait->peer.storage);
	wait->accepted = accept4(wait->fd, (struct sockaddr *)&wait->peer.storage, &wait->peer.size,
	                         SOCK_NONBLOCK | SOCK_CLOEXEC);
	wait->err = wait->accepted < 0 ? errno : 0;
	return wait->err != EAGAIN;
}

struct sock *sock_accept_within(struct sock *listener, int64_t limit_ms)
{
	struct probe_run *run = listener->run;
	struct accept_wait wait = {.fd = listener->fd};
	char args[ENDPOINT_TEXT_SIZE];
	struct sock_call call = {.name = "accept", .args = args};
	struct endpoint peer;
	struct sock *sock;

	waiting_name(run->pump.waiting, "awaits a connection to accept at %s", listener->label);
	if (!pump_until(&run->pump, accept_try, &wait, limit_ms * NS_PER_MS))
		return NULL;
	if (wait.err)
		sock_fail(listener, "accept", wait.err);
	call.t_ns = sock_now_ns(listener);
	sock = sock_new(run, listener->host, wait.accepted);
	peer = sock_addr_endpoint(&wait.peer);
	endpoint_text(&peer, args);
	sock_learn_name(sock);
	flow_accepted(&run->flows, sock, &peer);
	sock_called(sock, &call);
	return sock;
}

struct sock *sock_accept(struct sock *listener)
{
	struct sock *sock = sock_accept_within(listener, AWAIT_LIMIT_MS);

	if (!sock)
		run_inconclusive(listener->run, "no connection came to %s within %d ms",
		                 listener->label, AWAIT_LIMIT_MS);
	return sock;
}

static struct sock *sock_of_flow(const struct socks *socks, const struct flow *flow)
{
	for (size_t i = socks->count; i-- > 0;)
		if (socks->items[i]->flow == flow)
			return socks->items[i];
	return NULL;
}

struct sock *sock_on_flow(struct probe_run *run, struct flow *flow)
{
	struct sock *sock = sock_of_flow(&run->socks, flow);

	if (sock)
		return sock;
	sock = sock_new(run, flow->host, -1);
	memcpy(sock->label, flow->label, SOCK_LABEL_SIZE);
	sock->local = flow->local;
	sock->flow = flow;
	return sock;
}

struct sock *sock_peer(struct sock *sock)
{
	if (!sock->flow || !sock->flow->peer)
		emit_fail_errno(&sock->run->emit, ENOTCONN, "find the other end of %s",
		                sock->label);
	return sock_on_flow(sock->run, sock->flow->peer);
}

/* ---- ending */

int sock_try_shutdown(struct sock *sock, int how)
{
	static const char *const names[] = {
		[SHUT_RD] = "SHUT_RD", [SHUT_WR] = "SHUT_WR", [SHUT_RDWR] = "SHUT_RDWR"};
	struct sock_call call = {.name = "shutdown", .args = names[how], .t_ns = sock_now_ns(sock)};

	if (shutdown(sock->fd, how) < 0)
		call.result = -errno;
	return (int)sock_called(sock, &call);
}

void sock_shutdown(struct sock *sock, int how)
{
	int err = sock_try_shutdown(sock, how);

	if (err < 0)
		sock_fail(sock, "shutdown", -err);
}

int sock_try_close(struct sock *sock)
{
	struct sock_call call = {.name = "close"};

	emit_flush(&sock->run->emit);
	call.t_ns = sock_now_ns(sock);
	if (sock->lingers) /* it sleeps, and not because the machine is busy */
		late_wait_begin(&sock->run->late, INT64_MAX);
	if (close(sock->fd) < 0)
		call.result = -errno;
	if (sock->lingers)
		late_wait_end(&sock->run->late, 0, clock_mono_ns());
	call.took_ns = sock_now_ns(sock) - call.t_ns;
	if (call.took_ns < CALL_SLEPT_NS)
		call.took_ns = 0;
	sock->fd = -1;
	return (int)sock_called(sock, &call);
}

void sock_close(struct sock *sock)
{
	int err = sock_try_close(sock);

	if (err < 0)
		sock_fail(sock, "close", -err);
}

static int destroy_call(struct sock *sock, struct fault *f)
{
	struct diag *diag = sock->run->obs.diag[sock->host];
	struct sock_call call = {.name = "SOCK_DESTROY", .t_ns = sock_now_ns(sock)};

	if (!sock->flow && !sock->listening)
		sock_fail(sock, call.name, ENOTCONN);
	if (sock->listening)
		call.result = diag_destroy_listener(diag, &sock->local, f);
	else
		call.result = diag_destroy(diag, &sock->flow->local, &sock->flow->remote, f);
	return (int)sock_called(sock, &call);
}

int sock_try_destroy(struct sock *sock)
{
	struct fault fault;

	return destroy_call(sock, &fault);
}

void sock_destroy(struct sock *sock)
{
	struct probe_run *run = sock->run;
	char text[400];
	struct fault fault;
	int err = destroy_call(sock, &fault);

	if (err == -EOPNOTSUPP)
		run_skip(run, "%s", fault_text(&fault, text, sizeof(text)));
	if (err < 0)
		emit_fail(&run->emit, &fault);
}
