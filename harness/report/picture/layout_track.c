// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layout_track: which of several spans, or brackets, stands how far from the rail. Each takes the
 * nearest place that is free from its beginning to its end.
 */
#include <errno.h>
#include <stdlib.h>

#include "picture.h"

static int64_t life_begin_ns(const struct life *life)
{
	return life->states[0].t_ns;
}

static int64_t life_end_ns(const struct life *life, int64_t end_ns)
{
	const struct life_state *last = &life->states[life->count - 1];

	return last->state == STATE_CLOSE ? last->t_ns : end_ns;
}

/* The nearest of @most places that is free at @begin_ns, or @most. */
static unsigned int track_take(int64_t *free_from_ns, unsigned int most, int64_t begin_ns,
                               int64_t end_ns)
{
	for (unsigned int i = 0; i < most; i++) {
		if (free_from_ns[i] > begin_ns)
			continue;
		free_from_ns[i] = end_ns + 1;
		return i;
	}
	return most;
}

static void span_assign(struct layout *l, size_t index, int64_t (*taken)[SPANS_MOST])
{
	const struct life *life = &l->ladder->story->lives[index];
	unsigned int track;

	if (!life->count)
		return;
	track = track_take(taken[life->host], SPANS_MOST, life_begin_ns(life),
	                   life_end_ns(life, l->ladder->story->end_ns));
	l->tracks[index] = track;
	if (track == SPANS_MOST)
		l->undrawn[life->host]++;
	else if (track >= l->span_tracks[life->host])
		l->span_tracks[life->host] = track + 1;
}

struct beginning {
	size_t index;
	int64_t t_ns;
	bool listens;
};

static int beginning_compare(const void *a, const void *b)
{
	const struct beginning *ba = a, *bb = b;

	if (ba->listens != bb->listens)
		return ba->listens ? 1 : -1;
	if (ba->t_ns != bb->t_ns)
		return ba->t_ns < bb->t_ns ? -1 : 1;
	return ba->index < bb->index ? -1 : ba->index > bb->index;
}

static struct beginning life_beginning(const struct life *life, size_t index)
{
	struct beginning beginning = {.index = index};

	if (life->count) {
		beginning.t_ns = life_begin_ns(life);
		beginning.listens = life->states[0].state == STATE_LISTEN;
	}
	return beginning;
}

/* In order of their beginnings, so that few places do; what only listens is farthest away. */
static int spans_assign(struct layout *l)
{
	const struct story *story = l->ladder->story;
	struct beginning *order = calloc(story->life_count + 1, sizeof(*order));
	int64_t taken[SIDE_COUNT][SPANS_MOST];

	if (!order)
		return -ENOMEM;
	for (unsigned int side = 0; side < SIDE_COUNT; side++)
		for (unsigned int i = 0; i < SPANS_MOST; i++)
			taken[side][i] = INT64_MIN;
	for (size_t i = 0; i < story->life_count; i++)
		order[i] = life_beginning(&story->lives[i], i);
	qsort(order, story->life_count, sizeof(*order), beginning_compare);
	for (size_t i = 0; i < story->life_count; i++)
		span_assign(l, order[i].index, taken);
	free(order);
	return 0;
}

int tracks_assign(struct layout *l)
{
	const struct items *items = &l->ladder->items;
	int64_t taken[SIDE_COUNT][BRACKETS_MOST];

	for (unsigned int side = 0; side < SIDE_COUNT; side++)
		for (unsigned int i = 0; i < BRACKETS_MOST; i++)
			taken[side][i] = INT64_MIN;
	for (size_t i = 0; i < items->count; i++) {
		const struct item *item = &items->items[i];
		unsigned int track;

		if (item->due_ns == NEVER)
			continue;
		track = track_take(taken[item->side], BRACKETS_MOST, item->t_ns, item->until_ns);
		l->bracket_track[i] = track;
		if (track < BRACKETS_MOST && track >= l->bracket_tracks[item->side])
			l->bracket_tracks[item->side] = track + 1;
	}
	return spans_assign(l);
}
