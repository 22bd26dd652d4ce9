/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace-symbols: what the functions on a kernel stack say about who changed a socket's state. */
#ifndef FINWAIT_OBSERVE_TRACE_SYMBOLS_H
#define FINWAIT_OBSERVE_TRACE_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../base/fault.h"
#include "trace-shared.h"

struct trace_symbols; /* where the few functions lie that we know */

/* From a file like /proc/kallsyms, in any order. NULL with the fault filled: not
 * readable, addresses hidden (kernel.kptr_restrict), or no memory. */
struct trace_symbols *trace_symbols_read(FILE *kallsyms, struct fault *f) MUST_CHECK;
void trace_symbols_free(struct trace_symbols *symbols);

/*
 * Where a function begins that we know: what a timer's pointer to it holds. 0: this kernel has
 * none of that name. A "name.cold" may lie before it, as TEXT_TEXT of vmlinux.lds.h orders them.
 */
uint64_t trace_symbols_address(const struct trace_symbols *symbols, const char *name);

/* What a timer_cancel can come from: setting a timer anew, or the timer's running. */
enum trace_timer_code { TRACE_TIMER_REARM, TRACE_TIMER_EXPIRE };
/*
 * The code of these functions, of which a part that gcc has put elsewhere is one more. How many
 * there are: more than @max, and @ranges holds the first @max of them.
 */
size_t trace_symbols_code(const struct trace_symbols *symbols, enum trace_timer_code code,
                          struct trace_code_range *ranges, size_t max);

/*
 * The innermost function we know decides. Two further out refine it: a connect()
 * within a sendmsg() is the latter (TCP Fast Open), and nothing else.
 */
enum trace_cause trace_symbols_cause(const struct trace_symbols *symbols, const __u64 *frames,
                                     size_t count);

#endif
