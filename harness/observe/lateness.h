/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lateness: what the kernel says of how long this process waited for a processor. */
#ifndef FINWAIT_OBSERVE_LATENESS_H
#define FINWAIT_OBSERVE_LATENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/fault.h"

struct lateness;

/* Of the process the caller is in. NULL with the fault filled: this kernel does not count. */
struct lateness *lateness_open(struct fault *f) MUST_CHECK;
void lateness_close(struct lateness *lateness);
/*
 * Nanoseconds it was ready to run and did not, since the last call (or lateness_open()):
 * sched_info.run_delay of /proc/PID/schedstat. 0 where nothing could be read.
 */
int64_t lateness_queued_ns(struct lateness *lateness);

/* The second number of that file: nanoseconds on a run queue. Pure. */
bool lateness_parse(const char *schedstat, int64_t *queued_ns);

#endif
