/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recall: how long probes took an earlier time, from the records that were kept then. */
#ifndef FINWAIT_SESSION_RECALL_H
#define FINWAIT_SESSION_RECALL_H

#include "../run/plan.h"

/* Of those that were run in real time and in the same form; the others stay unknown. */
void plan_recall(struct plan *plan, const char *dir);

#endif
