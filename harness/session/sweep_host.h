/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_host: the kernel that runs here, in real time: a session a combination. */
#ifndef FINWAIT_SESSION_SWEEP_HOST_H
#define FINWAIT_SESSION_SWEEP_HOST_H

#include "sweep_parts.h"

/* As column_ask(). */
int host_ask(struct sweeping *sw, struct column *column, struct fault *f) MUST_CHECK;

#endif
