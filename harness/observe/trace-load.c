// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace: finding out what this kernel can do, loading and attaching that much. A
 * part that cannot be had is left out, with the reason; only without the
 * transitions there is no trace.
 */
#include "trace-load.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace-kernel.h"
#include "trace.skel.h"

static const char *const part_names[] = {
	[PART_TRANSITIONS] = "transitions",
	[PART_CAUSES] = "causes",
	[PART_RETRANSMITS] = "retransmits",
	[PART_RESETS] = "resets",
	[PART_DESTROY] = "destroy",
	[PART_MINI_SOCKETS] = "mini-sockets",
	[PART_DROPS] = "drops",
};
static_assert(sizeof(part_names) / sizeof(part_names[0]) == PART_COUNT, "every part has a name");

struct program {
	const char *name, *tracepoint;
	enum trace_part part;
	int min_args; /* that the tracepoint must have */
	bool counts_misses; /* a miss is an event lost: not so where most calls are not ours */
};

static const struct program programs[] = {
	{"on_transition", "inet_sock_set_state", PART_TRANSITIONS, 3, true},
	{"on_transition_within", "inet_sock_set_state", PART_TRANSITIONS, 3, false},
	{"on_retransmit", "tcp_retransmit_skb", PART_RETRANSMITS, 2, true},
	{"on_retransmit_synack", "tcp_retransmit_synack", PART_RETRANSMITS, 2, true},
	{"on_send_reset", "tcp_send_reset", PART_RESETS, 2, true},
	{"on_receive_reset", "tcp_receive_reset", PART_RESETS, 1, true},
	{"on_destroy", "tcp_destroy_sock", PART_DESTROY, 1, true},
	{"on_softirq_entry", "softirq_entry", PART_CAUSES, 1, false},
	{"on_softirq_exit", "softirq_exit", PART_CAUSES, 1, false},
	{"on_drop", "kfree_skb", PART_DROPS, 3, false},
	/* Timers are traced with the wheel's lock held or in softirq: never within one another. */
	{"on_timer_start", "timer_start", PART_MINI_SOCKETS, 1, false},
	{"on_timer_cancel", "timer_cancel", PART_MINI_SOCKETS, 1, false},
	{"on_timer_expire_entry", "timer_expire_entry", PART_MINI_SOCKETS, 1, false},
	{"on_timer_expire_exit", "timer_expire_exit", PART_MINI_SOCKETS, 1, false},
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static void part_disable(struct trace *trace, enum trace_part part, const char *why)
{
	if (!trace->why_not[part][0])
		snprintf(trace->why_not[part], sizeof(trace->why_not[part]), "%s", why);
}

/* Where the functions lie that @code stands for, all of them: which timer_cancel it is hangs on it. */
static void code_use(struct trace *trace, enum trace_timer_code code,
                     struct trace_code_range ranges[TRACE_CODE_RANGES])
{
	size_t count = trace_symbols_code(trace->symbols, code, ranges, TRACE_CODE_RANGES);
	char why[160];

	if (count && count <= TRACE_CODE_RANGES)
		return;
	snprintf(why, sizeof(why), "this kernel's timer functions are in %zu pieces, more than %d",
	         count, TRACE_CODE_RANGES);
	part_disable(trace, PART_MINI_SOCKETS,
	             count ? why : "this kernel's timer functions go by other names");
}

static void symbols_use(struct trace *trace)
{
	struct trace_bpf__rodata *rodata = trace->skel->rodata;
	const struct trace_symbols *symbols = trace->symbols;

	if (!symbols)
		return;
	rodata->request_timer_function = trace_symbols_address(symbols, "reqsk_timer_handler");
	rodata->time_wait_timer_function = trace_symbols_address(symbols, "tw_timer_handler");
	if (!rodata->request_timer_function || !rodata->time_wait_timer_function)
		part_disable(trace, PART_MINI_SOCKETS,
		             "this kernel's timer functions go by other names");
	code_use(trace, TRACE_TIMER_REARM, (struct trace_code_range *)rodata->rearm_code);
	code_use(trace, TRACE_TIMER_EXPIRE, (struct trace_code_range *)rodata->expire_code);
}

static void programs_choose(struct trace *trace, const struct btf *btf)
{
	struct bpf_program *prog;

	for (size_t i = 0; i < PROGRAMS; i++) {
		const struct program *program = &programs[i];
		char why[160];

		if (tracepoint_args(btf, program->tracepoint) >= program->min_args)
			continue;
		snprintf(why, sizeof(why), "this kernel has no tracepoint %s%s",
		         program->tracepoint, program->part == PART_DROPS ? " with a reason" : "");
		part_disable(trace, program->part, why);
	}
	for (size_t i = 0; i < PROGRAMS; i++) {
		prog = bpf_object__find_program_by_name(trace->skel->obj, programs[i].name);
		if (prog && trace->why_not[programs[i].part][0])
			bpf_program__set_autoload(prog, false);
	}
}

/* Everything that must be known before the verifier looks. */
static int skel_prepare(struct trace *trace, const struct btf *btf, struct fault *f)
{
	/*
	 * Not drops: what has no reason, what was consumed, what a socket's end sweeps
	 * from its queues (the FIN of every close), and TCP_RESET, which every RST gets that
	 * reaches a socket, the good ones too (there is tcp_receive_reset).
	 */
	static const char *const ignored[TRACE_REASONS_IGNORED] = {
		"SKB_NOT_DROPPED_YET", "SKB_CONSUMED", "NOT_SPECIFIED", "QUEUE_PURGE", "TCP_RESET",
	};
	struct trace_bpf__rodata *rodata = trace->skel->rodata;
	int rc;

	if (getrandom((void *)rodata->secret, sizeof(rodata->secret), 0) !=
	    (ssize_t)sizeof(rodata->secret))
		return fault_set(f, errno ? errno : EIO, "get random bytes");
	rodata->retransmit_has_err = tracepoint_args(btf, "tcp_retransmit_skb") >= 3;
	rodata->drop_has_sk = tracepoint_args(btf, "kfree_skb") >= 4;
	for (size_t i = 0; i < TRACE_REASONS_IGNORED; i++)
		rodata->reasons_ignored[i] = reason_value(&trace->reasons, ignored[i]);
	symbols_use(trace);
	if (!struct_has(btf, "request_sock", "rsk_timer") ||
	    !struct_has(btf, "inet_timewait_sock", "tw_timer"))
		part_disable(trace, PART_MINI_SOCKETS,
		             "this kernel's mini-sockets have other timers");
	programs_choose(trace, btf);
	rc = bpf_map__set_max_entries(trace->skel->maps.rings, trace->slot_count);
	if (!rc)
		rc = bpf_map__set_max_entries(trace->skel->maps.slots, trace->slot_count);
	if (!rc)
		rc = bpf_map__set_max_entries(trace->skel->maps.watches,
		                              64 + trace->slot_count * 16);
	return rc ? fault_set(f, -rc, "size the eBPF maps") : 0;
}

/* The program that the kernel refused, when the run can do without it; else NULL. */
static const struct program *program_refused(void)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		if (!strcmp(programs[i].name, libbpf_refused_program()))
			return programs[i].part == PART_TRANSITIONS ? NULL : &programs[i];
	}
	return NULL;
}

