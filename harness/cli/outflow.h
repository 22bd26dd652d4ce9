/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outflow: what is printed while probes run. Who waits in write(2) for a reader that has stopped
 * neither takes what probes tell nor hears SIGINT, and probes that cannot tell anything are late.
 * So it waits here, in memory, and goes out as the reader takes it.
 */
#ifndef FINWAIT_CLI_OUTFLOW_H
#define FINWAIT_CLI_OUTFLOW_H

#include "../base/buffer.h"

/* All zeros has nothing to print. Until outflow_end() standard output is its alone. */
struct outflow {
	struct buffer waiting;
	size_t written; /* of it */
};

void outflow_put(struct outflow *out, const char *text, size_t length);
/* As much as the reader takes without anybody waiting for him. */
void outflow_move(struct outflow *out);
/* The rest, whoever has to wait; false: there was no memory for all of it. */
bool outflow_end(struct outflow *out);

#endif
