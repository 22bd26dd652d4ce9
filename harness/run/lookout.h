/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookout: looks on while a plan runs, from outside: at the memory that each probe shares with
 * it, at the clock, and at what probes took before. For the supervisor alone.
 */
#ifndef FINWAIT_RUN_LOOKOUT_H
#define FINWAIT_RUN_LOOKOUT_H

#include "plan.h"
#include "progress.h"

struct lookout_place {
	const struct planned *planned; /* NULL: the place is free */
	const char *name; /* of its record */
	int64_t began_ns;
	int64_t wait_left_ns; /* when it was looked at last */
};

/* All zeros is one that does not look: nobody asks. */
struct lookout {
	const struct plan *plan;
	int64_t began_ns, limit_ns; /* limit: a probe's */
	int64_t longest_ns; /* that one took so far */
	struct lookout_place *places;
	size_t place_count;
	struct waiting *waiting; /* of each place, shared with the probe that has it */
	int64_t *left_ns; /* of each place */
	int64_t *take_ns; /* of each that has not been started */
	struct progress_job *seen;
	struct progress progress;
};

/* 0 or -ENOMEM; lookout_close() it either way. */
int lookout_open(struct lookout *lookout, const struct plan *plan, size_t places,
                 unsigned int time_limit_s, struct fault *f) MUST_CHECK;
void lookout_close(struct lookout *lookout);

/*
 * The memory in which @planned, in @place, will tell what it waits for; NULL: nobody looks. @name
 * is what it is called, until it has ended.
 */
struct waiting *lookout_began(struct lookout *lookout, size_t place, const struct planned *planned,
                              const char *name);
void lookout_ended(struct lookout *lookout, size_t place);

/* How far all is, until the next look: @started of the plan's items, @done of them. */
const struct progress *lookout_look(struct lookout *lookout, size_t done, size_t started);

#endif
