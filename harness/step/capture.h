/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture: frames of the wire that are kept to the byte, to be sent again later. */
#ifndef FINWAIT_STEP_CAPTURE_H
#define FINWAIT_STEP_CAPTURE_H

#include <stddef.h>

#include "../base/fault.h"
#include "../observe/tap.h"
#include "../record/event.h"

struct captured {
	struct frame frame;
	struct packet packet;
	enum side from;
};

/* All that matched since it began. */
struct capture {
	struct packet_match match;
	struct captured *items;
	size_t count, space;
};

/* All zeros: none. The number of one, from 1 on, is its place in the list plus one. */
struct captures {
	struct capture *items;
	size_t count, space;
};

/* @frame came out of @from's host: kept by each capture that it matches. 0 or -ENOMEM. */
int captures_take(struct captures *captures, enum side from, const struct frame *frame,
                  const struct packet *packet) MUST_CHECK;

#endif
