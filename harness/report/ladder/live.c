// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * live: a ladder that grows with its record.
 *
 * Theory of operation. Each time the story of all that is there is built anew, and made into items
 * as for any ladder; only those are laid out and drawn that were not drawn before. Observers tell
 * of one instant at different times (a timer is worth a word once it has stood for a while), so
 * an item waits for SETTLE_NS, and goes with all that may share its rung. What is drawn is
 * known by its kind, its lane and its time, of which there are few alike: its words may have
 * become better since, and stay as they are. A packet without an arrival is on its way: it goes
 * down the wire until it arrives, or to the end.
 */
#include <errno.h>
#include <stdlib.h>

#include "../../base/array.h"
#include "line.h"

#define SETTLE_NS (60 * NS_PER_MS) /* longer than what a timer must stand for (item_life.c) */
#define ADDRESSES_NS NS_PER_S /* until when a ladder waits for those of its two ends */

/* Items that were drawn, alike in all that they are known by. */
struct drawn {
	int64_t t_ns;
	enum item_kind kind;
	enum side side;
	unsigned int count, met; /* met: again, in the layout at hand */
};

struct live_ladder {
	struct ladder ladder;
	struct pen pen;
	bool has_title, has_ends, has_late;
	struct drawn *drawn; /* in order */
	size_t drawn_count, drawn_space;
	int64_t last_ns; /* of all that was drawn */
	/* The record's clock: CLOCK_MONOTONIC less the time of the last event, when that was news. */
	size_t event_count;
	int64_t began_ns;
	bool has_clock;
};

struct live_ladder *live_open(const struct report_style *style, FILE *out)
{
	struct live_ladder *live = calloc(1, sizeof(*live));

	if (!live)
		return NULL;
	live->ladder = (struct ladder){.style = style, .out = out, .utf8 = text_is_utf8()};
	ladder_measure(&live->ladder);
	live->pen = pen_of(&live->ladder);
	live->last_ns = NEVER;
	return live;
}

void live_close(struct live_ladder *live)
{
	if (!live)
		return;
	pen_free(&live->pen);
	free(live->drawn);
	free(live);
}

/* ---- what was drawn ---- */

static struct drawn drawn_key(const struct item *item)
{
	return (struct drawn){.t_ns = item->t_ns, .kind = item->kind, .side = item->side};
}

static int drawn_compare(const void *a, const void *b)
{
	const struct drawn *da = a, *db = b;

	if (da->t_ns != db->t_ns)
		return da->t_ns < db->t_ns ? -1 : 1;
	if (da->kind != db->kind)
		return da->kind < db->kind ? -1 : 1;
	return da->side < db->side ? -1 : da->side > db->side;
}

static struct drawn *drawn_find(const struct live_ladder *live, const struct item *item)
{
	const struct drawn key = drawn_key(item);

	if (!live->drawn_count)
		return NULL;
	return bsearch(&key, live->drawn, live->drawn_count, sizeof(key), drawn_compare);
}

static bool was_drawn(struct live_ladder *live, const struct item *item)
{
	struct drawn *drawn = drawn_find(live, item);

	return drawn && drawn->met < drawn->count && ++drawn->met;
}

static int drawn_add(struct live_ladder *live, const struct items *items)
{
	size_t before = live->drawn_count;

	for (size_t i = 0; i < items->count; i++) {
		struct drawn *drawn = array_reserve(live->drawn, &live->drawn_space,
		                                    live->drawn_count + 1, sizeof(*drawn));

		if (!drawn)
			return -ENOMEM;
		live->drawn = drawn;
		drawn[live->drawn_count] = drawn_key(&items->items[i]);
		drawn[live->drawn_count++].count = 1;
		if (items->items[i].t_ns > live->last_ns)
			live->last_ns = items->items[i].t_ns;
	}
	if (live->drawn_count == before)
		return 0;
	qsort(live->drawn, live->drawn_count, sizeof(*live->drawn), drawn_compare);
	before = 0;
	for (size_t i = 1; i < live->drawn_count; i++) {
		if (drawn_compare(&live->drawn[before], &live->drawn[i]))
			live->drawn[++before] = live->drawn[i];
		else
			live->drawn[before].count += live->drawn[i].count;
	}
	live->drawn_count = before + 1;
	return 0;
}

/* ---- what is to be drawn ---- */

/* How many of @items nothing is likely to join any more. */
static size_t settled_count(const struct items *items, int64_t horizon_ns)
{
	int64_t next_ns = horizon_ns;
	size_t count = 0;

	while (count < items->count && items->items[count].t_ns <= horizon_ns)
		count++;
	if (count < items->count)
		next_ns = items->items[count].t_ns;
	while (count && next_ns - items->items[count - 1].t_ns < RUNG_NS)
		next_ns = items->items[--count].t_ns;
	return count;
}

