/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run: one run of one probe, inside its own process. What the verbs of probe.h
 * share; not for probes.
 *
 * One thread, one loop: pump() waits for whichever observer has something, takes
 * it all in, moves frames when the wire is the hand, and reads the sockets by
 * diag. Every verb that waits is a condition given to pump().
 */
#ifndef FINWAIT_STEP_RUN_H
#define FINWAIT_STEP_RUN_H

#include <sys/types.h>

#include "../base/fault.h"
#include "../observe/counters.h"
#include "../observe/diag.h"
#include "../observe/tap.h"
#include "../observe/trace.h"
#include "../probe.h"
#include "bench.h"

#define RUN_FLOWS 64
#define RUN_SOCKS 64
#define RUN_RULES 16
#define RUN_HELD 64
#define RUN_OBJECTS 256

/* One end of one connection: a four-tuple at a host, whatever object carries it. */
struct flow {
	char label[SOCK_LABEL_SIZE];
	enum side host;
	struct endpoint local, remote;
	struct sample last; /* OBJECT_NONE until something was found */
	bool seen; /* something was found once */
	bool traced, traced_end; /* trace has told of its socket; of its socket's CLOSE */
	int64_t gone_ns; /* nothing was found any more, since; absolute */
	int64_t last_ns; /* of the reading before; absolute */
	int64_t next_ns; /* of the reading to come; absolute */
	int64_t interval_ns; /* grows while nothing changes */
	int64_t late_ns; /* the interval once its timer is overdue */
};

struct sock {
	struct probe_run *run;
	enum side host;
	int fd; /* -1: closed */
	char label[SOCK_LABEL_SIZE];
	uint64_t cookie;
	struct endpoint local; /* once bound or connected */
	bool listening;
	struct flow *flow; /* NULL: not connected */
};

struct held_frame {
	struct frame frame;
	enum side from;
	struct packet packet;
	uint32_t rule;
};

struct wire_rule {
	uint32_t id; /* 0: free */
	enum frame_action action;
	struct packet_match match;
	int64_t left; /* how many more it takes; -1: no limit */
	int64_t hits;
	uint64_t handle; /* of the nftables rule, on the kernel wire */
	char text[96];
};

/* A kernel object that trace named, and whose it is. */
struct known_object {
	uint64_t sk;
	enum side host;
	char label[SOCK_LABEL_SIZE];
};

struct out {
	int fd;
	ssize_t (*write)(int fd, const void *data, size_t size);
	void (*end)(void);
	char *data;
	size_t used, space;
};

struct probe_run {
	const struct probe *probe;
	struct record *rec;
	struct out out;
	int64_t t0_ns; /* CLOCK_MONOTONIC; events count from here */
	struct bench bench;
	struct tap *taps[SIDE_COUNT]; /* the wire's ports */
	struct tap *loopback; /* of the client, for WIRE_NONE */
	struct diag *diag[SIDE_COUNT];
	struct counters *counters[SIDE_COUNT]; /* before */
	struct trace_reader *trace;
	struct sock socks[RUN_SOCKS];
	size_t sock_count;
	struct flow flows[RUN_FLOWS];
	size_t flow_count;
	unsigned int labels[SIDE_COUNT], listeners;
	struct known_object objects[RUN_OBJECTS];
	size_t object_count;
	struct wire_rule rules[RUN_RULES];
	uint32_t rule_last;
	struct held_frame held[RUN_HELD];
	size_t held_count;
	int64_t poll_cap_ns; /* the longest between two readings while a socket lives */
	bool woken; /* by every event of trace: an overdue timer need not be watched closely */
	bool unready; /* could not be prepared, and why */
	struct fault fault;
};

/* ---- run.c: the record and the ends of a run ---- */

/* Add to the record and stream it; t_ns is filled with the time now when it is 0. */
void run_emit(struct probe_run *run, struct event *event);
int64_t run_now_ns(const struct probe_run *run); /* since t0 */
void run_flush(struct probe_run *run);
/* A step could not be done: the run is an error, with @fault's words. */
_Noreturn void run_fail(struct probe_run *run, const struct fault *fault);
void run_enter(struct probe_run *run, enum side host);

/* What the machine gives, and what is asked of it. */
struct run_plan {
	struct run_info info;
	struct trace *trace; /* NULL: none */
	char trace_absent[120];
	unsigned int trace_slot;
	pid_t parent; /* without it the run is over */
	/* As write(2), for what the record goes to; NULL: write(2) itself. */
	ssize_t (*out_write)(int fd, const void *data, size_t size);
	void (*out_end)(void); /* behind the last line, instead of _exit(0); NULL: none */

	const struct probe *probe;
	struct settings params; /* complete, as they apply */
	struct settings sysctls[SIDE_COUNT]; /* to be set, per host */
	bool faithful;
};

/*
 * A bench with its observers, for any probe on @wire: needs only the first part of @plan.
 * What cannot be had is kept, and told as the run's outcome by run_probe().
 */
struct probe_run *run_prepare(const struct run_plan *plan, enum wire_kind wire);
/* Run the probe on it in this process, stream the record to @out_fd, judge it, _exit(). */
_Noreturn void run_probe(struct probe_run *run, const struct run_plan *plan, int out_fd);

/* ---- pump.c ---- */

typedef bool (*pump_done_fn)(struct probe_run *run, void *arg);
/* Until done() or until @limit_ns from now; whether it was done. done may be NULL. */
bool pump(struct probe_run *run, pump_done_fn done, void *arg, int64_t limit_ns);
/* Read the flows now: something was just done to them. */
void pump_sample(struct probe_run *run);
/* Take in what observers have, without waiting. */
void pump_drain(struct probe_run *run);

/* ---- flow.c: who is who ---- */

struct flow *flow_find(struct probe_run *run, enum side host, const struct endpoint *local,
                       const struct endpoint *remote);
/* The flow of @sock to @remote, and that of the other end unless a socket of ours is there. */
struct flow *flow_add(struct sock *sock, const struct endpoint *remote);
void flow_label_next(struct probe_run *run, enum side host, bool listener,
                     char label[SOCK_LABEL_SIZE]);
/* The flow that goes by @label at @host, or NULL. */
struct flow *flow_labelled(struct probe_run *run, enum side host, const char *label);
/*
 * Gone, but trace has not told yet: tcp_set_state() takes the socket out of the hash
 * before the tracepoint. Not for longer than FLOW_NEWS_NS: trace may have lost it.
 */
#define FLOW_NEWS_NS (200 * NS_PER_MS)
bool flow_end_is_pending(const struct probe_run *run, const struct flow *flow, int64_t now_ns);
/* The label of the object that a trace event speaks of, "" when nobody can name it. */
void flow_name_object(struct probe_run *run, const struct trace_event *traced,
                      char label[SOCK_LABEL_SIZE]);

/* ---- wire.c ---- */

/* The hand: a frame came out of @from's port. */
void wire_take_frame(struct probe_run *run, enum side from, const struct frame *frame,
                     const struct packet *packet);
void wire_rules_end(struct probe_run *run);

#endif
