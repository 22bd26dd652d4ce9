/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mini-sockets. No tracepoint names a request or time-wait sock, but each has a
 * timer from its first to its last moment:
 *
 *	created        timer_start
 *	re-armed       timer_cancel, timer_start       both within mod_timer()
 *	accepted       (LISTEN->SYN_RECV of the child,) timer_cancel
 *	gone           timer_cancel                    a reset, port reuse, namespace exit
 *	timer ran      timer_cancel, timer_expire_entry, [timer_start,] timer_expire_exit
 *
 * Which of these a timer_cancel is, the stack tells.
 *
 * Included once, by trace.bpf.c.
 */

/* A mini-socket and its timer, both by address. */
struct mini {
	enum trace_raw_object object;
	__u64 timer, address;
	struct trace_watch_entry watch;
};

/* Fill @mini and begin a record when @timer is a mini-socket's that someone watches. */
static __always_inline bool mini_begin(const struct timer_list *timer, struct mini *mini,
                                       struct trace_raw *raw)
{
	__u64 function = (__u64)timer->function;
	const struct sock_common *skc;
	__u64 offset;

	if (function == request_timer_function) {
		mini->object = TRACE_RAW_REQUEST;
		offset = bpf_core_field_offset(struct request_sock, rsk_timer);
	} else if (function == time_wait_timer_function) {
		mini->object = TRACE_RAW_TIME_WAIT;
		offset = bpf_core_field_offset(struct inet_timewait_sock, tw_timer);
	} else {
		return false;
	}
	mini->timer = address_of(timer);
	mini->address = mini->timer - offset;
	skc = (const struct sock_common *)mini->address;
	if (!watch_find(BPF_CORE_READ(skc, skc_net.net, ns.inum), &mini->watch))
		return false;
	raw_init(raw, TRACE_RAW_MINI);
	raw->from = mini->object;
	raw_from_address(raw, mini->address);
	raw->state = TCP_STATE_SYN_RECV;
	if (mini->object == TRACE_RAW_TIME_WAIT)
		raw->state = BPF_CORE_READ((struct inet_timewait_sock *)skc, tw_substate);
	return true;
}

/*
 * A time-wait sock has its timer set anew. When it was in FIN_WAIT2 and no
 * longer is, that is a transition, which no tracepoint of its own tells.
 */
static __always_inline void time_wait_rearmed(const struct mini *mini, struct trace_raw *raw)
{
	if (raw->state != TCP_STATE_TIME_WAIT || bpf_map_delete_elem(&fin_wait2, &mini->address))
		return;
	raw->kind = TRACE_RAW_TRANSITION;
	raw->detail = TRACE_RAW_TIME_WAIT;
	raw->from = TCP_STATE_FIN_WAIT2;
	raw->to = TCP_STATE_TIME_WAIT;
	raw_emit(&mini->watch, raw, TRACE_RAW_SHORT);
}

SEC("tp_btf/timer_start")
int BPF_PROG(on_timer_start, struct timer_list *timer)
{
	struct mini mini;
	struct trace_raw raw;
	struct on_cpu *cpu;
	__u8 one = 1;

	if (!mini_begin(timer, &mini, &raw))
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	if (cpu->expiring == mini.timer) {
		cpu->rearmed = 1;
		return 0;
	}
	if (cpu->rearming == mini.timer) {
		cpu->rearming = 0;
		if (mini.object == TRACE_RAW_TIME_WAIT)
			time_wait_rearmed(&mini, &raw);
		return 0;
	}
	if (mini.object == TRACE_RAW_TIME_WAIT && raw.state == TCP_STATE_FIN_WAIT2)
		bpf_map_update_elem(&fin_wait2, &mini.address, &one, BPF_ANY);
	raw.to = TRACE_RAW_CREATED;
	raw_emit(&mini.watch, &raw, TRACE_RAW_SHORT);
	return 0;
}

enum { CODE_REARM = 1, CODE_EXPIRE = 2 };

/* Global: the verifier looks at it once, not once a frame. */
__noinline __u32 code_kind(__u64 address)
{
	__u32 kind = 0;

	for (int i = 0; i < TRACE_CODE_RANGES; i++) {
		if (address >= rearm_code[i].start && address < rearm_code[i].end)
			kind |= CODE_REARM;
		if (address >= expire_code[i].start && address < expire_code[i].end)
			kind |= CODE_EXPIRE;
	}
	return kind;
}

static __always_inline bool address_same(const __u8 a[16], const __u8 b[16])
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;

	return x[0] == y[0] && x[1] == y[1];
}

/* The request is replaced by the child that has just been born on this CPU? */
static __always_inline bool child_is_of(struct on_cpu *cpu, const struct trace_raw *request)
{
	if (!cpu->child)
		return false;
	raw_from_address(&cpu->child_raw, cpu->child);
	return cpu->child_raw.remote_port == request->remote_port &&
	       cpu->child_raw.local_port == request->local_port &&
	       address_same(cpu->child_raw.remote, request->remote) &&
	       address_same(cpu->child_raw.local, request->local);
}

SEC("tp_btf/timer_cancel")
int BPF_PROG(on_timer_cancel, struct timer_list *timer)
{
	struct mini mini;
	struct trace_raw raw;
	struct on_cpu *cpu;
	__u64 frames[6];
	__u32 kind = 0;

	if (!mini_begin(timer, &mini, &raw))
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	if (mini.object == TRACE_RAW_REQUEST && child_is_of(cpu, &raw)) {
		raw.detail = cpu->child_raw.sk;
		child_emit(cpu);
		raw.to = TRACE_RAW_ACCEPTED;
		raw_emit(&mini.watch, &raw, TRACE_RAW_SHORT);
		return 0;
	}
	if (bpf_get_stack(ctx, frames, sizeof(frames), 0) < 0)
		return 0;
#pragma unroll
	for (int i = 0; i < 6; i++)
		kind |= code_kind(frames[i]);
	if (kind & CODE_REARM) {
		cpu->rearming = mini.timer;
	} else if (!(kind & CODE_EXPIRE)) {
		raw.to = TRACE_RAW_GONE;
		raw_emit(&mini.watch, &raw, TRACE_RAW_SHORT);
	}
	return 0;
}

SEC("tp_btf/timer_expire_entry")
int BPF_PROG(on_timer_expire_entry, struct timer_list *timer)
{
	struct mini mini;
	struct trace_raw raw;
	struct on_cpu *cpu;

	if (!mini_begin(timer, &mini, &raw))
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	raw.to = TRACE_RAW_EXPIRED;
	if (mini.object == TRACE_RAW_TIME_WAIT) {
		raw_emit(&mini.watch, &raw, TRACE_RAW_SHORT);
		return 0;
	}
	/* Whether the request goes on, its handler decides: wait for its end. */
	cpu->expiring = mini.timer;
	cpu->rearmed = 0;
	cpu->expiring_watch = mini.watch;
	__builtin_memcpy(&cpu->expiring_raw, &raw, TRACE_RAW_SHORT);
	return 0;
}

SEC("tp_btf/timer_expire_exit")
int BPF_PROG(on_timer_expire_exit, struct timer_list *timer)
{
	struct on_cpu *cpu = this_cpu();

	if (!cpu || !cpu->expiring || cpu->expiring != address_of(timer))
		return 0;
	cpu->expiring = 0;
	if (!cpu->rearmed)
		raw_emit(&cpu->expiring_watch, &cpu->expiring_raw, TRACE_RAW_SHORT);
	return 0;
}
