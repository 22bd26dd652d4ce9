/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit: how long another process may take, on a machine that others keep busy. What counts is
 * real time less the time in which that process was ready to run and had no processor
 * (/proc/PID/schedstat, sched_info_arrive()): one that hangs is found out as soon as ever, one
 * that gets a twentieth of a processor has twenty times as long.
 */
#ifndef FINWAIT_VM_LIMIT_H
#define FINWAIT_VM_LIMIT_H

#include <stdint.h>
#include <sys/types.h>

struct limit {
	pid_t pid;
	int64_t began_ns, waited_ns; /* CLOCK_MONOTONIC; waited for a processor until then */
	int64_t limit_ns;
};

/* @pid has @limit_ms from now on. Where the kernel keeps no schedstat, of real time. */
struct limit limit_begin(pid_t pid, int limit_ms);
/* What is left, in ms for poll(2): 0 when it is over. */
int limit_left_ms(const struct limit *limit);

#endif
