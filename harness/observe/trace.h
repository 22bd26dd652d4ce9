/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace: eBPF (libbpf, CO-RE) on the TCP tracepoints and on the timers of
 * mini-sockets, filtered to the benches' namespaces.
 *
 * Loaded and attached once, by the supervisor before it forks: every program
 * looks the socket's namespace up in a map and leaves at once when it is nobody's.
 * Each probe's process has a ring buffer of its own (a slot).
 */
#ifndef FINWAIT_OBSERVE_TRACE_H
#define FINWAIT_OBSERVE_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "../base/fault.h"
#include "../record/event.h"

struct trace; /* the loaded programs; shared by all probes, inherited over fork */
struct trace_reader; /* one probe's ring */

/*
 * Load and attach for up to @slots probes at a time. NULL with the fault filled
 * when the kernel or the privileges do not allow it: the run goes on without.
 */
struct trace *trace_load(unsigned int slots, struct fault *f) MUST_CHECK;
void trace_unload(struct trace *trace);

/*
 * Which parts could be attached: "transitions", "causes", "retransmits",
 * "resets", "destroy", "mini-sockets", "drops" -> present or why not.
 */
typedef void (*trace_part_fn)(const char *part, const char *why_not, void *arg);
void trace_parts(const struct trace *trace, trace_part_fn each, void *arg);

/* Deliver what happens in namespace @inum to @slot, as host @side. */
int trace_watch(struct trace *trace, unsigned int slot, uint32_t netns_inum, enum side side,
                struct fault *f) MUST_CHECK;
/*
 * Whether transitions of the namespaces that @slot watches from now on come with
 * their cause; they do unless told otherwise. Without, an event costs less.
 */
void trace_set_causes(struct trace *trace, unsigned int slot, bool on);
/*
 * Whether every event of the namespaces that @slot watches from now on wakes the reader
 * (trace_reader_fd()); it does not unless told so. It halves the rate of what is
 * watched; where time stands still while somebody works, it does away with polling.
 */
void trace_set_wakes(struct trace *trace, unsigned int slot, bool on);
/*
 * Forget every namespace of @slot and what is left in its ring, so that the next
 * probe can have it. Only when no process reads the ring any more.
 */
void trace_unwatch(struct trace *trace, unsigned int slot);

/* What the kernel spent in the programs, for bench and doctor. Counts while someone
 * holds bpf_enable_stats(BPF_STATS_RUN_TIME). @misses: the program was interrupted
 * by an event of its own and did not see it (Linux 5.12 and newer, else 0). */
typedef void (*trace_cost_fn)(const char *program, uint64_t runs, uint64_t run_ns, uint64_t misses,
                              void *arg);
void trace_costs(const struct trace *trace, trace_cost_fn each, void *arg);

/* In the probe's process, after fork. */
struct trace_reader *trace_reader_open(struct trace *trace, unsigned int slot,
                                       struct fault *f) MUST_CHECK;
void trace_reader_close(struct trace_reader *reader);
int trace_reader_fd(const struct trace_reader *reader);

struct trace_event {
	/* kind, host and the kind's part are filled; t_ns is CLOCK_MONOTONIC, absolute */
	struct event event;
	uint64_t sk; /* an opaque name for the kernel object, constant over its life */
	uint64_t cookie; /* sk_cookie; 0: the kernel has not made one yet */
	struct endpoint local, remote; /* port 0: not known (yet, or any more) */
	/*
	 * What kind of object sk is. A transition of OBJECT_TIME_WAIT is FIN_WAIT2 ->
	 * TIME_WAIT within the time-wait sock, told when its timer is set anew into
	 * another bucket of the wheel (else the kernel says nothing).
	 */
	enum sock_object object;
	bool listener_child; /* LISTEN->SYN_RECV: a new socket born from a request */
	uint64_t child; /* MINI_ACCEPTED: the sk of the socket that the request became */
	enum tcp_state mini_state; /* EVENT_MINI_SOCKET: SYN_RECV; a time-wait sock's substate */
	char number[24]; /* a drop's reason that has no name: what @event points to */
};
typedef void (*trace_event_fn)(const struct trace_event *event, void *arg);
/* Consume all that is waiting; returns how many, or -errno. Wakes are not to be
 * relied on (BPF_RB_NO_WAKEUP): read whenever anything else wakes you. */
int trace_read(struct trace_reader *reader, trace_event_fn each, void *arg) MUST_CHECK;
/*
 * Events lost since the last call: the ring was full, or a program was
 * interrupted by an event of its own (counted for the whole machine, so that
 * it errs on the side of loss).
 */
uint64_t trace_lost(struct trace_reader *reader);

#endif
