// SPDX-License-Identifier: GPL-2.0-or-later
/* layout_lane: an item's words beside the rail. */
#include <assert.h>

#include "picture.h"

#define LINE_SIZE 160

/* What happened goes by its kind; the rest is the same for all. */
static const enum paint what_paints[] = {
	[ITEM_STATE] = PAINT_STATE,  [ITEM_CALL] = PAINT_CALL,    [ITEM_SETTING] = PAINT_CALL,
	[ITEM_RESEND] = PAINT_PLAIN, [ITEM_TIMER] = PAINT_DIM,    [ITEM_KERNEL] = PAINT_DIM,
	[ITEM_LOSS] = PAINT_LOSS,    [ITEM_COUNTS] = PAINT_PLAIN, [ITEM_DEPART] = PAINT_PLAIN,
	[ITEM_ARRIVE] = PAINT_PLAIN, [ITEM_RULE] = PAINT_CALL,    [ITEM_NOTE] = PAINT_NOTE,
	[ITEM_LATE] = PAINT_LATE,
};
static_assert(sizeof(what_paints) / sizeof(what_paints[0]) == ITEM_KIND_COUNT, "a paint each");

enum paint chunk_paint(enum item_kind kind, enum chunk_role role)
{
	switch (role) {
	case ROLE_WHAT:
	case ROLE_RESULT:
		return what_paints[kind];
	case ROLE_ASIDE:
		return PAINT_DIM;
	case ROLE_CARRIER:
	case ROLE_COUNT:
		break;
	}
	return PAINT_PLAIN;
}

static void words_join(struct picture *pic, enum paint paint, const char *between, const char *text)
{
	if (paint == PAINT_DIM) {
		words_piece(pic, paint, picture_text(pic, "%s%s", between, text));
		return;
	}
	words_piece(pic, PAINT_DIM, between);
	words_piece(pic, paint, text);
}

/* Pieces share a line while there is room. */
unsigned int lane_place(struct layout *l, const struct item *item, int y)
{
	enum anchor anchor = item->side == SIDE_CLIENT ? ANCHOR_END : ANCHOR_START;
	unsigned int lines = 0, used = 0;
	char line[LINE_SIZE];

	for (size_t i = 0; i < item->chunk_count; i++) {
		const struct chunk *chunk = &l->ladder->items.chunks[item->chunk + i];
		enum paint paint = chunk_paint(item->kind, chunk->role);
		const char *between = chunk->role == ROLE_RESULT ? " " : " · ", *rest = chunk->text;
		unsigned int columns = text_columns_utf8(chunk->text) + text_columns_utf8(between);

		if (lines && used + columns <= LANE_COLUMNS) {
			words_join(l->pic, paint, between, chunk->text);
			used += columns;
			continue;
		}
		while (text_fold_utf8(&rest, LANE_COLUMNS, line, sizeof(line))) {
			words_one(l->pic,
			          (struct point){l->words_x[item->side],
			                         y + LINE_PIXELS * (int)lines++},
			          anchor, paint, line);
			used = text_columns_utf8(line);
		}
	}
	return lines;
}
