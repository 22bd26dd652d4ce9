/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: a probe run on this kernel, its ladder drawn while it happens. */
#ifndef FINWAIT_CLI_WATCH_H
#define FINWAIT_CLI_WATCH_H

#include "../session/request.h"
#include "options.h"

/*
 * The one probe that @words name, as @request asks it, which stays the caller's. Returns an exit
 * code with the line said.
 */
int watch_run(const struct request *request, const struct words *words);

#endif
