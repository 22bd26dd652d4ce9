/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace-decode: a raw record of the eBPF programs as a trace_event; pure. */
#ifndef FINWAIT_OBSERVE_TRACE_DECODE_H
#define FINWAIT_OBSERVE_TRACE_DECODE_H

#include "trace.h"
#include "trace-shared.h"

/* Names of enum skb_drop_reason, by value; NULL where there is none. */
struct trace_reasons {
	char **names;
	size_t count;
};

/*
 * False: shorter than it says, or a value that none of our programs writes. A
 * cause still as a stack (TRACE_CAUSE_STACK) becomes "".
 */
bool trace_decode(const struct trace_raw *raw, size_t size, const struct trace_reasons *reasons,
                  struct trace_event *event);

/* As in the record: "syscall close"; "" where there is nothing to say. */
const char *trace_cause_name(enum trace_cause cause, bool exiting);

#endif
