// SPDX-License-Identifier: GPL-2.0-or-later
/* lane: an item's words beside the rail, with their colours. */
#include <assert.h>

#include "../../base/array.h"
#include "line.h"

/* What happened goes by its kind; the rest is the same for all. */
static const enum attr what_attrs[] = {
	[ITEM_STATE] = ATTR_STATE,  [ITEM_CALL] = ATTR_YELLOW,  [ITEM_SETTING] = ATTR_YELLOW,
	[ITEM_RESEND] = ATTR_PLAIN, [ITEM_TIMER] = ATTR_DIM,    [ITEM_KERNEL] = ATTR_DIM,
	[ITEM_LOSS] = ATTR_MAGENTA, [ITEM_COUNTS] = ATTR_PLAIN, [ITEM_DEPART] = ATTR_PLAIN,
	[ITEM_ARRIVE] = ATTR_PLAIN, [ITEM_RULE] = ATTR_YELLOW,  [ITEM_NOTE] = ATTR_DIM,
	[ITEM_LATE] = ATTR_YELLOW,
};
static_assert(sizeof(what_attrs) / sizeof(what_attrs[0]) == ITEM_KIND_COUNT, "a colour each");

enum attr chunk_attr(enum item_kind kind, enum chunk_role role)
{
	switch (role) {
	case ROLE_WHAT:
	case ROLE_RESULT:
		return what_attrs[kind];
	case ROLE_ASIDE:
		return ATTR_DIM;
	case ROLE_CARRIER:
	case ROLE_COUNT:
		break;
	}
	return ATTR_PLAIN;
}

static bool lane_new_line(struct pen *pen, struct lane_text *lane)
{
	struct lane_line *lines =
		array_reserve(lane->lines, &lane->space, lane->count + 1, sizeof(*lines));

	if (!lines) {
		pen->failed = true;
		return false;
	}
	lane->lines = lines;
	lines[lane->count++].used = 0;
	return true;
}

/* To the last line. What is wider than any line is cut: nobody folds to that. */
static void lane_add(struct lane_text *lane, const char *text, enum attr attr)
{
	struct lane_line *line = &lane->lines[lane->count - 1];
	struct cell cell = {.attr = attr};
	unsigned int columns;
	size_t n;

	while ((n = text_next(text, cell.glyph, &columns)) && line->used + columns <= WIDTH_MAX) {
		line->cells[line->used++] = cell;
		if (columns == 2)
			line->cells[line->used++] = (struct cell){.attr = attr};
		text += n;
	}
}

static void lane_add_folded(struct pen *pen, struct lane_text *lane, const char *text,
                            enum attr attr, unsigned int width)
{
	char part[TEXT_MAX];

	while (text_fold(&text, width, part, sizeof(part)) && lane_new_line(pen, lane))
		lane_add(lane, part, attr);
}

/* Pieces share a line while there is room. */
void lane_build(struct pen *pen, const struct item *item, unsigned int width,
                struct lane_text *lane)
{
	lane->count = 0;
	for (size_t i = 0; item && i < item->chunk_count; i++) {
		const struct chunk *chunk = &pen->ladder->items.chunks[item->chunk + i];
		const char *between = chunk->role == ROLE_RESULT ? " "
		                      : pen->ladder->utf8        ? " · "
		                                                 : ", ";
		enum attr attr = chunk_attr(item->kind, chunk->role);
		unsigned int need = text_columns(chunk->text) + text_columns(between);

		if (lane->count && lane->lines[lane->count - 1].used + need <= width) {
			lane_add(lane, between, ATTR_DIM);
			lane_add(lane, chunk->text, attr);
		} else {
			lane_add_folded(pen, lane, chunk->text, attr, width);
		}
	}
}
