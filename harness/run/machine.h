/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine: what this kernel and these privileges allow, found out by trying. */
#ifndef FINWAIT_RUN_MACHINE_H
#define FINWAIT_RUN_MACHINE_H

#include "../../netns/features.h"
#include "../observe/trace.h"
#include "../record/record.h"

struct machine_feature {
	char name[32];
	bool present;
	bool required; /* without it no probe can run */
	char why[200], help[200]; /* when absent */
};

#define MACHINE_FEATURES 24

struct machine {
	struct run_info info;
	struct machine_feature features[MACHINE_FEATURES];
	size_t feature_count;
	bool root;
	struct trace *trace; /* loaded, or NULL with the reason: */
	char trace_absent[120];
};

/* Find all of it out, with eBPF for @trace_slots probes at a time. */
int machine_find(struct machine *machine, unsigned int trace_slots, struct fault *f) MUST_CHECK;
void machine_release(struct machine *machine);

/* The first required feature that is absent, or NULL. */
const struct machine_feature *machine_lacks(const struct machine *machine);

#endif