/* Load, without the parts that the kernel's verifier refuses. */
static int skel_load(struct trace *trace, const struct btf *btf, struct fault *f)
{
	const struct program *refused;
	char why[160];
	int rc;

	for (;;) {
		libbpf_listen();
		trace->skel = trace_bpf__open();
		if (!trace->skel)
			return fault_set_ext(f, errno, libbpf_complaints(), "open the eBPF object");
		rc = skel_prepare(trace, btf, f);
		if (rc)
			return rc;
		rc = trace_bpf__load(trace->skel);
		if (!rc)
			return 0;
		refused = program_refused();
		if (!refused || trace->why_not[refused->part][0])
			return fault_set_ext(f, -rc, libbpf_complaints(), "load the eBPF programs");
		snprintf(why, sizeof(why), "the kernel refused the program for %s: %s",
		         refused->tracepoint, strerror(-rc));
		part_disable(trace, refused->part, why);
		trace_bpf__destroy(trace->skel);
		trace->skel = NULL;
	}
}

static int programs_attach(struct trace *trace, struct fault *f)
{
	struct bpf_program *prog;
	int rc;

	for (size_t i = 0; i < PROGRAMS; i++) {
		prog = bpf_object__find_program_by_name(trace->skel->obj, programs[i].name);
		if (!prog)
			return fault_set(f, ENOENT, "find eBPF program %s", programs[i].name);
		if (trace->why_not[programs[i].part][0])
			bpf_program__set_autoattach(prog, false);
	}
	rc = trace_bpf__attach(trace->skel);
	return rc ? fault_set_ext(f, -rc, libbpf_complaints(), "attach the eBPF programs") : 0;
}

static int ring_create(struct trace *trace, unsigned int slot, struct fault *f)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "finwait_ring", 0, 0, TRACE_RING_BYTES, NULL);

	if (fd == -EPERM)
		return fault_set(f, EPERM, "eBPF needs root (CAP_BPF and CAP_PERFMON)");
	if (fd == -EINVAL)
		return fault_set(f, EOPNOTSUPP, "eBPF ring buffers need Linux 5.8 or newer");
	if (fd < 0)
		return fault_set(f, -fd, "create an eBPF ring buffer");
	trace->slots[slot].ring_fd = fd;
	return 0;
}

