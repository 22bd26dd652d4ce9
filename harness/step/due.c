// SPDX-License-Identifier: GPL-2.0-or-later
#include "due.h"

#include <errno.h>

#include "../base/array.h"

static void place(struct due *due, size_t at, struct flow *flow)
{
	due->items[at] = flow;
	flow->due_at = at + 1;
}

static void sift_up(struct due *due, size_t at)
{
	struct flow *flow = due->items[at];

	for (; at && flow->next_ns < due->items[(at - 1) / 2]->next_ns; at = (at - 1) / 2)
		place(due, at, due->items[(at - 1) / 2]);
	place(due, at, flow);
}

static void sift_down(struct due *due, size_t at)
{
	struct flow *flow = due->items[at];

	for (;;) {
		size_t least = 2 * at + 1;

		if (least + 1 < due->count &&
		    due->items[least + 1]->next_ns < due->items[least]->next_ns)
			least++;
		if (least >= due->count || flow->next_ns <= due->items[least]->next_ns)
			break;
		place(due, at, due->items[least]);
		at = least;
	}
	place(due, at, flow);
}

static void drop(struct due *due, struct flow *flow)
{
	size_t at = flow->due_at - 1;
	struct flow *last = due->items[--due->count];

	flow->due_at = 0;
	if (last == flow)
		return;
	place(due, at, last);
	sift_down(due, at);
	sift_up(due, last->due_at - 1);
}

int due_set(struct due *due, struct flow *flow, int64_t next_ns)
{
	struct flow **items;

	if (flow->due_at)
		drop(due, flow);
	flow->next_ns = next_ns;
	if (next_ns == INT64_MAX)
		return 0;
	items = array_reserve(due->items, &due->space, due->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	due->items = items;
	place(due, due->count++, flow);
	sift_up(due, due->count - 1);
	return 0;
}

struct flow *due_first(const struct due *due)
{
	return due->count ? due->items[0] : NULL;
}
