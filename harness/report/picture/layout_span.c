// SPDX-License-Identifier: GPL-2.0-or-later
/* layout_span: states as spans along the rails, timers as brackets beside them. */
#include <string.h>

#include "../../base/array.h"
#include "picture.h"

#define SPAN_LEAST 3
#define NAME_PIXELS 6 /* a letter of a name along a span */
/* A timer was seen as of then, in ms and at the reading: this much earlier it is still due. */
#define DUE_NS (10 * NS_PER_MS)

static int span_x(const struct layout *l, const struct life *life, unsigned int track)
{
	int distance = l->spans_at[life->host] + SPAN_STEP * (int)track;
	int rail = l->pic->rail[life->host];

	return life->host == SIDE_CLIENT ? rail - distance - SPAN_PIXELS : rail + distance;
}

static void span_add(struct picture *pic, struct span_shape span)
{
	struct span_shape *spans =
		array_reserve(pic->spans, &pic->span_space, pic->span_count + 1, sizeof(*spans));

	if (!spans) {
		pic->failed = true;
		return;
	}
	pic->spans = spans;
	spans[pic->span_count++] = span;
}

/* The state's name along its span, where there is room. */
static void span_name(struct picture *pic, const struct span_shape *span)
{
	int length = NAME_PIXELS * (int)strlen(state_name(span->state));

	if (span->height < length + 8)
		return;
	words_one(pic, (struct point){span->x + SPAN_PIXELS - 3, span->y + span->height / 2},
	          ANCHOR_MIDDLE, PAINT_STATE, state_name(span->state));
	if (!pic->failed)
		pic->words[pic->word_count - 1].upward = true;
}

static void place_span(struct layout *l, size_t index, const struct life_state *state,
                       int64_t begin_ns, int64_t end_ns, bool mini)
{
	const struct life *life = &l->ladder->story->lives[index];
	int y = layout_y(l, begin_ns), end_y = layout_y(l, end_ns);
	char at[32], lasted[24];
	struct span_shape span;

	if (layout_folds(l, begin_ns, end_ns))
		return;
	span = (struct span_shape){
		.x = span_x(l, life, l->tracks[index]),
		.y = y,
		.height = end_y - y > SPAN_LEAST ? end_y - y : SPAN_LEAST,
		.state = state->state,
		.mini = mini,
		.title = picture_text(l->pic, "%s %s%s from %s for %s", life->sock,
	                              state_name(state->state), mini ? ", a mini-socket" : "",
	                              moment_text(begin_ns, at, sizeof(at)),
	                              duration_text(end_ns - begin_ns, lasted, sizeof(lasted))),
	};

	span_add(l->pic, span);
	span_name(l->pic, &span);
}

static void place_state(struct layout *l, size_t index, size_t at)
{
	const struct life *life = &l->ladder->story->lives[index];
	const struct life_state *state = &life->states[at];
	int64_t handed_ns = life_hand_over_ns(life, at);
	int64_t end_ns = at + 1 < life->count ? state[1].t_ns : l->ladder->story->end_ns;
	bool mini = state->object == OBJECT_REQUEST || state->object == OBJECT_TIME_WAIT;

	if (state->state == STATE_CLOSE || state->state == STATE_GONE)
		return;
	if (handed_ns == NEVER || handed_ns >= end_ns) {
		place_span(l, index, state, state->t_ns, end_ns, mini);
		return;
	}
	if (layout_y(l, handed_ns) - layout_y(l, state->t_ns) < SPAN_LEAST)
		handed_ns = state->t_ns; /* at once: in one row */
	else
		place_span(l, index, state, state->t_ns, handed_ns, mini);
	place_span(l, index, state, handed_ns, end_ns, true);
}

void spans_place(struct layout *l)
{
	const struct story *story = l->ladder->story;

	for (size_t i = 0; i < story->life_count && !l->pic->failed; i++)
		for (size_t j = 0; j < story->lives[i].count; j++)
			if (l->tracks[i] < SPANS_MOST)
				place_state(l, i, j);
}

/* ---- timers ---- */

static void bracket_add(struct picture *pic, struct bracket_shape bracket)
{
	struct bracket_shape *brackets = array_reserve(pic->brackets, &pic->bracket_space,
	                                               pic->bracket_count + 1, sizeof(*brackets));

	if (!brackets) {
		pic->failed = true;
		return;
	}
	pic->brackets = brackets;
	brackets[pic->bracket_count++] = bracket;
}

static enum bracket_end bracket_ending(const struct layout *l, const struct item *item)
{
	if (item->until_ns >= item->due_ns - DUE_NS)
		return BRACKET_FIRED;
	return item->until_ns >= l->ladder->story->end_ns ? BRACKET_BEYOND : BRACKET_STOPPED;
}

static void place_bracket(struct layout *l, const struct item *item, unsigned int track)
{
	int distance = l->brackets_at[item->side] + BRACKET_STEP * (int)track + 4;
	enum bracket_end end = bracket_ending(l, item);
	int64_t end_ns = end == BRACKET_FIRED ? item->due_ns : item->until_ns;
	int y = layout_y(l, item->t_ns), end_y = layout_y(l, end_ns);
	char due[32], length[24];

	bracket_add(
		l->pic,
		(struct bracket_shape){
			.x = l->pic->rail[item->side] + layout_outward(item->side) * distance,
			.y = y,
			.end_y = end_y > y + 4 ? end_y : y + 4,
			.side = item->side,
			.end = end,
			.title = picture_text(
				l->pic, "timer of %s, due at %s%s",
				duration_text(item->due_ns - item->t_ns, length, sizeof(length)),
				moment_text(item->due_ns, due, sizeof(due)),
				end == BRACKET_STOPPED  ? ", stopped or set anew before"
				: end == BRACKET_BEYOND ? ", after the record's end"
							: ""),
		});
}

void brackets_place(struct layout *l)
{
	const struct items *items = &l->ladder->items;

	for (size_t i = 0; i < items->count && !l->pic->failed; i++)
		if (items->items[i].due_ns != NEVER && l->bracket_track[i] < BRACKETS_MOST &&
		    !layout_folds(l, items->items[i].t_ns, items->items[i].until_ns))
			place_bracket(l, &items->items[i], l->bracket_track[i]);
}
