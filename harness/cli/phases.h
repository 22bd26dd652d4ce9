/* SPDX-License-Identifier: GPL-2.0-or-later */
/* phases: the same probe begun at other moments of the timer wheel, and how far apart
 * what was measured lies. */
#ifndef FINWAIT_CLI_PHASES_H
#define FINWAIT_CLI_PHASES_H

#include <stdio.h>

#include "../record/record.h"

#define PHASES_MAX 1000

struct phases {
	struct record ***records; /* by phase, then by probe */
	unsigned int count; /* of phases so far */
	size_t probes;
};

/* How long phase @index waits before the probe begins; 0 for the first. */
int64_t phase_delay_ns(unsigned int index);

/* Takes @records over. 0 or -ENOMEM. */
int phases_add(struct phases *phases, struct record **records, size_t probes);
void phases_free(struct phases *phases);
/* A line for each finding: its range over all phases, and the prediction. */
void phases_print(const struct phases *phases, FILE *out);

#endif
