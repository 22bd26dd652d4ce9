/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sock_verbs: the sockets of a probe, a part of probe.h.
 *
 * Each system call comes in two forms. sock_try_send() makes the call once, writes down
 * what it returned and hands that on: the result, or -errno. A probe may leave it at that: the
 * record keeps it for the judge. sock_send() is for a call that is to succeed: where it does
 * not, the run ends and says which call on which socket failed with which errno. Sockets do
 * not block: what is not there yet is waited for by name (sock_accept(), sock_receive(), the
 * sock_await_ and await_ verbs).
 *
 * A socket goes by a label in the record: "c1", "c2" at the client, "s1" at the server,
 * "l1" for a listener, "u1" for UDP. The two ends of a connection have the same number.
 */
#ifndef FINWAIT_STEP_SOCK_VERBS_H
#define FINWAIT_STEP_SOCK_VERBS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "../base/fault.h"
#include "../record/event.h"

struct probe_run;
struct sock;
struct child; /* a process of the probe's that holds a socket */

/* What a socket is; all zeros: TCP, unbound, at the host's own address. */
struct sock_config {
	bool udp;
	uint16_t port; /* bound to it; 0: not bound */
	unsigned int address; /* bound to this one of the host's: 0 its own, see host_endpoint() */
	bool bound; /* bound also where @port and @address are 0: bind(ip, 0) */
	bool exclusive; /* bound without SO_REUSEADDR, which is set otherwise */
	bool reuse_port; /* SO_REUSEPORT before it is bound */
	int backlog; /* of a listener; 0: SOMAXCONN */
};

/* ---- Making and connecting ---- */

/* A socket at @side. */
struct sock *sock_open(struct probe_run *run, enum side side);
struct sock *sock_open_with(struct probe_run *run, enum side side, struct sock_config config);
/* SO_REUSEADDR, then bind(2) to the host's own address; port 0: any. */
void sock_bind(struct sock *sock, uint16_t port);
int sock_try_bind(struct sock *sock, uint16_t port);
/* bind(2) alone, to any address, with the options that the probe has set. */
int sock_try_bind_to(struct sock *sock, struct endpoint own);
/* bind, listen(2). */
struct sock *sock_listen(struct probe_run *run, enum side side, uint16_t port);
struct sock *sock_listen_with(struct probe_run *run, enum side side, struct sock_config config);
/* listen(2) on a socket that is there. */
int sock_try_listen(struct sock *sock, int backlog);
/* The address of @side with @port. */
struct endpoint bench_endpoint(struct probe_run *run, enum side side, uint16_t port);
/*
 * One of several addresses of @side with @port: number 0 is its own, those up to
 * HOST_ADDRESSES - 1 are added when they are first asked for.
 */
#define HOST_ADDRESSES 100
struct endpoint host_endpoint(struct probe_run *run, enum side side, unsigned int number,
                              uint16_t port);
/*
 * connect(2) to @port of host @to, which may be the socket's own. Returns at once; begun
 * (EINPROGRESS) and refused are both well: the awaits tell what becomes of it.
 */
void sock_connect(struct sock *sock, enum side to, uint16_t port);
/* The same to any address; 0 or -errno, -EINPROGRESS among them. */
int sock_try_connect(struct sock *sock, struct endpoint to);
/* Waits for a connection and accepts it. The run is inconclusive when none comes. */
struct sock *sock_accept(struct sock *listener);
/* The same; NULL when none had come by then. */
struct sock *sock_accept_within(struct sock *listener, int64_t limit_ms) MUST_CHECK;
/*
 * A handle on the other end of @sock's connection, for the awaits: also before it is
 * accepted, or when it never is. Calls need a descriptor, which it has once accept() made
 * one: ask again then.
 */
struct sock *sock_peer(struct sock *sock);

/* ---- Ending ---- */

void sock_shutdown(struct sock *sock, int how); /* SHUT_RD, SHUT_WR, SHUT_RDWR */
int sock_try_shutdown(struct sock *sock, int how);
void sock_close(struct sock *sock);
int sock_try_close(struct sock *sock);
/*
 * SOCK_DESTROY by sock_diag, as "ss -K" has it: tcp_abort() of a connection's end, whatever
 * object it is, or of a listener. The run is skipped where the kernel cannot.
 */
void sock_destroy(struct sock *sock);
int sock_try_destroy(struct sock *sock); /* -EOPNOTSUPP: the kernel cannot, or not this one */

/* ---- Data ---- */

/* send(2) of @length bytes 'x'; all or the run ends. */
void sock_send(struct sock *sock, size_t length);
/* send(2) of a text of the probe's own, to tell old bytes from new. */
void sock_send_text(struct sock *sock, const char *text);
/*
 * One send(2) as an application makes it: without MSG_NOSIGNAL. The bytes that were taken,
 * or -errno; a SIGPIPE is caught and in the record.
 */
