// SPDX-License-Identifier: GPL-2.0-or-later
#include "lateness.h"

#include <stdint.h>

#include "model.h"

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The first spell behind which one may reach beyond @from_ns. */
static size_t first_reaching(const struct story *story, int64_t from_ns)
{
	size_t low = 0, high = story->late_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (story->late[middle].until_ns > from_ns)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/*
 * Of a spell that begins before the window as much may lie in the window as fits: it is
 * taken to be late from the window's beginning on. Those that begin with it, as other
 * observers saw the same delay, overlap then and count once.
 */
int64_t lateness_total(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	int64_t total_ns = 0, counted_ns = from_ns;

	for (size_t i = first_reaching(story, from_ns); i < story->late_count; i++) {
		const struct lateness_spell *spell = &story->late[i];
		int64_t begin_ns = greatest(spell->from_ns, from_ns);
		int64_t end_ns =
			least(least(spell->late_ns, spell->to_ns - begin_ns), to_ns - begin_ns);

		if (spell->from_ns >= to_ns)
			break;
		if (end_ns <= 0)
			continue;
		end_ns += begin_ns;
		if (end_ns <= counted_ns)
			continue;
		total_ns += end_ns - greatest(begin_ns, counted_ns);
		counted_ns = end_ns;
	}
	return total_ns;
}

int64_t lateness_worst(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	int64_t worst_ns = 0;

	for (size_t i = first_reaching(story, from_ns); i < story->late_count; i++) {
		const struct lateness_spell *spell = &story->late[i];

		if (spell->from_ns >= to_ns)
			break;
		if (spell->to_ns > from_ns)
			worst_ns = greatest(worst_ns, spell->late_ns);
	}
	return worst_ns;
}

/* The longest spell of @what that reaches into [@from_ns, @to_ns]; 0: none does. */
static int64_t worst_of(const struct story *story, enum late_what what, int64_t from_ns,
                        int64_t to_ns)
{
	int64_t worst_ns = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (event->kind == EVENT_LATE && event->late.what == what &&
		    event->late.due_ns < to_ns && event->t_ns > from_ns)
			worst_ns = greatest(worst_ns, event->late.late_ns);
	}
	return worst_ns;
}

int64_t lateness_of_hand(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	return worst_of(story, LATE_HAND, from_ns, to_ns);
}

int64_t lateness_of_tick(const struct story *story, int64_t set_ns)
{
	const struct record *rec = story->rec;
	int64_t slack_ns = rec->slack_ms * NS_PER_MS;
	int64_t late_ns = worst_of(story, LATE_TICK, set_ns - slack_ns, set_ns + slack_ns);

	return late_ns ? late_ns + model_tick_ns(rec) : 0;
}
