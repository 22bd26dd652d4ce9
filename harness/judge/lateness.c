// SPDX-License-Identifier: GPL-2.0-or-later
#include "lateness.h"

#include <stdint.h>

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Whether @event is a delay that reaches into the window. */
static bool event_is_late(const struct event *event, int64_t from_ns, int64_t to_ns)
{
	return event->kind == EVENT_LATE && event->late.late_ns > 0 && event->late.due_ns < to_ns &&
	       event->late.due_ns + event->late.late_ns > from_ns;
}

/*
 * From the last delay to the first: each was written when it was over, so that their ends
 * are in order, and what begins before the ones already counted adds only that part.
 */
int64_t lateness_total(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	int64_t total_ns = 0, counted_from_ns = to_ns;

	for (size_t i = story->event_count; i-- > 0;) {
		const struct event *event = story->events[i];
		int64_t begin_ns, end_ns;

		if (!event_is_late(event, from_ns, to_ns))
			continue;
		begin_ns = event->late.due_ns > from_ns ? event->late.due_ns : from_ns;
		end_ns = least(event->late.due_ns + event->late.late_ns, counted_from_ns);
		if (begin_ns >= end_ns)
			continue;
		total_ns += end_ns - begin_ns;
		counted_from_ns = begin_ns;
	}
	return total_ns;
}

int64_t lateness_worst(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	int64_t worst_ns = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (event_is_late(event, from_ns, to_ns) && event->late.late_ns > worst_ns)
			worst_ns = event->late.late_ns;
	}
	return worst_ns;
}
