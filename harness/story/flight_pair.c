// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flight_pair: which departure and which arrival are one packet.
 *
 * Theory of operation. The sights handed in are of packets with the same header in
 * all its fields, timestamps included, so most times there is one of each. Where there are
 * more (a SYN without timestamps sent three times), the wire's own word comes first:
 *
 * 1. What the hand wire said of a frame (dropped, held, doubled) is of the latest such
 *    that had departed by then. From the last word to the first, so that two words find two
 *    packets in their order.
 * 2. What left while a rule of the kernel's wire was on that drops it has not arrived,
 *    unless there are more arrivals than all the other departures together account for:
 *    a rule is switched on and off at an instant that the taps' stamps do not tell
 *    exactly.
 * 3. Of the rest the wire keeps the order, and it loses rather than delays. So the last
 *    arrival is that of the latest packet that had departed by then, and so on
 *    backwards. An arrival that has no departure left is a copy of the one before it, or
 *    came from nowhere.
 *
 * 4. What the host's own queue did not take (overflow) is one that has arrived so.
 *
 * So of two identical SYNs with one arrival right after the second, the second was
 * delivered; with a rule on at the second alone, the first was, however late.
 */
#include <errno.h>
#include <stdlib.h>

#include "flight_parts.h"

static struct flight *departed(const struct sights *sights, size_t at)
{
	return &sights->flights->items[sights->departs[at]];
}

static const struct event *frame_at(const struct sights *sights, size_t at)
{
	return sights->events[sights->frames[at]];
}

static bool frame_tells_fate(enum frame_action action)
{
	switch (action) {
	case FRAME_DROP:
	case FRAME_HOLD:
	case FRAME_DUPLICATE:
	case FRAME_REJECT:
		return true;
	case FRAME_RELEASE:
	case FRAME_INJECT:
	case FRAME_OVERFLOW:
	case FRAME_ACTION_COUNT:
		break;
	}
	return false;
}

static void frame_apply(struct flight *flight, const struct event *event)
{
	flight->by_frame = true;
	flight->rule = event->frame.rule;
	if (event->frame.action == FRAME_DROP || event->frame.action == FRAME_REJECT)
		flight->fate = FATE_DROPPED;
	if (event->frame.action != FRAME_HOLD)
		return;
	flight->fate = FATE_HELD;
	flight->held_ns = event->t_ns;
}

static void frames_apply(const struct sights *sights)
{
	size_t left = sights->depart_count;

	for (size_t i = sights->frame_count; i-- > 0;) {
		const struct event *event = frame_at(sights, i);

		if (!frame_tells_fate(event->frame.action))
			continue;
		while (left &&
		       (departed(sights, left - 1)->by_frame ||
		        departed(sights, left - 1)->depart_ns > event->t_ns + STAMP_SLACK_NS))
			left--;
		if (!left)
			return;
		frame_apply(departed(sights, --left), event);
	}
}

/* Released frames look alike: the first that was held is taken for the first that went on. */
static void releases_apply(const struct sights *sights)
{
	size_t at = 0;

	for (size_t i = 0; i < sights->frame_count; i++) {
		const struct event *event = frame_at(sights, i);

		if (event->frame.action != FRAME_RELEASE)
			continue;
		while (at < sights->depart_count && departed(sights, at)->fate != FATE_HELD)
			at++;
		if (at == sights->depart_count)
			return;
		departed(sights, at)->released_ns = event->t_ns;
		departed(sights, at)->fate = FATE_LOST; /* until it is seen at the other port */
	}
}

static int64_t left_ns(const struct flight *flight)
{
	return flight->released_ns != NEVER ? flight->released_ns : flight->depart_ns;
}

/* In order of leaving: a frame that was held leaves after others that departed later. */
static int flight_compare_left(const void *a, const void *b, void *arg)
{
	const struct flights *flights = arg;
	size_t ia = *(const size_t *)a, ib = *(const size_t *)b;
	int64_t left_a = left_ns(&flights->items[ia]), left_b = left_ns(&flights->items[ib]);

	if (left_a != left_b)
		return left_a < left_b ? -1 : 1;
	return ia < ib ? -1 : ia > ib;
}

static bool is_suspect(const struct sights *sights, size_t flight)
{
	return !sights->flights->items[flight].by_frame && sights->blames[flight].drops;
}

