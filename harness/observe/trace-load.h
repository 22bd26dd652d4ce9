/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace-load: the inside of struct trace, for trace.c and trace-load.c alone. */
#ifndef FINWAIT_OBSERVE_TRACE_LOAD_H
#define FINWAIT_OBSERVE_TRACE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-decode.h"
#include "trace-symbols.h"

enum trace_part {
	PART_TRANSITIONS,
	PART_CAUSES,
	PART_RETRANSMITS,
	PART_RESETS,
	PART_DESTROY,
	PART_MINI_SOCKETS,
	PART_DROPS,
	PART_COUNT,
};

struct trace_slot_state {
	int ring_fd;
	bool no_causes, wakes;
};

struct trace {
	struct trace_bpf *skel;
	int watches_fd, slots_fd, causes_fd; /* the skeleton's */
	struct trace_symbols *symbols; /* NULL: no causes, no mini-sockets */
	struct trace_reasons reasons;
	char why_not[PART_COUNT][160]; /* "": present */
	unsigned int slot_count;
	struct trace_slot_state slots[];
};

/* How often a program missed an event that was for us, in all (Linux 5.12 and newer). */
uint64_t trace_misses(const struct trace *trace);

#endif
