/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe_run: the rooms of one run, put together. For the verbs of probe.h, which are given
 * nothing but this; the rooms themselves know only those that they use.
 */
#ifndef FINWAIT_STEP_PROBE_RUN_H
#define FINWAIT_STEP_PROBE_RUN_H

#include "pump.h"
#include "run.h"

struct probe_run {
	const struct probe *probe;
	struct emit emit;
	struct bench bench;
	struct observers obs;
	struct socks socks;
	unsigned int children; /* how many were forked */
	struct flows flows;
	struct watch watch;
	struct late late;
	struct wire wire;
	struct pump pump;
	bool unready; /* could not be prepared, and why */
	struct fault fault;
};

/*
 * A setting in force that bears on what happened so far and that no model knows the rule of:
 * what did not come as it should may be its doing. In words, which the record keeps; NULL:
 * there is none.
 */
const char *run_unmodelled(struct probe_run *run);

#endif
