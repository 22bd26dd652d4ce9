/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slack: how late a timer may be beyond the kernel's own rounding, as the user states it. */
#ifndef FINWAIT_BASE_SLACK_H
#define FINWAIT_BASE_SLACK_H

#include <stdbool.h>

#include "clock.h"

#define SLACK_MS 10 /* of the machine, not of the kernel */
/* A machine that is later than this is told in the record, EVENT_LATE. */
#define LATE_FLOOR_NS NS_PER_MS

/* FINWAIT_SLACK_MS (0 to 10000); false: it is something else, and SLACK_MS applies. */
bool slack_read(int *slack_ms);
/* The same, whether or not it could be read. */
int slack_ms(void);

#endif
