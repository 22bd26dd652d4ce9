/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h: the face that probes see. A probe includes this and nothing else of ours.
 *
 * Theory of operation
 *
 * A probe is a straight line of verbs. It runs in a process of its own, in
 * namespaces of its own; a verb that cannot do its work writes down the step, the
 * errno and the kernel's extended ack and ends that process, so a verb returns
 * only when it did what it says. What was observed up to there is kept.
 *
 * Nothing ever sleeps: every verb that waits pumps the observers and the wire
 * until the state it waits for has been seen. Sockets do not block.
 *
 * When run() returns, judge() is handed the record of it, and only that.
 */
#ifndef FINWAIT_PROBE_H
#define FINWAIT_PROBE_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "judge/fin_loss.h"
#include "judge/judge.h"
#include "judge/measure.h"
#include "judge/model.h"
#include "judge/query.h"
#include "record/record.h"

struct probe_run; /* the run at hand */
struct sock; /* one end of a connection, or a listener; outlives its descriptor */

/* ---- What a probe is ---- */

enum wire_kind {
	WIRE_KERNEL, /* a bridge; faults are nftables rules and netem */
	WIRE_HAND, /* the harness moves every frame: hold, release, inject one */
	WIRE_ROUTED, /* a router between two nets: takes a hop, answers with ICMP; faults as above */
	WIRE_NONE, /* one host talks to itself over lo */
	WIRE_KIND_COUNT,
};

/* A sysctl that the probe sets in both hosts before the first socket. */
struct probe_sysctl {
	const char *name; /* "net.ipv4.tcp_syn_retries", "server:net.ipv4..." for one host */
	const char *quick; /* for everyday runs; NULL: the kernel's default */
	const char *faithful; /* the article's conditions; NULL: the kernel's default */
};

struct probe_param {
	const char *name;
	int64_t quick, faithful;
	const char *text; /* what it is, with its unit */
};

#define SETTINGS_PER_PROBE 8

struct probe {
	const char *id, *title;
	const char *question; /* what is asked of the kernel, a sentence or two */
	const char *kernel_path; /* the functions that decide the answer */
	enum wire_kind wire;
	bool slow; /* has no quick form: runs when named or with --faithful */
	struct claim claims[CLAIMS_PER_PROBE];
	struct probe_sysctl sysctls[SETTINGS_PER_PROBE];
	struct probe_param params[SETTINGS_PER_PROBE];
	void (*run)(struct probe_run *run);
	judge_fn judge;
};

/* ---- Sockets ---- */

/* A socket at @side that does not block; its end of the connection is "c1", "s1", ... */
struct sock *sock_open(struct probe_run *run, enum side side);
/* bind(2) to the host's own address; port 0: any. */
void sock_bind(struct sock *sock, uint16_t port);
/* bind, listen(2); the label is "l1", ... */
struct sock *sock_listen(struct probe_run *run, enum side side, uint16_t port);
/* connect(2) to @port of host @to, which may be the socket's own. Returns at once. */
void sock_connect(struct sock *sock, enum side to, uint16_t port);
/* Waits for a connection and accepts it; port of the client as peer tells the flow. */
struct sock *sock_accept(struct sock *listener);
void sock_shutdown(struct sock *sock, int how);
void sock_close(struct sock *sock);
/* send(2) of @length bytes 'x'; all or the run ends. */
void sock_send(struct sock *sock, size_t length);
/* SO_KEEPALIVE, TCP_NODELAY: on. */
void sock_keepalive(struct sock *sock);
void sock_nodelay(struct sock *sock);
/* Waits until @length bytes or the end of the stream came; returns how many came. */
size_t sock_receive(struct sock *sock, size_t length);
/* Waits for the connection's error (POLLERR) or completion; SO_ERROR, 0 for none. */
int sock_await_error(struct sock *sock, int64_t limit_ms);
/* Waits until an established connection fails; SO_ERROR, EINPROGRESS at the limit. */
int sock_await_failure(struct sock *sock, int64_t limit_ms);
/* How many sockets, mini-sockets included, @side has on @port now. */
size_t socks_on_port(struct probe_run *run, enum side side, uint16_t port);

