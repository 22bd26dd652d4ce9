/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace-shared: what the eBPF programs and the process that reads them agree on. */
#ifndef FINWAIT_OBSERVE_TRACE_SHARED_H
#define FINWAIT_OBSERVE_TRACE_SHARED_H

#include <linux/types.h>

#define TRACE_RING_BYTES                                                                           \
	(1024 * 1024) /* 35 ms of a storm: a reader may have to wait for a processor */
#define TRACE_FRAMES 10 /* of the kernel's stack, innermost first */
#define TRACE_CODE_RANGES 8
#define TRACE_REASONS_IGNORED 5

enum trace_raw_kind {
	TRACE_RAW_TRANSITION, /* from -> to */
	TRACE_RAW_RETRANSMIT, /* from: the state */
	TRACE_RAW_RESET_SENT, /* from: the state */
	TRACE_RAW_RESET_RECEIVED,
	TRACE_RAW_DESTROY,
	TRACE_RAW_MINI, /* from: object, to: change, state: a time-wait sock's substate */
	TRACE_RAW_DROP, /* detail: enum skb_drop_reason */
	TRACE_RAW_COUNT,
};

/* Same values as in event.h, which is no header for eBPF; trace-decode.c asserts so. */
enum trace_raw_object { TRACE_RAW_REQUEST = 2, TRACE_RAW_TIME_WAIT };
enum trace_raw_change {
	TRACE_RAW_CREATED,
	TRACE_RAW_EXPIRED,
	TRACE_RAW_ACCEPTED,
	TRACE_RAW_GONE,
	TRACE_RAW_RETRANSMITTED,
};

/* Why a socket changed its state. A stack seen before comes as its cause alone. */
enum trace_cause {
	TRACE_CAUSE_NONE, /* not asked for */
	TRACE_CAUSE_STACK, /* stack_hash and frames follow */
	TRACE_CAUSE_UNKNOWN, /* no function on the stack that we know */
	TRACE_CAUSE_PACKET,
	TRACE_CAUSE_ICMP,
	TRACE_CAUSE_CONNECT,
	TRACE_CAUSE_LISTEN,
	TRACE_CAUSE_SENDMSG,
	TRACE_CAUSE_SHUTDOWN,
	TRACE_CAUSE_CLOSE,
	TRACE_CAUSE_SETSOCKOPT,
	TRACE_CAUSE_TIMER_WRITE,
	TRACE_CAUSE_TIMER_KEEPALIVE,
	TRACE_CAUSE_TIMER_DELACK,
	TRACE_CAUSE_TIMER_REQUEST,
	TRACE_CAUSE_TIMER_TIME_WAIT,
	TRACE_CAUSE_DESTROY,
	TRACE_CAUSE_NETNS_EXIT,
	TRACE_CAUSE_COUNT,
};

struct trace_raw {
	__u64 t_ns;
	__u64 sk; /* opaque: see sk_name() */
	__u64 cookie;
	__u64 detail; /* the child of an accepted request; a drop's reason */
	__u8 local[16], remote[16]; /* network order */
	__u16 local_port, remote_port; /* host order */
	__u16 family;
	__u16 generation; /* of the slot when the namespace was put under watch */
	__u8 kind; /* enum trace_raw_kind */
	__u8 side;
	__u8 from, to;
	__u8 state;
	__u8 cause; /* enum trace_cause */
	__u8 exiting; /* the current task is in do_exit() */
	__u8 pad;
	/* Only when cause is TRACE_CAUSE_STACK; else the record ends here. */
	__u64 stack_hash;
	__u64 frames[TRACE_FRAMES];
};
#define TRACE_RAW_SHORT offsetof(struct trace_raw, stack_hash)

/* Whose a namespace is: the value under its inode number. */
struct trace_watch_entry {
	__u32 slot;
	__u16 generation;
	__u8 side;
	__u8 causes;
	__u8 wakes; /* the reader, at every event */
};

struct trace_slot {
	__u64 lost;
	__u64 generation; /* one up each time the slot changes hands */
};

struct trace_code_range {
	__u64 start, end; /* [start, end) */
};

#endif