/* Leaves in @items what is new. */
static void items_keep_new(struct live_ladder *live, struct items *items)
{
	size_t count = items->count;

	for (size_t i = 0; i < live->drawn_count; i++)
		live->drawn[i].met = 0;
	items->count = 0;
	for (size_t i = 0; i < count; i++)
		if (!was_drawn(live, &items->items[i]))
			items->items[items->count++] = items->items[i];
}

/* The packets on their way have other numbers in each story. */
static void columns_renumber(struct pen *pen, const struct flights *flights)
{
	for (size_t i = 0; i < pen->column_count; i++)
		for (size_t j = 0; j < flights->count; j++)
			if (flights->items[j].depart_ns == pen->columns[i].depart_ns &&
			    flights->items[j].from == pen->columns[i].from)
				pen->columns[i].flight = j;
}

static int live_draw_items(struct live_ladder *live, const struct items *items)
{
	struct rungs rungs = {0};
	int err = rungs_layout(items, live->ladder.flights, &rungs);

	for (size_t i = 0; !err && i < rungs.count; i++) {
		rungs.items[i].late = rungs.items[i].t_ns < live->last_ns;
		live->has_late |= rungs.items[i].late;
	}
	if (!err && rungs.count && !live->has_ends) {
		ladder_draw_ends(&live->ladder);
		live->has_ends = true;
	}
	if (!err) {
		columns_renumber(&live->pen, live->ladder.flights);
		pen_draw(&live->pen, &rungs);
	}
	free(rungs.items);
	return live->pen.failed ? -ENOMEM : err;
}

/* The lanes' heads have addresses, which are worth a moment. */
static bool live_can_begin(const struct live_ladder *live, int64_t until_ns)
{
	char client[ENDPOINT_TEXT_SIZE + 24];

	ladder_address(&live->ladder, SIDE_CLIENT, client, sizeof(client));
	return live->has_ends || client[0] || until_ns >= ADDRESSES_NS;
}

/* @until_ns: of the record's clock; all of it where it is @over. */
static int live_draw_story(struct live_ladder *live, int64_t until_ns, bool over)
{
	struct ladder *ladder = &live->ladder;
	int err = items_collect(ladder->story, ladder->style->verbose, &ladder->items);

	if (!err) {
		ladder->items.open = !over;
		if (!over && !live_can_begin(live, until_ns))
			ladder->items.count = 0;
		else if (!over)
			ladder->items.count = settled_count(&ladder->items, until_ns);
		items_keep_new(live, &ladder->items);
		err = live_draw_items(live, &ladder->items);
	}
	if (!err)
		err = drawn_add(live, &ladder->items);
	items_free(&ladder->items);
	return err;
}

/* The foot of any ladder, and what only this one has to say. */
static void live_draw_foot(const struct live_ladder *live)
{
	const struct ladder *ladder = &live->ladder;
	struct sheet sheet = sheet_open(ladder->out, ladder->style, ladder->width, ladder->width);

	ladder_draw_foot(ladder);
	if (live->has_late)
		sheet_text(&sheet, 0, ATTR_YELLOW,
		           LATE_MARK " came to be known later than what is drawn above it");
	if (live->pen.column_count)
		sheet_format(&sheet, 0, ATTR_YELLOW, "%zu packet%s on the way did not arrive",
		             live->pen.column_count, live->pen.column_count == 1 ? "" : "s");
}

static int live_tell(struct live_ladder *live, const struct record *rec, int64_t now_ns, bool over)
{
	struct ladder *ladder = &live->ladder;
	struct story story;
	int err = story_build(rec, &story);

	if (err)
		return err;
	if (!over && story.end_ns < now_ns)
		story.end_ns = now_ns;
	err = ladder_prepare(ladder, &story);
	if (rec->has_wire) /* that nothing happened at the server so far says nothing yet */
		ladder->alone = rec->wire == WIRE_NONE;
	if (!live->has_title)
		ladder_draw_title(ladder);
	live->has_title = true;
	if (!err)
		err = live_draw_story(live, now_ns - SETTLE_NS, over);
	if (!err && over)
		live_draw_foot(live);
	numbers_free(&ladder->numbers);
	story_free(&story);
	return err ? err : ferror(ladder->out) ? -EIO : 0;
}

/* Sets the record's clock by what came last. */
static void clock_hear(struct live_ladder *live, const struct record *rec, int64_t now_ns)
{
	for (; live->event_count < rec->event_count; live->event_count++) {
		int64_t began_ns = now_ns - rec->events[live->event_count].t_ns;

		if (!live->has_clock || began_ns < live->began_ns)
			live->began_ns = began_ns;
		live->has_clock = true;
	}
}

int live_draw(struct live_ladder *live, const struct record *rec, int64_t now_ns)
{
	clock_hear(live, rec, now_ns);
	return live_tell(live, rec, live->has_clock ? now_ns - live->began_ns : 0, false);
}

int live_end(struct live_ladder *live, const struct record *rec)
{
	return live_tell(live, rec, 0, true);
}