/* The usual beginning: listen, connect, accept; both ends ESTABLISHED. */
void flow_establish(struct probe_run *run, uint16_t port, struct sock **client,
                    struct sock **server);

/* ---- Waiting, always on something observed ---- */

#define AWAIT_LIMIT_MS 5000 /* for what takes no kernel timer */

/* Until this end is in @state; the run is inconclusive when that takes too long. */
void await_state(struct sock *sock, enum tcp_state state);
/* The same with a limit of the probe's own; false when it passed. */
bool await_state_within(struct sock *sock, enum tcp_state state, int64_t limit_ms);
/*
 * Until no object of this end is left in the kernel; false: it still was at the limit, or
 * was never seen at all.
 */
bool await_gone_within(struct sock *sock, int64_t limit_ms);
/*
 * Until @count more segments that match have left their host, from this call on; the run is
 * inconclusive when that takes too long. What a call of the probe has sent just before may
 * or may not be among them: where that matters, count in all.
 */
void await_sent(struct probe_run *run, struct packet_match match, unsigned int count);
/* The same; false when they had not left by then. */
bool await_sent_within(struct probe_run *run, struct packet_match match, unsigned int count,
                       int64_t limit_ms);
/*
 * Until @count segments that match have left their host since the run began. What is judged
 * must be awaited: a busy machine brings a frame onto the wire some time after its socket is
 * done with it.
 */
void await_sent_in_all(struct probe_run *run, struct packet_match match, unsigned int count);
bool await_sent_in_all_within(struct probe_run *run, struct packet_match match, unsigned int count,
                              int64_t limit_ms);
/* Look on for a stated time, to witness that something does not happen. */
void observe_for(struct probe_run *run, int64_t ms, const char *why);

/* ---- The wire ---- */

/* Lose every frame that matches, from now until wire_restore(); returns the rule's number. */
uint32_t wire_drop(struct probe_run *run, struct packet_match match);
/* Lose, duplicate: the next @count that match, then no more. The hand wire only. */
uint32_t wire_drop_next(struct probe_run *run, struct packet_match match, unsigned int count);
uint32_t wire_duplicate_next(struct probe_run *run, struct packet_match match, unsigned int count);
/* Keep frames that match on the wire until they are released. The hand wire only. */
uint32_t wire_hold(struct probe_run *run, struct packet_match match);
/* Until @count frames are held by @rule. */
void wire_await_held(struct probe_run *run, uint32_t rule, unsigned int count);
/* Let the held frame number @index (0: the oldest) of @rule go; the rule stays on. */
void wire_release_one(struct probe_run *run, uint32_t rule, unsigned int index);
/* Switch a rule off; what it still holds goes on in order. */
void wire_restore(struct probe_run *run, uint32_t rule);
/* Put a segment of the probe's making on the wire, towards the host that is not @from.
 * packet.src and .dst with family 0 are the two hosts' own, by their ports. */
void wire_inject(struct probe_run *run, enum side from, const struct packet *packet);

/* What the kernel wire does to every frame on its way to one host, tc-netem(8). */
struct wire_quality {
	uint32_t delay_us, jitter_us;
	double loss_percent, duplicate_percent;
	double reorder_percent; /* wants a delay */
};

/* Set (or change) it towards @to; the run is skipped where the kernel has no sch_netem. */
void wire_set_quality(struct probe_run *run, enum side to, const struct wire_quality *quality);

/* ---- Parameters, predictions and notes during the run ---- */

int64_t param(struct probe_run *run, const char *name);
/* The record so far, for a model that tells how long to wait. */
const struct record *run_record(struct probe_run *run);
/* A sysctl's value in a namespace where nobody has set it. */
int64_t sysctl_default(struct probe_run *run, const char *name);
/* Change a sysctl of @side in mid-run; old and new are recorded. */
void sysctl_set(struct probe_run *run, enum side side, const char *name, const char *value);
void note(struct probe_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* This kernel or these privileges lack something; does not return. */
void run_skip(struct probe_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* What a precondition that did not happen comes to; does not return. */
void run_inconclusive(struct probe_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