int64_t sock_try_send(struct sock *sock, const char *text, int flags);
/*
 * sendto(2), likewise: a datagram, or with MSG_FASTOPEN what the SYN may carry. That begins a
 * connection, also where it comes to -EINPROGRESS: no cookie was known, and nothing was taken.
 */
int64_t sock_try_send_to(struct sock *sock, struct endpoint to, const char *text, int flags);
/* Sends until the send buffer is full (EAGAIN); returns how many bytes went into it. */
int64_t sock_fill(struct sock *sock);
/* Waits until @length bytes or the end of the stream came; returns how many came. */
size_t sock_receive(struct sock *sock, size_t length);
/* One recv(2) of at most @length bytes: how many came, 0 at the end, or -errno. */
int64_t sock_try_receive(struct sock *sock, size_t length);
/* poll(2) without waiting: POLLIN, POLLOUT, POLLERR, POLLHUP... as they are now. */
int sock_poll(struct sock *sock) MUST_CHECK;
/* Until poll(2) tells one of @events, POLLERR or POLLHUP; false: it had not by then. */
bool sock_await_events(struct sock *sock, short events, int64_t limit_ms) MUST_CHECK;
/* Until there is something to read, or the end of the stream; else the run is inconclusive. */
void sock_await_data(struct sock *sock);

/* ---- Options ---- */

/*
 * setsockopt(2) by the option's name: "TCP_LINGER2", "SO_RCVBUF", ... "SO_LINGER" takes
 * seconds, and switches off below 0. A name that is not known ends the run.
 */
void sock_option(struct sock *sock, const char *name, int64_t value);
int sock_try_option(struct sock *sock, const char *name, int64_t value);
/* getsockopt(2): the value, as sock_option() takes it. The record has it behind the name. */
int64_t sock_option_now(struct sock *sock, const char *name);
/*
 * Whether calls on it may sleep: fcntl(2) O_NONBLOCK, which sockets have unless this takes
 * it away. The run stands still while a call sleeps: not with WIRE_HAND.
 */
void sock_blocking(struct sock *sock, bool blocking);
/* SO_KEEPALIVE, TCP_NODELAY: on. */
void sock_keepalive(struct sock *sock);
void sock_nodelay(struct sock *sock);

/* ---- What becomes of it ---- */

/* getsockopt(2) SO_ERROR as it is now, which takes it away; 0 for none. */
int sock_take_error(struct sock *sock);
/* Waits for the connection's error (POLLERR) or completion; SO_ERROR, 0 for none. */
int sock_await_error(struct sock *sock, int64_t limit_ms);
/* Waits until an established connection fails; SO_ERROR, EINPROGRESS at the limit. */
int sock_await_failure(struct sock *sock, int64_t limit_ms);
/*
 * Read @sock's end by sock_diag now, into the record also where nothing has changed but what
 * is left of its timer.
 */
void sock_read(struct sock *sock);

/* ---- A process that holds a socket ---- */

/* Hand @sock to a process of its own, which does nothing; it is closed here. */
struct child *sock_give(struct sock *sock);
/* That process returns from main(), or is killed: the kernel closes the socket. */
void child_exit(struct child *child);
void child_kill(struct child *child);

/* ---- Many ---- */

/* The usual beginning: listen, connect, accept; both ends ESTABLISHED. */
void flow_establish(struct probe_run *run, uint16_t port, struct sock **client,
                    struct sock **server);
/*
 * The usual end: @first closes and its peer @last does so in answer, until @first is in
 * TIME_WAIT, or gone where no time-wait sock is kept, and nothing is left of @last.
 */
void flow_close(struct sock *first, struct sock *last);

/* @count sockets at @side that connect to @to_port of the other host. */
struct many {
	enum side side;
	size_t count;
	uint16_t first_port; /* they are bound to this one and those that follow; 0: to none */
	uint16_t to_port;
};
/* Opens and connects them all, and waits for none. @socks has room for them. */
void socks_connect_many(struct probe_run *run, struct many many, struct sock **socks);
/* Accepts @count connections, waiting for each. */
void socks_accept_many(struct sock *listener, size_t count, struct sock **socks);
/* Until all @count are in @state; the run is inconclusive when that takes too long. */
void await_states(struct sock *const *socks, size_t count, enum tcp_state state);
/*
 * How many sockets, mini-sockets included, @side has on @port (0: on any) now. The record
 * keeps how many of each state and kind of object.
 */
size_t socks_on_port(struct probe_run *run, enum side side, uint16_t port);

#endif