/* Departures that an arrival may be of: into @able; how many. */
static size_t able_collect(const struct sights *sights, bool suspects, size_t *able)
{
	size_t count = 0;

	for (size_t i = 0; i < sights->depart_count; i++) {
		const struct flight *flight = departed(sights, i);

		if (flight->fate == FATE_LOST && is_suspect(sights, sights->departs[i]) == suspects)
			able[count++] = sights->departs[i];
	}
	qsort_r(able, count, sizeof(*able), flight_compare_left, sights->flights);
	return count;
}

static void arrive(struct flight *flight, const struct event *event)
{
	flight->arrival = event;
	flight->arrive_ns = event->t_ns;
	flight->fate = FATE_DELIVERED;
}

/*
 * Pairs as many arrivals as there are departures for among those that are @suspects, or
 * are not. Going forward tells which arrivals have one left at all, going backward which.
 */
static void arrivals_match(const struct sights *sights, bool suspects)
{
	size_t *able = sights->scratch, *fits;
	size_t able_count = able_collect(sights, suspects, able), left = 0, fit_count = 0;

	fits = able + able_count;
	for (size_t i = 0; i < sights->arrival_count && fit_count < able_count; i++) {
		const struct event *event;

		if (sights->paired[i] != SIZE_MAX)
			continue;
		event = sights->events[sights->arrivals[i]];
		while (left < able_count &&
		       left_ns(&sights->flights->items[able[left]]) <= event->t_ns + STAMP_SLACK_NS)
			left++;
		if (fit_count < left)
			fits[fit_count++] = i;
	}
	for (left = able_count; fit_count-- > 0;) {
		size_t at = fits[fit_count];
		const struct event *event = sights->events[sights->arrivals[at]];

		while (left_ns(&sights->flights->items[able[left - 1]]) >
		       event->t_ns + STAMP_SLACK_NS)
			left--;
		sights->paired[at] = able[--left];
		arrive(&sights->flights->items[able[left]], event);
	}
}

/* Out of the wire once more than into it; @original: the packet before it, SIZE_MAX: none. */
static int surplus_add(const struct sights *sights, const struct event *event, size_t original)
{
	enum side from = event->packet.on_loopback ? event->host : side_other(event->host);
	size_t index = flight_new(sights->flights, &event->packet.packet, from);
	const struct flight *doubled;
	struct flight *flight;

	if (index == SIZE_MAX)
		return -ENOMEM;
	flight = &sights->flights->items[index];
	flight->loopback = event->packet.on_loopback;
	arrive(flight, event);
	if (original == SIZE_MAX)
		return 0;
	doubled = &sights->flights->items[original];
	flight->duplicate = true;
	flight->rule = doubled->rule ? doubled->rule : sights->blames[original].rule;
	return 0;
}

/* What came out of the wire and found its host's queue full went no further: as good as dropped. */
static void overflow_apply(const struct sights *sights, const struct event *event)
{
	for (size_t i = sights->depart_count; i-- > 0;) {
		struct flight *flight = departed(sights, i);

		if (!flight->arrival || flight->released_ns == NEVER ||
		    flight->arrive_ns > event->t_ns)
			continue;
		flight->fate = FATE_DROPPED;
		flight->overflowed = true;
		flight->rule = event->frame.rule;
		flight->arrival = NULL;
		flight->arrive_ns = NEVER;
		return;
	}
}

static void overflows_apply(const struct sights *sights)
{
	for (size_t i = sights->frame_count; i-- > 0;)
		if (frame_at(sights, i)->frame.action == FRAME_OVERFLOW)
			overflow_apply(sights, frame_at(sights, i));
}

int sights_pair(struct sights *sights)
{
	size_t before = SIZE_MAX;

	frames_apply(sights);
	releases_apply(sights);
	for (size_t i = 0; i < sights->arrival_count; i++)
		sights->paired[i] = SIZE_MAX;
	arrivals_match(sights, false);
	arrivals_match(sights, true);
	for (size_t i = 0; i < sights->arrival_count; i++) {
		int err = 0;

		if (sights->paired[i] != SIZE_MAX)
			before = sights->paired[i];
		else
			err = surplus_add(sights, sights->events[sights->arrivals[i]], before);
		if (err < 0)
			return err;
	}
	overflows_apply(sights);
	return 0;
}
