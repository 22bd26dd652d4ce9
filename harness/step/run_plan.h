/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_plan: what one run of one probe is given by the machine, and what is asked of it. */
#ifndef FINWAIT_STEP_RUN_PLAN_H
#define FINWAIT_STEP_RUN_PLAN_H

#include <sys/types.h>

#include "../observe/trace.h"
#include "../probe.h"
#include "waiting.h"

struct run_plan {
	/* What the machine gives: all that run_prepare() needs. */
	struct run_info info;
	struct trace *trace; /* NULL: none */
	char trace_absent[120];
	unsigned int trace_slot;
	pid_t parent; /* without it the run is over */
	/* As write(2), for what the record goes to; NULL: write(2) itself. */
	ssize_t (*out_write)(int fd, const void *data, size_t size);
	void (*out_end)(void); /* behind the last line, instead of _exit(0); NULL: none */
	bool judged_outside; /* who reads the lines calls run_conclude() */
	struct waiting *waiting; /* where it tells what it waits for; NULL: nobody looks */

	/* What is asked. */
	const char *id; /* of the registry's row: the probe's, and its variant's part */
	const struct probe *probe;
	const struct variant *variant; /* NULL: none */
	enum family family;
	const char *again; /* asked once more, and why; NULL: for the first time */
	int slack_ms; /* how late a timer may be beyond the kernel's own rounding */
	struct settings params; /* complete, as they apply */
	struct settings sysctls[SIDE_COUNT]; /* to be set, per host */
	bool faithful;
};

#endif