/* All at once: an update of a map of maps waits for a grace period, 15 ms and more. */
static int rings_place(struct trace *trace, struct fault *f)
{
	int map_fd = bpf_map__fd(trace->skel->maps.rings);
	uint32_t count = trace->slot_count, *slots = calloc(count, sizeof(*slots));
	int *fds = calloc(count, sizeof(*fds));
	int rc = slots && fds ? 0 : -ENOMEM;

	for (uint32_t i = 0; !rc && i < count; i++) {
		slots[i] = i;
		fds[i] = trace->slots[i].ring_fd;
	}
	if (!rc)
		rc = bpf_map_update_batch(map_fd, slots, fds, &count, NULL);
	/* Before 5.14 there is no batch for them. */
	if (rc && rc != -ENOMEM) {
		rc = 0;
		for (uint32_t i = 0; !rc && i < trace->slot_count; i++)
			rc = bpf_map_update_elem(map_fd, &slots[i], &fds[i], BPF_ANY);
	}
	free(slots);
	free(fds);
	return rc ? fault_set(f, -rc, "place the eBPF ring buffers") : 0;
}

/* Without symbols: no causes and no mini-sockets, but all the rest. */
static void symbols_load(struct trace *trace)
{
	struct fault why = {0};
	char text[160];
	FILE *file = fopen("/proc/kallsyms", "re");

	if (!file) {
		fault_set(&why, errno, "open /proc/kallsyms");
	} else {
		trace->symbols = trace_symbols_read(file, &why);
		fclose(file);
	}
	if (trace->symbols)
		return;
	fault_text(&why, text, sizeof(text));
	part_disable(trace, PART_CAUSES, text);
	part_disable(trace, PART_MINI_SOCKETS, text);
}

static int trace_start(struct trace *trace, struct fault *f)
{
	struct btf *btf;
	int rc = 0;

	for (unsigned int i = 0; !rc && i < trace->slot_count; i++)
		rc = ring_create(trace, i, f);
	if (rc)
		return rc;
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return fault_set(f, errno, "read the kernel's BTF (CONFIG_DEBUG_INFO_BTF)");
	symbols_load(trace);
	if (!reasons_read(btf, &trace->reasons))
		part_disable(trace, PART_DROPS, "this kernel gives no reasons for drops");
	rc = skel_load(trace, btf, f);
	btf__free(btf);
	if (rc)
		return rc;
	trace->watches_fd = bpf_map__fd(trace->skel->maps.watches);
	trace->slots_fd = bpf_map__fd(trace->skel->maps.slots);
	trace->causes_fd = bpf_map__fd(trace->skel->maps.causes);
	rc = rings_place(trace, f);
	return rc ? rc : programs_attach(trace, f);
}

struct trace *trace_load(unsigned int slots, struct fault *f)
{
	struct trace *trace;

	libbpf_listen();
	trace = calloc(1, sizeof(*trace) + slots * sizeof(trace->slots[0]));
	if (!trace) {
		fault_set(f, ENOMEM, "load the eBPF programs");
		return NULL;
	}
	trace->slot_count = slots;
	for (unsigned int i = 0; i < slots; i++)
		trace->slots[i].ring_fd = -1;
	if (trace_start(trace, f)) {
		trace_unload(trace);
		return NULL;
	}
	return trace;
}

void trace_unload(struct trace *trace)
{
	if (!trace)
		return;
	trace_bpf__destroy(trace->skel);
	for (unsigned int i = 0; i < trace->slot_count; i++) {
		if (trace->slots[i].ring_fd >= 0)
			close(trace->slots[i].ring_fd);
	}
	trace_symbols_free(trace->symbols);
	reasons_free(&trace->reasons);
	free(trace);
}

void trace_parts(const struct trace *trace, trace_part_fn each, void *arg)
{
	for (size_t i = 0; i < PART_COUNT; i++)
		each(part_names[i], trace->why_not[i][0] ? trace->why_not[i] : NULL, arg);
}

static bool program_info(const struct trace *trace, size_t index, struct bpf_prog_info *info)
{
	const struct bpf_program *prog =
		bpf_object__find_program_by_name(trace->skel->obj, programs[index].name);
	uint32_t size = sizeof(*info);

	*info = (struct bpf_prog_info){0};
	return prog && bpf_program__fd(prog) >= 0 &&
	       !bpf_obj_get_info_by_fd(bpf_program__fd(prog), info, &size);
}

void trace_costs(const struct trace *trace, trace_cost_fn each, void *arg)
{
	struct bpf_prog_info info;

	for (size_t i = 0; i < PROGRAMS; i++) {
		if (program_info(trace, i, &info))
			each(programs[i].name, info.run_cnt, info.run_time_ns,
			     info.recursion_misses, arg);
	}
}

uint64_t trace_misses(const struct trace *trace)
{
	/* Read first: one that is told meanwhile seems lost for once, never one too few. */
	uint64_t told = __atomic_load_n(&trace->skel->bss->misses_told, __ATOMIC_RELAXED);
	struct bpf_prog_info info;
	uint64_t misses = 0;

	for (size_t i = 0; i < PROGRAMS; i++) {
		if (programs[i].counts_misses && program_info(trace, i, &info))
			misses += info.recursion_misses;
	}
	return misses > told ? misses - told : 0;
}
