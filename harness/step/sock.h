/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sock: the sockets that a probe opened, in order; each outlives its descriptor. */
#ifndef FINWAIT_STEP_SOCK_H
#define FINWAIT_STEP_SOCK_H

#include <stddef.h>

#include "../record/event.h"

struct flow;
struct probe_run;

struct sock {
	struct probe_run *run;
	enum side host;
	int fd; /* -1: closed */
	char label[SOCK_LABEL_SIZE];
	uint64_t cookie;
	struct endpoint local; /* once bound or connected */
	bool listening;
	struct flow *flow; /* NULL: not connected */
};

struct socks {
	struct sock **items;
	size_t count, space;
};

#endif
