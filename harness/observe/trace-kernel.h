/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace-kernel: what the running kernel's BTF says it has, and what libbpf complains of. */
#ifndef FINWAIT_OBSERVE_TRACE_KERNEL_H
#define FINWAIT_OBSERVE_TRACE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include <bpf/btf.h>

#include "trace-decode.h"

/* How many arguments tracepoint @name has; -1: there is no such tracepoint. */
int tracepoint_args(const struct btf *btf, const char *name);
bool struct_has(const struct btf *btf, const char *name, const char *member);

/* The names of enum skb_drop_reason. False: the kernel has none, or no memory. */
bool reasons_read(const struct btf *btf, struct trace_reasons *reasons);
void reasons_free(struct trace_reasons *reasons);
/* 0 (SKB_NOT_DROPPED_YET) when the kernel has none of that name. */
uint32_t reason_value(const struct trace_reasons *reasons, const char *name);

/* Keep libbpf quiet; what it complains of from now on can be asked for. */
void libbpf_listen(void);
const char *libbpf_complaints(void); /* its last lines; "": none */
const char *libbpf_refused_program(void); /* that the verifier refused last; "": none */

#endif
