// SPDX-License-Identifier: GPL-2.0-or-later
/* Socket options by name: one table. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "probe_run.h"

static const struct option_name {
	const char *name;
	int level, option;
	bool linger; /* takes a struct linger */
} option_names[] = {
	{"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
	{"SO_LINGER", SOL_SOCKET, SO_LINGER, .linger = true},
	{"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
	{"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
	{"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
	{"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
	{"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
	{"IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT},
	{"IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER},
	{"IP_RECVERR", IPPROTO_IP, IP_RECVERR},
	{"IP_TTL", IPPROTO_IP, IP_TTL},
	{"IPV6_RECVERR", IPPROTO_IPV6, IPV6_RECVERR},
	{"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS},
	{"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY},
	{"TCP_CORK", IPPROTO_TCP, TCP_CORK},
	{"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
	{"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
	{"TCP_FASTOPEN_CONNECT", IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
	{"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},
	{"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
	{"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
	{"TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2},
	{"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},
	{"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
	{"TCP_QUEUE_SEQ", IPPROTO_TCP, TCP_QUEUE_SEQ},
	{"TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK},
	{"TCP_REPAIR", IPPROTO_TCP, TCP_REPAIR},
	{"TCP_REPAIR_QUEUE", IPPROTO_TCP, TCP_REPAIR_QUEUE},
	{"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT},
	{"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT},
	{"TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP},
};

static const struct option_name *option_find(const struct sock *sock, const char *name)
{
	for (size_t i = 0; i < sizeof(option_names) / sizeof(option_names[0]); i++)
		if (!strcmp(option_names[i].name, name))
			return &option_names[i];
	sock_fail(sock, name, ENOPROTOOPT);
}

int sock_try_option(struct sock *sock, const char *name, int64_t value)
{
	const struct option_name *option = option_find(sock, name);
	struct linger linger = {.l_onoff = value >= 0, .l_linger = value > 0 ? (int)value : 0};
	int number = (int)value;
	const void *data = option->linger ? (const void *)&linger : &number;
	socklen_t size = option->linger ? sizeof(linger) : sizeof(number);
	struct sock_call call = {.name = "setsockopt", .t_ns = sock_now_ns(sock)};

	if (setsockopt(sock->fd, option->level, option->option, data, size) < 0)
		call.result = -errno;
	else if (option->linger)
		sock->lingers = value > 0;
	call.args = record_text(sock->run->emit.rec, "%s %lld", name, (long long)value);
	return (int)sock_called(sock, &call);
}

void sock_option(struct sock *sock, const char *name, int64_t value)
{
	int err = sock_try_option(sock, name, value);

	if (err < 0)
		sock_fail(sock, name, -err);
}

int64_t sock_option_now(struct sock *sock, const char *name)
{
	const struct option_name *option = option_find(sock, name);
	struct sock_call call = {.name = "getsockopt", .t_ns = sock_now_ns(sock)};
	struct linger linger = {0};
	int number = 0;
	void *data = option->linger ? (void *)&linger : &number;
	socklen_t size = option->linger ? sizeof(linger) : sizeof(number);

	if (getsockopt(sock->fd, option->level, option->option, data, &size) < 0)
		sock_fail(sock, name, errno);
	if (option->linger)
		number = linger.l_onoff ? linger.l_linger : -1;
	call.args = record_text(sock->run->emit.rec, "%s %d", name, number);
	sock_called(sock, &call);
	return number;
}

void sock_blocking(struct sock *sock, bool blocking)
{
	struct sock_call call = {.name = "fcntl", .t_ns = sock_now_ns(sock)};
	int flags = fcntl(sock->fd, F_GETFL);

	if (flags < 0 ||
	    fcntl(sock->fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) < 0)
		sock_fail(sock, "fcntl O_NONBLOCK", errno);
	call.args = blocking ? "F_SETFL 0" : "F_SETFL O_NONBLOCK";
	sock_called(sock, &call);
}

void sock_keepalive(struct sock *sock)
{
	sock_option(sock, "SO_KEEPALIVE", 1);
}

void sock_nodelay(struct sock *sock)
{
	sock_option(sock, "TCP_NODELAY", 1);
}
