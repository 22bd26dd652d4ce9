// SPDX-License-Identifier: GPL-2.0-or-later
/* rung: which items share a rung. */
#include <errno.h>
#include <stdlib.h>

#include "../../base/array.h"
#include "ladder.h"

/* Nothing but what its sender did comes between leaving and arriving. */
static bool passes_at_once(const struct items *items, size_t at, const struct flight *flight)
{
	if (flight->loopback || flight_begins_on_wire(flight) || flight->held_ns != NEVER ||
	    flight->arrive_ns == NEVER || flight->arrive_ns - flight->depart_ns >= RUNG_NS)
		return false;
	for (size_t i = at + 1; i < items->count; i++) {
		const struct item *item = &items->items[i];

		if (item->kind == ITEM_ARRIVE && item->flight == items->items[at].flight)
			return true;
		if (item->t_ns > flight->arrive_ns)
			break;
		if (!item_is_in_lane(item->kind) || item->side != flight->from)
			return false;
	}
	return true; /* stamps that cross */
}

static enum wire_op depart_op(const struct items *items, size_t at, const struct flight *flight)
{
	if (passes_at_once(items, at, flight))
		return WIRE_PASS;
	if (flight->arrive_ns != NEVER || (items->open && flight->fate != FATE_DROPPED))
		return WIRE_DEPART;
	return WIRE_LOST;
}

/* A state that the packet just received brought about. */
static bool lane_joins(const struct rung *rung, const struct flights *flights,
                       const struct item *item)
{
	if (rung->op != WIRE_PASS && rung->op != WIRE_ARRIVE && rung->op != WIRE_APPEAR)
		return false;
	return item->kind == ITEM_STATE && !rung->lane[item->side] &&
	       flight_to(&flights->items[rung->flight]) == item->side;
}

/* What sends a packet off: entering a state, a call, a retransmission. */
static bool sends_off(const struct item *item)
{
	switch (item->kind) {
	case ITEM_STATE:
	case ITEM_CALL:
	case ITEM_SETTING:
	case ITEM_RESEND:
		return true;
	case ITEM_TIMER:
	case ITEM_KERNEL:
	case ITEM_LOSS:
	case ITEM_COUNTS:
	case ITEM_DEPART:
	case ITEM_ARRIVE:
	case ITEM_RULE:
	case ITEM_NOTE:
	case ITEM_LATE:
	case ITEM_KIND_COUNT:
		break;
	}
	return false;
}

/* A packet that what the sender's lane says sent off. */
static bool depart_joins(const struct rung *rung, const struct item *item)
{
	const struct item *lane = rung->lane[item->side];

	return rung->op == WIRE_EMPTY && !rung->lane[side_other(item->side)] && lane &&
	       sends_off(lane);
}

static bool item_joins(const struct rung *rung, const struct flights *flights,
                       const struct item *item)
{
	if (item->t_ns - rung->end_ns >= RUNG_NS)
		return false;
	if (item_is_in_lane(item->kind))
		return lane_joins(rung, flights, item);
	return item->kind == ITEM_DEPART && depart_joins(rung, item);
}

static void rung_put(struct rung *rung, const struct items *items, const struct flights *flights,
                     size_t at)
{
	const struct item *item = &items->items[at];
	const struct flight *flight;

	rung->end_ns = item->t_ns;
	if (item_is_in_lane(item->kind)) {
		rung->lane[item->side] = item;
	} else if (item->kind == ITEM_DEPART) {
		flight = &flights->items[item->flight];
		rung->op = depart_op(items, at, flight);
		rung->flight = item->flight;
		if (rung->op == WIRE_PASS)
			rung->end_ns = flight->arrive_ns;
	} else if (item->kind == ITEM_ARRIVE) {
		flight = &flights->items[item->flight];
		rung->op = flight_begins_on_wire(flight) ? WIRE_APPEAR : WIRE_ARRIVE;
		rung->flight = item->flight;
	} else {
		rung->op = WIRE_WORDS;
		rung->words = item;
	}
}

/* NULL: no memory. */
static struct rung *rung_add(struct rungs *rungs, int64_t t_ns)
{
	struct rung *items =
		array_reserve(rungs->items, &rungs->space, rungs->count + 1, sizeof(*items));

	if (!items)
		return NULL;
	rungs->items = items;
	items[rungs->count] = (struct rung){.t_ns = t_ns};
	return &items[rungs->count++];
}

int rungs_layout(const struct items *items, const struct flights *flights, struct rungs *rungs)
{
	bool *passed = calloc(flights->count + 1, sizeof(*passed));
	struct rung *rung = NULL;
	bool failed = !passed;

	*rungs = (struct rungs){0};
	for (size_t i = 0; !failed && i < items->count; i++) {
		const struct item *item = &items->items[i];

		if (item->kind == ITEM_ARRIVE && passed[item->flight])
			continue;
		if (!rung || !item_joins(rung, flights, item)) {
			rung = rung_add(rungs, item->t_ns);
			failed = !rung;
		}
		if (failed)
			break;
		rung_put(rung, items, flights, i);
		if (item->kind == ITEM_DEPART)
			passed[item->flight] = rung->op == WIRE_PASS;
	}
	free(passed);
	return failed ? -ENOMEM : 0;
}
