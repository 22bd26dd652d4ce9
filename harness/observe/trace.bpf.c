// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace: the programs in the kernel. Each looks up whose namespace the socket is
 * in, first of all, and returns when it is nobody's.
 *
 * The kernel's structs are declared here with the few fields that are read; CO-RE
 * finds them in the running kernel's own BTF. What only some kernels have
 * is behind a constant that user space sets before loading, so that the verifier
 * never looks at the branch elsewhere.
 */
#include "trace-core.bpf.h"

/* Take the stack; where user space knows it already, only the cause. */
static __always_inline void stack_take(void *ctx, struct trace_raw *raw)
{
	__u64 hash = 0;
	const __u8 *cause;

	if (bpf_get_stack(ctx, raw->frames, sizeof(raw->frames), 0) < 0) {
		raw->cause = TRACE_CAUSE_UNKNOWN;
		return;
	}
#pragma unroll
	for (int i = 0; i < TRACE_FRAMES; i++)
		hash = (hash ^ raw->frames[i]) * 0x9e3779b97f4a7c15ull + (hash >> 29);
	raw->stack_hash = hash;
	cause = bpf_map_lookup_elem(&causes, &hash);
	raw->cause = cause ? *cause : TRACE_CAUSE_STACK;
	if (raw->cause == TRACE_CAUSE_CLOSE || raw->cause == TRACE_CAUSE_STACK) {
		struct task_struct *task = (void *)bpf_get_current_task();

		raw->exiting = !!(BPF_CORE_READ(task, flags) & PF_EXITING);
	}
}

/* The system call that brings @raw's transition about when it is made outside any softirq. */
static __always_inline __u64 call_of_transition(const struct trace_raw *raw, __u64 call)
{
	switch (raw->to) {
	case TCP_STATE_SYN_SENT:
		return X86_CONNECT;
	case TCP_STATE_LISTEN:
		return X86_LISTEN;
	case TCP_STATE_FIN_WAIT1:
	case TCP_STATE_LAST_ACK:
		return call == X86_SHUTDOWN ? X86_SHUTDOWN : X86_CLOSE;
	case TCP_STATE_CLOSE: /* the FIN was acknowledged during close() itself */
		return raw->from == TCP_STATE_FIN_WAIT2 ? X86_CLOSE : 0;
	}
	return 0;
}

/*
 * The commonest transitions that system calls make, by the number of the one that the
 * task is in. Not x86, an older kernel, another call (sendmsg with fast open,
 * io_uring), an exit: NONE, and the stack tells.
 */
static __always_inline enum trace_cause cause_of_call(const struct trace_raw *raw)
{
	const struct pt_regs___x86 *regs;
	struct task_struct *task;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs) ||
	    !bpf_core_field_exists(struct pt_regs___x86, orig_ax))
		return TRACE_CAUSE_NONE;
	task = bpf_get_current_task_btf();
	if (task->flags & (PF_EXITING | PF_KTHREAD))
		return TRACE_CAUSE_NONE;
	regs = (const void *)bpf_task_pt_regs(task);
	if (regs->orig_ax != call_of_transition(raw, regs->orig_ax))
		return TRACE_CAUSE_NONE;
	switch (regs->orig_ax) {
	case X86_CONNECT:
		return TRACE_CAUSE_CONNECT;
	case X86_LISTEN:
		return TRACE_CAUSE_LISTEN;
	case X86_SHUTDOWN:
		return TRACE_CAUSE_SHUTDOWN;
	case X86_CLOSE:
		return TRACE_CAUSE_CLOSE;
	}
	return TRACE_CAUSE_NONE; /* 0, read(): no transition's */
}

/*
 * A stack costs 3 us, so no stack where a packet is known to be at work:
 *  - within NET_RX_SOFTIRQ, which does nothing but receive packets;
 *  - while the socket's owner works its backlog off: only __release_sock() empties
 *    the list and leaves the length as it is until it is through.
 * Where an error comes with it, it may have been an ICMP message: the stack tells.
 */
