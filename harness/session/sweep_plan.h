/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_plan: a sweep written down for other machines. Theory of operation
 *
 * A plan is a line of JSON with all that was asked, so that a task needs the file and a number:
 * which of its chunks to ask. It is for the program that wrote it: of its points it knows how many
 * there are and where its chunks end, and another build's points may be others, with answers that
 * nobody looks for. So the plan has the digest of its program, and of each kernel's guest the name
 * of the folder that its answers are kept in: a task for which they are others has nothing to do.
 *
 * Who writes it has tried every value, and decides how many chunks there are (chunk.h).
 */
#ifndef FINWAIT_SESSION_SWEEP_PLAN_H
#define FINWAIT_SESSION_SWEEP_PLAN_H

#include "sweep.h"

struct sweep_plan {
	struct arena texts; /* has all that the sweep's lists are made of */
	struct sweep sweep; /* all points; @words for patterns: paths are still to be compiled */
	const size_t *ends; /* of each chunk the number behind its last point */
	size_t chunks;
};

/* What tells this build of finwait from another; of probes of one's own the guests tell. */
int sweep_program(uint64_t *program, struct fault *f) MUST_CHECK;

/* Of @sweep with its stamp. 0 or -errno. */
int sweep_plan_write(const char *path, const struct sweep *sweep, const size_t *ends, size_t chunks,
                     struct fault *f) MUST_CHECK;
/*
 * 0; -ESTALE: of another @program; -EINVAL: no plan, and whatever else is in it has been held
 * against its bounds. sweep_plan_free() it either way.
 */
int sweep_plan_read(const char *path, uint64_t program, struct sweep_plan *plan,
                    struct fault *f) MUST_CHECK;
void sweep_plan_free(struct sweep_plan *plan);

/* The sweep of chunk @chunk, if there is one. */
bool sweep_plan_chunk(struct sweep_plan *plan, size_t chunk);

#endif
