/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Constants, maps, and how a record is begun, filled and sent. */
#ifndef FINWAIT_OBSERVE_TRACE_CORE_BPF_H
#define FINWAIT_OBSERVE_TRACE_CORE_BPF_H

#include "trace-kernel.bpf.h"
#include "trace-shared.h"

/* Set before loading. */
const volatile __u64 secret[2];
const volatile __u64 request_timer_function;
const volatile __u64 time_wait_timer_function;
const volatile struct trace_code_range rearm_code[TRACE_CODE_RANGES]; /* mod_timer() and its kind */
const volatile struct trace_code_range
	expire_code[TRACE_CODE_RANGES]; /* __run_timers() and its kind */
const volatile bool retransmit_has_err; /* tcp_retransmit_skb(sk, skb, err): 6.15 */
const volatile bool drop_has_sk; /* kfree_skb(skb, location, reason, rx_sk): 6.11 */
const volatile __u32 reasons_ignored[TRACE_REASONS_IGNORED];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32); /* inode number of the namespace */
	__type(value, struct trace_watch_entry);
} watches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32); /* slot */
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_RINGBUF);
			__uint(max_entries, TRACE_RING_BYTES);
		});
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_slot);
} slots SEC(".maps");

/* Transitions that on_transition missed and on_transition_within told, of the whole machine. */
__u64 misses_told;

/* Stacks that user space has already put a cause to. Full: the others stay long. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
} causes SEC(".maps");

/* Time-wait socks whose substate is still FIN_WAIT2, by address. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
} fin_wait2 SEC(".maps");

/* What is under way on this CPU. All of it begins and ends with softirqs off. */
struct on_cpu {
	__u64 rearming; /* the timer that mod_timer() has just detached */
	__u64 expiring; /* the request's timer that is running */
	__u64 rearmed;
	__u64 receiving; /* the task in whose context NET_RX_SOFTIRQ runs */
	__u64 serving; /* the same of any softirq */
	struct trace_watch_entry expiring_watch;
	struct trace_raw expiring_raw;
	__u64 child; /* a socket born from a request, still without its addresses */
	struct trace_watch_entry child_watch;
	struct trace_raw child_raw;
	/* Of on_transition; volatile, since what interrupts it reads them. */
	volatile __u8 tracing; /* it is at work */
	volatile __u8 traced; /* it has been through with the transition at hand */
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct on_cpu);
} cpus SEC(".maps");

static __always_inline struct on_cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

/* The verifier allows no arithmetic on what it knows as a pointer: take its bytes. */
static __always_inline __u64 address_of(const void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

/* A name for the object at @address, one to one, that gives no kernel address away. */
static __always_inline __u64 sk_name(__u64 address)
{
	__u64 name = (address ^ secret[0]) * (secret[1] | 1);

	name ^= name >> 32;
	return name * 0x9e3779b97f4a7c15ull;
}

static __always_inline bool watch_find(__u32 inum, struct trace_watch_entry *watch)
{
	const struct trace_watch_entry *entry = bpf_map_lookup_elem(&watches, &inum);

	if (!entry)
		return false;
	*watch = *entry;
	return true;
}

/*
 * Nobody is woken (unless the reader asked for it), but once when the ring becomes half full: a wake-up an event
 * would halve the rate of what is being watched.
 */
static __always_inline void raw_emit(const struct trace_watch_entry *watch, struct trace_raw *raw,
                                     __u64 size)
{
	const __u64 half = TRACE_RING_BYTES / 2;
	__u32 slot = watch->slot;
	void *ring = bpf_map_lookup_elem(&rings, &slot);
	struct trace_slot *counters;
	__u64 used, flags;

	if (!ring)
		return;
	raw->side = watch->side;
	raw->generation = watch->generation;
	used = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
	flags = watch->wakes || (used < half && used + size >= half) ? BPF_RB_FORCE_WAKEUP
	                                                             : BPF_RB_NO_WAKEUP;
	if (!bpf_ringbuf_output(ring, raw, size, flags))
		return;
	counters = bpf_map_lookup_elem(&slots, &slot);
	if (counters)
		__sync_fetch_and_add(&counters->lost, 1);
}

static __always_inline void raw_emit_cause(const struct trace_watch_entry *watch,
                                           struct trace_raw *raw)
{
	if (raw->cause == TRACE_CAUSE_STACK)
		raw_emit(watch, raw, sizeof(*raw));
	else
		raw_emit(watch, raw, TRACE_RAW_SHORT);
}

/* All but the frames, which only stack_take() fills. */
static __always_inline void raw_init(struct trace_raw *raw, enum trace_raw_kind kind)
{
	__builtin_memset(raw, 0, TRACE_RAW_SHORT);
	raw->t_ns = bpf_ktime_get_ns();
	raw->kind = kind;
}

/* From a socket that the verifier knows as one: plain loads. Returns its address. */
static __always_inline __u64 raw_from_sock(struct trace_raw *raw, const struct sock *sk)
{
	__u64 address = address_of(sk);

	raw->sk = sk_name(address);
	raw->cookie = sk->__sk_common.skc_cookie.counter;
	raw->family = sk->__sk_common.skc_family;
	raw->local_port = sk->__sk_common.skc_num;
	raw->remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
	if (raw->family == AF_INET) {
		*(__be32 *)raw->local = sk->__sk_common.skc_rcv_saddr;
		*(__be32 *)raw->remote = sk->__sk_common.skc_daddr;
	} else if (bpf_core_field_exists(struct sock_common, skc_v6_daddr)) {
#pragma unroll
		for (int i = 0; i < 4; i++) {
			((__be32 *)raw->local)[i] =
				sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[i];
			((__be32 *)raw->remote)[i] =
				sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[i];
		}
	}
	return address;
}

/* From a mere address. */
static __always_inline void raw_from_address(struct trace_raw *raw, __u64 address)
{
	const struct sock_common *skc = (const struct sock_common *)address;

	raw->sk = sk_name(address);
	raw->cookie = BPF_CORE_READ(skc, skc_cookie.counter);
	raw->family = BPF_CORE_READ(skc, skc_family);
	raw->local_port = BPF_CORE_READ(skc, skc_num);
	raw->remote_port = bpf_ntohs(BPF_CORE_READ(skc, skc_dport));
	if (raw->family == AF_INET) {
		*(__be32 *)raw->local = BPF_CORE_READ(skc, skc_rcv_saddr);
		*(__be32 *)raw->remote = BPF_CORE_READ(skc, skc_daddr);
	} else if (bpf_core_field_exists(struct sock_common, skc_v6_daddr)) {
		BPF_CORE_READ_INTO(&raw->local, skc, skc_v6_rcv_saddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&raw->remote, skc, skc_v6_daddr.in6_u.u6_addr8);
	}
}

static __always_inline bool sock_watched(const struct sock *sk, struct trace_watch_entry *watch)
{
	return watch_find(sk->__sk_common.skc_net.net->ns.inum, watch);
}

#endif
