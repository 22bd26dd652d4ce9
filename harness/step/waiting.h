/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting: what a run waits for at the moment, for whoever looks on. Theory of operation
 *
 * The run writes into memory that others map, too: stores alone, no call that could block or
 * make it late. Who reads gets a whole state or none; a run that dies in the midst of a
 * change leaves one that nobody takes for whole. Nothing rests on it: the record has no word of it.
 */
#ifndef FINWAIT_STEP_WAITING_H
#define FINWAIT_STEP_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/fault.h"

#define WAITING_WORDS 88

struct waiting {
	uint32_t turn; /* odd: it is being changed */
	int64_t set_ns, until_ns; /* CLOCK_MONOTONIC; until: at the latest, 0: for nothing */
	char words[WAITING_WORDS]; /* "awaits FIN_WAIT2 of c1" */
};

/* ---- the run's side; @waiting NULL: nobody looks ---- */

/* What the next wait is for. It has not begun. */
void waiting_name(struct waiting *waiting, const char *fmt, ...) PRINTF(2, 3);
/* The wait goes on until @until_ns at the latest; 0: it is over. */
void waiting_set(struct waiting *waiting, int64_t until_ns);

/* ---- the other side, which trusts nothing that it reads ---- */

/* A whole copy, its words ended. False: it waits for nothing, or it is being changed. */
bool waiting_look(const struct waiting *waiting, struct waiting *copy) MUST_CHECK;

#endif
