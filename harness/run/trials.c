// SPDX-License-Identifier: GPL-2.0-or-later
#include "trials.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../netns/link.h"
#include "../../netns/netns.h"
#include "../../netns/sysctl.h"
#include "../observe/counters.h"
#include "scratch.h"

#define LOOPBACK_IFINDEX 1
#define CHALLENGE_LIMIT "net.ipv4.tcp_challenge_ack_limit"

enum { SERVER_PORT = 9, CLIENT_PORT, TRY_MS = 1000 };

struct trial {
	int64_t challenges, challenge_acks; /* TCPSYNChallenge, TCPChallengeACK: by how much */
};

/* A new namespace, entered, in which lo is up. */
static int loopback_enter(struct fault *f)
{
	struct rtnl *rtnl;
	int err, fd = netns_create(f);

	if (fd < 0)
		return fd;
	rtnl = rtnl_open(fd, f);
	if (!rtnl)
		return -EOPNOTSUPP;
	err = link_up(rtnl, LOOPBACK_IFINDEX, f);
	return err ? err : fd;
}

/* What was counted since @before. */
static int trial_read(struct trial *trial, const struct counters *before, struct fault *f)
{
	struct counters *after = counters_read(false, f);

	if (!after)
		return -EIO;
	trial->challenges = counters_get(after, "TcpExt.TCPSYNChallenge") -
	                    counters_get(before, "TcpExt.TCPSYNChallenge");
	trial->challenge_acks = counters_get(after, "TcpExt.TCPChallengeACK") -
	                        counters_get(before, "TcpExt.TCPChallengeACK");
	counters_free(after);
	return 0;
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* A socket on @port, which nobody waits for. */
static int socket_at(uint16_t port, struct fault *f)
{
	struct sockaddr_in sin = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fault_set(f, errno, "open a socket");
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) < 0)
		return fault_set(f, errno, "bind a socket to port %u", port);
	return fd;
}

static int socket_connect(int fd, uint16_t port, struct fault *f)
{
	struct sockaddr_in sin = loopback(port);

	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) < 0 && errno != EINPROGRESS)
		return fault_set(f, errno, "connect a socket to port %u", port);
	return 0;
}

static int socket_await(int fd, short events, struct fault *f)
{
	struct pollfd wait = {.fd = fd, .events = events};

	if (poll(&wait, 1, 3 * TRY_MS) != 1)
		return fault_set(f, ETIMEDOUT, "wait for a connection over lo");
	return 0;
}

static int synack_try(void *arg, struct fault *f)
{
	struct counters *before;
	int err, fd = loopback_enter(f);

	if (fd < 0)
		return fd;
	before = counters_read(false, f);
	fd = before ? socket_at(SERVER_PORT, f) : -EIO;
	if (fd < 0)
		return fd;
	err = socket_connect(fd, SERVER_PORT, f);
	if (!err)
		err = socket_await(fd, POLLOUT, f);
	return err ? err : trial_read(arg, before, f);
}

const char *trial_synack(bool userns)
{
	struct trial trial = {0};
	struct fault fault;

	if (scratch_run(userns, synack_try, &trial, &trial, sizeof(trial), &fault) < 0)
		return "unknown";
	return trial.challenges ? "challenged" : "accepted";
}

/*
 * A connection whose client vanishes without a segment, which is what TCP_REPAIR is for
 * (tcp_disconnect()). Returns the server's end.
 */
static int half_open(struct fault *f)
{
	int one = 1, listener = socket_at(SERVER_PORT, f), client, server = -1, err;

	if (listener < 0)
		return listener;
	if (listen(listener, 1) < 0)
		return fault_set(f, errno, "listen on lo");
	client = socket_at(CLIENT_PORT, f);
	if (client < 0)
		return client;
	err = socket_connect(client, SERVER_PORT, f);
	if (!err)
		err = socket_await(listener, POLLIN, f);
	if (err)
		return err;
	server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (server < 0)
		return fault_set(f, errno, "accept a connection over lo");
	if (setsockopt(client, IPPROTO_TCP, TCP_REPAIR, &one, sizeof(one)) < 0)
		return fault_set(f, errno, "set TCP_REPAIR");
	close(client);
	return server;
}

/*
 * Another client's SYN meets the server's end. It is counted before its answer is; both with the
 * socket locked, which TCP_INFO takes then.
 */
static int challenge(int server, struct trial *trial, struct fault *f)
{
	struct counters *before = counters_read(false, f);
	int err = 0, client = before ? socket_at(CLIENT_PORT, f) : -EIO;
	struct tcp_info info;
	socklen_t size = sizeof(info);

	if (client < 0)
		return client;
	err = socket_connect(client, SERVER_PORT, f);
	for (int ms = 0; !err && !trial->challenges; ms++) {
		if (ms == TRY_MS)
			return fault_set(f, ETIMEDOUT, "wait for a SYN to be challenged");
		if (ms)
			(void)poll(NULL, 0, 1);
		err = trial_read(trial, before, f);
	}
	if (err)
		return err;
	if (getsockopt(server, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return fault_set(f, errno, "read TCP_INFO");
	return trial_read(trial, before, f);
}

static int challenge_try(void *arg, struct fault *f)
{
	char limit[32];
	int err, server, fd = loopback_enter(f);

	if (fd < 0)
		return fd;
	err = sysctl_read(fd, CHALLENGE_LIMIT, limit, sizeof(limit), f);
	if (err)
		return err;
	if (strtol(limit, NULL, 10) != INT_MAX) /* since there is a count for each namespace */
		return fault_set(f, EOPNOTSUPP, "count challenge ACKs by namespace");
	server = half_open(f);
	if (server < 0)
		return server;
	err = sysctl_write(fd, CHALLENGE_LIMIT, "0", f);
	return err ? err : challenge(server, arg, f);
}

const char *trial_challenge(bool userns)
{
	struct trial trial = {0};
	struct fault fault;

	if (scratch_run(userns, challenge_try, &trial, &trial, sizeof(trial), &fault) < 0)
		return "unknown";
	return trial.challenge_acks ? "sent" : "withheld";
}
