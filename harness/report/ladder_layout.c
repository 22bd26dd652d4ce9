// SPDX-License-Identifier: GPL-2.0-or-later
/* ladder_layout: which items share a rung. */
#include <errno.h>
#include <stdlib.h>

#include "ladder.h"

/* What is farther apart than this does not share a rung. */
#define RUNG_NS NS_PER_MS

static enum side receiver_of(const struct flight *flight)
{
	return flight->loopback ? flight->from : side_other(flight->from);
}

static bool begins_on_wire(const struct flight *flight)
{
	return flight->injected || flight->depart_ns == NEVER;
}

/* Nothing but what its sender did comes between leaving and arriving. */
static bool passes_at_once(const struct items *items, size_t at, const struct flight *flight)
{
	if (flight->loopback || begins_on_wire(flight) || flight->held_ns != NEVER ||
	    flight->arrive_ns == NEVER || flight->arrive_ns - flight->depart_ns >= RUNG_NS)
		return false;
	for (size_t i = at + 1; i < items->count; i++) {
		const struct item *item = &items->items[i];

		if (item->kind == ITEM_ARRIVE && item->flight == items->items[at].flight)
			return true;
		if (item->kind != ITEM_LANE || item->side != flight->from)
			return false;
	}
	return true; /* stamps that cross */
}

static enum wire_op depart_op(const struct items *items, size_t at, const struct flight *flight)
{
	if (passes_at_once(items, at, flight))
		return WIRE_PASS;
	return flight->arrive_ns == NEVER ? WIRE_LOST : WIRE_DEPART;
}

static bool is_state(const struct item *item)
{
	return item->chunk_count && item->chunks[0].attr == ATTR_STATE;
}

/* A state that the packet just received brought about. */
static bool lane_joins(const struct rung *rung, const struct flights *flights,
                       const struct item *item)
{
	const struct flight *flight = &flights->items[rung->flight];

	if (rung->op != WIRE_PASS && rung->op != WIRE_ARRIVE && rung->op != WIRE_APPEAR)
		return false;
	return is_state(item) && receiver_of(flight) == item->side && !rung->lane[item->side];
}

/* A packet that what the sender's lane says sent off: a state, a call, a retransmission. */
static bool depart_joins(const struct rung *rung, const struct item *item)
{
	const struct item *lane = rung->lane[item->side];
	enum attr attr = lane && lane->chunk_count ? lane->chunks[0].attr : ATTR_DIM;

	return rung->op == WIRE_EMPTY && !rung->lane[side_other(item->side)] &&
	       (attr == ATTR_STATE || attr == ATTR_YELLOW || attr == ATTR_PLAIN);
}

static bool item_joins(const struct rung *rung, const struct flights *flights,
                       const struct item *item)
{
	if (item->t_ns - rung->end_ns >= RUNG_NS)
		return false;
	switch (item->kind) {
	case ITEM_LANE:
		return lane_joins(rung, flights, item);
	case ITEM_DEPART:
		return depart_joins(rung, item);
	case ITEM_ARRIVE:
	case ITEM_WIRE:
	case ITEM_NOTE:
		break;
	}
	return false;
}

static void rung_put(struct rung *rung, const struct items *items, const struct flights *flights,
                     size_t at)
{
	const struct item *item = &items->items[at];
	const struct flight *flight = &flights->items[item->flight];

	rung->end_ns = item->t_ns;
	switch (item->kind) {
	case ITEM_LANE:
		rung->lane[item->side] = item;
		return;
	case ITEM_DEPART:
		rung->op = depart_op(items, at, flight);
		rung->flight = item->flight;
		if (rung->op == WIRE_PASS)
			rung->end_ns = flight->arrive_ns;
		return;
	case ITEM_ARRIVE:
		rung->op = begins_on_wire(flight) ? WIRE_APPEAR : WIRE_ARRIVE;
		rung->flight = item->flight;
		return;
	case ITEM_WIRE:
	case ITEM_NOTE:
		rung->op = WIRE_WORDS;
		rung->words = item;
		return;
	}
}

int rungs_layout(const struct items *items, const struct flights *flights, struct rungs *rungs)
{
	bool *passed = calloc(flights->count + 1, sizeof(*passed));
	struct rung *rung = NULL;

	*rungs = (struct rungs){.items = calloc(items->count + 1, sizeof(struct rung))};
	if (!passed || !rungs->items) {
		free(passed);
		free(rungs->items);
		rungs->items = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i < items->count; i++) {
		const struct item *item = &items->items[i];

		if (item->kind == ITEM_ARRIVE && passed[item->flight])
			continue;
		if (!rung || !item_joins(rung, flights, item)) {
			rung = &rungs->items[rungs->count++];
			rung->t_ns = item->t_ns;
		}
		rung_put(rung, items, flights, i);
		if (item->kind == ITEM_DEPART)
			passed[item->flight] = rung->op == WIRE_PASS;
	}
	free(passed);
	return 0;
}
