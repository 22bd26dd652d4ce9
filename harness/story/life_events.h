/* SPDX-License-Identifier: GPL-2.0-or-later */
/* life_events: what a record has of one socket label; for life's own files. */
#ifndef FINWAIT_STORY_LIFE_EVENTS_H
#define FINWAIT_STORY_LIFE_EVENTS_H

#include "../record/record.h"
#include "flight.h"

struct life_events {
	const struct event **items; /* transitions, mini-sockets, samples; by time */
	size_t count;
	const struct event **fins; /* packets that came to its host; by time */
	size_t fin_count;
	bool traced; /* transitions of this label were seen */
};

/* False: no memory. Free it either way. */
bool life_events_collect(struct life_events *seen, const struct record *rec, enum side host,
                         const char *sock);
void life_events_free(struct life_events *seen);

/* The first FIN that came to the host from @from_ns to @to_ns; NEVER: none was seen. */
int64_t life_fin_time(const struct life_events *seen, int64_t from_ns, int64_t to_ns);

/*
 * A time-wait sock's step from FIN_WAIT2 to TIME_WAIT, told by its timer: the
 * tracepoint itself never shows TIME_WAIT.
 */
bool life_substate_change(const struct event *event);

#endif
