/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sock: the sockets that a probe opened, in order; each outlives its descriptor. */
#ifndef FINWAIT_STEP_SOCK_H
#define FINWAIT_STEP_SOCK_H

#include <stddef.h>
#include <sys/socket.h>

#include "../base/fault.h"
#include "../record/event.h"

struct flow;
struct probe_run;

struct sock {
	struct probe_run *run;
	enum side host;
	int fd; /* -1: closed, or not ours */
	char label[SOCK_LABEL_SIZE];
	uint64_t cookie;
	struct endpoint local; /* once bound or connected */
	bool udp, listening;
	bool lingers; /* SO_LINGER with a time: close() sleeps */
	struct flow *flow; /* NULL: not connected */
};

struct socks {
	struct sock **items;
	size_t count, space;
};

/* A call that takes less has not slept. */
#define CALL_SLEPT_NS NS_PER_MS

/* A system call that was made on a socket. */
struct sock_call {
	const char *name; /* "close" */
	const char *args; /* NULL: none */
	int64_t t_ns; /* when it was made, since the run began */
	int64_t result; /* or -errno */
	const char *signal; /* that it raised; NULL: none */
	unsigned int child; /* that made it; 0: the probe itself */
	int64_t took_ns; /* 0: it did not sleep, or was not timed */
};

/* Into the record, with the sockets as they are after it. Returns the result. */
int64_t sock_called(struct sock *sock, const struct sock_call *call);
int64_t sock_now_ns(const struct sock *sock); /* for sock_call.t_ns */
/*
 * The call was to succeed and came to @err (positive): the run ends. It is an error; where a
 * setting is in force that no model knows, that may be why, and the run is inconclusive.
 */
void sock_fail(const struct sock *sock, const char *call, int err) __attribute__((noreturn));
/* A call that connects @sock to @to came to @result: if that begins something, it is watched. */
void sock_begins(struct sock *sock, const struct endpoint *to, int64_t result);
/* Handle on a descriptor (-1: none), kept by the run. */
struct sock *sock_new(struct probe_run *run, enum side side, int fd);
/* The socket of the probe that is @flow's end; else a handle for the awaits. */
struct sock *sock_on_flow(struct probe_run *run, struct flow *flow);

/* As the kernel takes addresses, of either family. */
struct sock_addr {
	struct sockaddr_storage storage;
	socklen_t size;
};
struct sock_addr sock_addr_of(const struct endpoint *ep);
struct endpoint sock_addr_endpoint(const struct sock_addr *addr);

#endif