static __always_inline void cause_take(void *ctx, const struct on_cpu *cpu, struct trace_raw *raw,
                                       const struct sock *sk)
{
	__u64 task = bpf_get_current_task();
	bool receiving = cpu->receiving == task;
	bool backlog = false;

	if (bpf_core_field_exists(sk->sk_backlog.head) && bpf_core_field_exists(sk->sk_backlog.len))
		backlog = sk->sk_backlog.len > 0 && !sk->sk_backlog.head;

	if ((receiving || backlog) && !sk->sk_err)
		raw->cause = TRACE_CAUSE_PACKET;
	else if (!backlog && cpu->serving != task)
		raw->cause = cause_of_call(raw);
	if (raw->cause == TRACE_CAUSE_NONE)
		stack_take(ctx, raw);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(on_softirq_entry, unsigned int vector)
{
	struct on_cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->serving = bpf_get_current_task();
	if (vector == NET_RX_SOFTIRQ)
		cpu->receiving = cpu->serving;
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(on_softirq_exit, unsigned int vector)
{
	struct on_cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->serving = 0;
	cpu->receiving = 0;
	return 0;
}

/*
 * The child on this CPU has its addresses now: its birth can be told. What comes next there
 * may be another socket's: a Fast Open child has no request whose timer is cancelled, and the
 * client's SYN_SENT->ESTABLISHED may follow its birth.
 */
static __always_inline void child_emit(struct on_cpu *cpu)
{
	raw_from_address(&cpu->child_raw, cpu->child);
	raw_emit_cause(&cpu->child_watch, &cpu->child_raw);
	cpu->child = 0;
}

static __always_inline void transition_emit(void *ctx, struct on_cpu *cpu, const struct sock *sk,
                                            int from, int to)
{
	struct trace_watch_entry watch;
	struct trace_raw raw;
	__u64 address;

	if (!sock_watched(sk, &watch) || sk->sk_protocol != IPPROTO_TCP)
		return;
	raw_init(&raw, TRACE_RAW_TRANSITION);
	raw.from = from;
	raw.to = to;
	address = raw_from_sock(&raw, sk);
	if (watch.causes)
		cause_take(ctx, cpu, &raw, sk);
	if (cpu->child)
		child_emit(cpu);
	/* inet_csk_clone_lock() traces before it gives the child its addresses. */
	if (from == TCP_STATE_LISTEN && to == TCP_STATE_SYN_RECV) {
		cpu->child = address;
		cpu->child_watch = watch;
		if (raw.cause != TRACE_CAUSE_STACK)
			__builtin_memset(&raw.stack_hash, 0, sizeof(raw) - TRACE_RAW_SHORT);
		cpu->child_raw = raw;
		return;
	}
	raw_emit_cause(&watch, &raw);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_transition, const struct sock *sk, const int from, const int to)
{
	struct on_cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->tracing = 1;
	cpu->traced = 0;
	transition_emit(ctx, cpu, sk, from, to);
	cpu->tracing = 0;
	cpu->traced = 1;
	return 0;
}

/*
 * Attached behind it. close() and shutdown() trace with softirqs on: at the end of an interrupt
 * the kernel may receive all packets that wait, 64 and more, while on_transition is at work, and
 * runs no program within itself (bpf_trace_run(), since 6.2). It runs another one.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_transition_within, const struct sock *sk, const int from, const int to)
{
	struct on_cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	if (cpu->tracing && !cpu->traced) {
		__sync_fetch_and_add(&misses_told, 1);
		transition_emit(ctx, cpu, sk, from, to);
	}
	cpu->traced = 0;
	return 0;
}

static __always_inline void sock_emit(const struct sock *sk, enum trace_raw_kind kind)
{
	struct trace_watch_entry watch;
	struct trace_raw raw;

	if (!sock_watched(sk, &watch))
		return;
	raw_init(&raw, kind);
	raw.from = sk->__sk_common.skc_state;
	raw_from_sock(&raw, sk);
	raw_emit(&watch, &raw, TRACE_RAW_SHORT);
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(on_retransmit, const struct sock *sk)
{
	/* Where there is an err, it is traced also when nothing was sent. */
	if (retransmit_has_err && (int)ctx[2])
		return 0;
	sock_emit(sk, TRACE_RAW_RETRANSMIT);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(on_receive_reset, const struct sock *sk)
{
	sock_emit(sk, TRACE_RAW_RESET_RECEIVED);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(on_destroy, const struct sock *sk)
{
	sock_emit(sk, TRACE_RAW_DESTROY);
	return 0;
}

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(on_retransmit_synack, const struct sock *listener, const struct request_sock *req)
{
	struct trace_watch_entry watch;
	struct trace_raw raw;

	if (!sock_watched(listener, &watch))
		return 0;
	raw_init(&raw, TRACE_RAW_MINI);
	raw.from = TRACE_RAW_REQUEST;
	raw.to = TRACE_RAW_RETRANSMITTED;
	raw_from_address(&raw, address_of(req));
	raw_emit(&watch, &raw, TRACE_RAW_SHORT);
	return 0;
}

#include "trace-packet.bpf.h"
#include "trace-mini.bpf.h"

char LICENSE[] SEC("license") = "GPL";
