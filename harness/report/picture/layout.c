// SPDX-License-Identifier: GPL-2.0-or-later
/* layout: rungs as rows, one below the other. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "../outcome_words.h"
#include "picture.h"

#define TIME_RIGHT 80 /* where the times end */
#define MARGIN 10
#define BREAK_PIXELS 26
#define LINE_SIZE 400
#define NOTE_COLUMNS 80

/* ---- shapes ---- */

const char *picture_text(struct picture *pic, const char *fmt, ...)
{
	const char *kept = NULL;
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0) {
		kept = arena_text(&pic->texts, text);
		free(text);
	}
	va_end(args);
	pic->failed |= !kept;
	return kept ? kept : "";
}

void words_begin(struct picture *pic, int x, int y, enum anchor anchor)
{
	struct words_shape *words =
		array_reserve(pic->words, &pic->word_space, pic->word_count + 1, sizeof(*words));

	if (!words) {
		pic->failed = true;
		return;
	}
	pic->words = words;
	words[pic->word_count++] =
		(struct words_shape){.x = x, .y = y, .anchor = anchor, .piece = pic->piece_count};
}

void words_piece(struct picture *pic, enum paint paint, const char *text)
{
	struct piece *pieces = array_reserve(pic->pieces, &pic->piece_space, pic->piece_count + 1,
	                                     sizeof(*pieces));

	if (pieces)
		pic->pieces = pieces;
	pic->failed |= !pieces;
	if (pic->failed)
		return;
	pieces[pic->piece_count++] =
		(struct piece){.paint = paint, .text = picture_text(pic, "%s", text)};
	pic->words[pic->word_count - 1].count++;
}

void words_one(struct picture *pic, struct point at, enum anchor anchor, enum paint paint,
               const char *text)
{
	words_begin(pic, at.x, at.y, anchor);
	words_piece(pic, paint, text);
}

void path_add(struct picture *pic, struct path_shape path)
{
	struct path_shape *paths =
		array_reserve(pic->paths, &pic->path_space, pic->path_count + 1, sizeof(*paths));

	if (!paths) {
		pic->failed = true;
		return;
	}
	pic->paths = paths;
	paths[pic->path_count++] = path;
}

static void break_add(struct picture *pic, struct break_shape shape)
{
	struct break_shape *breaks = array_reserve(pic->breaks, &pic->break_space,
	                                           pic->break_count + 1, sizeof(*breaks));

	if (!breaks) {
		pic->failed = true;
		return;
	}
	pic->breaks = breaks;
	breaks[pic->break_count++] = shape;
}

void picture_free(struct picture *pic)
{
	free(pic->words);
	free(pic->pieces);
	free(pic->spans);
	free(pic->paths);
	free(pic->brackets);
	free(pic->breaks);
	arena_clear(&pic->texts);
	*pic = (struct picture){0};
}

/* ---- time ---- */

/* Times and places both go forward: what would go back is as if it were at the last place. */
static void moment_add(struct layout *l, int64_t t_ns, int y)
{
	struct moment *moments =
		array_reserve(l->moments, &l->moment_space, l->moment_count + 1, sizeof(*moments));

	if (!moments) {
		l->pic->failed = true;
		return;
	}
	l->moments = moments;
	if (l->moment_count && t_ns < moments[l->moment_count - 1].t_ns)
		return;
	moments[l->moment_count++] = (struct moment){.t_ns = t_ns, .y = y};
}

/* The first moment that is not before @t_ns; of several rows at one instant the first. */
static size_t moment_find(const struct layout *l, int64_t t_ns)
{
	size_t low = 0, high = l->moment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->moments[middle].t_ns < t_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int layout_y(const struct layout *l, int64_t t_ns)
{
	size_t at = moment_find(l, t_ns);
	const struct moment *before, *after = &l->moments[at];
	double part;

	if (at == l->moment_count)
		return l->pic->bottom;
	if (!at)
		return after->t_ns == t_ns ? after->y : l->pic->top;
	if (after->t_ns == t_ns)
		return after->y;
	before = after - 1;
	part = ((double)t_ns - (double)before->t_ns) / ((double)after->t_ns - (double)before->t_ns);
	return before->y + (int)((double)(after->y - before->y) * part);
}

bool layout_folds(const struct layout *l, int64_t from_ns, int64_t to_ns)
{
	return l->pic->folded && from_ns >= l->fold_from_ns && to_ns <= l->fold_to_ns;
}

int layout_outward(enum side side)
{
	return side == SIDE_CLIENT ? -1 : 1;
}

/* ---- rows ---- */

static void row_time(struct layout *l, int64_t t_ns, int y)
{
	char text[32];

	words_one(l->pic, (struct point){TIME_RIGHT, y}, ANCHOR_END, PAINT_DIM,
	          moment_text(t_ns, text, sizeof(text)));
}

/* Words on the wire: a rule's in its middle; others from the client's rail over all of the rest. */
static unsigned int place_note(struct layout *l, const struct item *item, int y)
{
	bool rule = item->kind == ITEM_RULE;
	unsigned int columns = rule ? (unsigned int)(WIRE_PIXELS / CHAR_PIXELS) - 2 : NOTE_COLUMNS;
	int x = l->pic->rail[SIDE_CLIENT] + (rule ? WIRE_PIXELS / 2 : 10);
	unsigned int lines = 0;
	char line[LINE_SIZE];

	for (size_t i = 0; i < item->chunk_count; i++) {
		const struct chunk *chunk = &l->ladder->items.chunks[item->chunk + i];
		const char *rest = chunk->text;

		while (text_fold_utf8(&rest, columns, line, sizeof(line)))
			words_one(l->pic, (struct point){x, y + LINE_PIXELS * (int)lines++},
			          rule ? ANCHOR_MIDDLE : ANCHOR_START,
			          chunk_paint(item->kind, chunk->role), line);
	}
	return lines;
}

static void place_rung(struct layout *l, const struct rung *rung)
{
	bool arrow = rung->op != WIRE_EMPTY && rung->op != WIRE_WORDS;
	int base = l->y + (arrow ? 18 : 12), line_y = base - 4;
	unsigned int lines = 1, used;

	row_time(l, rung->t_ns, base);
	moment_add(l, rung->t_ns, line_y);
	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		used = rung->lane[side] ? lane_place(l, rung->lane[side], base) : 0;
		lines = used > lines ? used : lines;
	}
	if (rung->op == WIRE_WORDS) {
		used = place_note(l, rung->words, base);
		lines = used > lines ? used : lines;
	} else if (arrow) {
		wire_place(l, rung, line_y);
	}
	l->y = base + LINE_PIXELS * ((int)lines - 1) + 6;
	moment_add(l, rung->end_ns, line_y + 4);
}

static void place_break(struct layout *l, const char *words, bool folded)
{
	int y = l->y + BREAK_PIXELS / 2;
	int gap = (int)(CHAR_PIXELS * (text_columns_utf8(words) + 2));

	break_add(l->pic, (struct break_shape){.y = y, .gap = gap, .folded = folded});
	words_one(l->pic, (struct point){l->pic->rail[SIDE_CLIENT] + WIRE_PIXELS / 2, y + 4},
	          ANCHOR_MIDDLE, PAINT_DIM, words);
	l->y += BREAK_PIXELS;
}

static void place_silence(struct layout *l, int64_t ns)
{
	char duration[24];

	place_break(l, duration_text(ns, duration, sizeof(duration)), false);
}

/* The rungs from @head on, before @tail. */
static void place_fold(struct layout *l, size_t head, size_t tail)
{
	size_t rungs = tail - head;
	char duration[24];
	int64_t ns;

	l->pic->folded = rungs;
	l->fold_from_ns = l->rungs.items[head].t_ns;
	l->fold_to_ns = l->rungs.items[tail].t_ns;
	ns = l->fold_to_ns - l->fold_from_ns;
	place_break(l,
	            picture_text(l->pic, "%zu rows of %s are not drawn here", rungs,
	                         duration_text(ns, duration, sizeof(duration))),
	            true);
}

/* Two thirds of what is drawn of a long ladder are its beginning, the rest its end. */
static void place_rungs(struct layout *l, size_t most)
{
	const struct rung *rungs = l->rungs.items;
	size_t count = l->rungs.count, head = count, tail = count;

	if (most && count > most) {
		head = most * 2 / 3;
		tail = count - (most - head);
	}
	for (size_t i = 0; i < count && !l->pic->failed; i++) {
		if (i == head) {
			place_fold(l, head, tail);
			i = tail;
		} else if (i && rungs[i].t_ns - rungs[i - 1].end_ns >= QUIET_NS) {
			moment_add(l, rungs[i - 1].end_ns, l->y);
			place_silence(l, rungs[i].t_ns - rungs[i - 1].end_ns);
		}
		place_rung(l, &rungs[i]);
	}
}

/* ---- around them ---- */

static void place_columns(struct layout *l)
{
	int at = TIME_RIGHT + MARGIN + (int)(LANE_COLUMNS * CHAR_PIXELS);
	struct picture *pic = l->pic;

	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		l->spans_at[side] = 4;
		l->brackets_at[side] = l->spans_at[side] + SPAN_STEP * (int)l->span_tracks[side];
	}
	l->words_x[SIDE_CLIENT] = at;
	at += MARGIN + l->brackets_at[SIDE_CLIENT] +
	      BRACKET_STEP * (int)l->bracket_tracks[SIDE_CLIENT];
	pic->rail[SIDE_CLIENT] = at;
	pic->rail[SIDE_SERVER] = at + WIRE_PIXELS;
	at = pic->rail[SIDE_SERVER] + MARGIN + l->brackets_at[SIDE_SERVER] +
	     BRACKET_STEP * (int)l->bracket_tracks[SIDE_SERVER];
	l->words_x[SIDE_SERVER] = at;
	pic->width = pic->alone ? pic->rail[SIDE_SERVER] + MARGIN
	                        : at + (int)(LANE_COLUMNS * CHAR_PIXELS) + MARGIN;
}

static void place_line(struct layout *l, enum paint paint, const char *text)
{
	unsigned int columns = (unsigned int)(l->pic->width / CHAR_PIXELS) - 4;
	char line[LINE_SIZE];

	while (text_fold_utf8(&text, columns, line, sizeof(line))) {
		words_one(l->pic, (struct point){MARGIN, l->y + 14}, ANCHOR_START, paint, line);
		l->y += LINE_PIXELS + 2;
	}
}

static void place_title(struct layout *l)
{
	const struct record *rec = l->ladder->rec;
	char origin[LINE_SIZE];

	place_line(l, PAINT_TITLE, l->pic->title);
	place_line(l, PAINT_DIM, ladder_origin(rec, origin, sizeof(origin)));
	for (size_t i = 0; i < rec->params.count; i++)
		place_line(l, PAINT_DIM,
		           picture_text(l->pic, "%s = %s", rec->params.items[i].name,
		                        rec->params.items[i].value));
	l->y += 8;
}

static void place_heads(struct layout *l)
{
	char address[ENDPOINT_TEXT_SIZE + 24];

	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		int x = l->pic->rail[side] + 8 * layout_outward((enum side)side);
		enum anchor anchor = side == SIDE_CLIENT ? ANCHOR_END : ANCHOR_START;

		if (side == SIDE_SERVER && l->pic->alone)
			break;
		ladder_address(l->ladder, (enum side)side, address, sizeof(address));
		words_begin(l->pic, x, l->y + 12, anchor);
		words_piece(l->pic, PAINT_TITLE, side_name((enum side)side));
		words_piece(l->pic, PAINT_DIM, picture_text(l->pic, " %s", address));
	}
	l->y += 20;
}

static void place_undrawn(struct layout *l)
{
	for (unsigned int side = 0; side < SIDE_COUNT; side++)
		if (l->undrawn[side])
			place_line(l, PAINT_DIM,
			           picture_text(l->pic,
			                        "%zu more sockets of the %s have no span here",
			                        l->undrawn[side], side_name((enum side)side)));
}

static void place_foot(struct layout *l)
{
	const struct record *rec = l->ladder->rec;
	char elapsed[24];

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (!rec->observed[i] && rec->absent[i][0])
			place_line(l, PAINT_LATE,
			           picture_text(l->pic, "not observed by %s: %s", observer_name(i),
			                        rec->absent[i]));
		if (rec->lost[i])
			place_line(l, PAINT_LATE,
			           picture_text(l->pic, "lost: %llu events of %s",
			                        (unsigned long long)rec->lost[i],
			                        observer_name(i)));
	}
	if (!rec->finished)
		place_line(l, PAINT_LOSS, "the record ends before the result");
	else
		place_line(l, PAINT_TITLE,
		           picture_text(l->pic, "%s in %s%s%s", outcome_name(rec->outcome),
		                        duration_text(rec->elapsed_ns, elapsed, sizeof(elapsed)),
		                        *rec->reason ? ": " : "", rec->reason));
}

static void place_all(struct layout *l, const struct picture_options *options)
{
	struct picture *pic = l->pic;

	place_columns(l);
	if (!options->bare)
		place_title(l);
	place_heads(l);
	pic->top = l->y;
	place_rungs(l, options->most_rungs);
	pic->bottom = l->y + 4;
	l->y = pic->bottom + 4;
	wire_finish(l);
	spans_place(l);
	brackets_place(l);
	place_undrawn(l);
	if (!l->rungs.count)
		place_line(l, PAINT_NOTE, "the record has no events: there is nothing to draw");
	if (!options->bare)
		place_foot(l);
	pic->height = l->y + MARGIN;
}

static int layout_run(struct layout *l, const struct picture_options *options)
{
	const struct ladder *ladder = l->ladder;
	int err = rungs_layout(&ladder->items, ladder->flights, &l->rungs);

	if (err)
		return err;
	l->depart_y = calloc(ladder->flights->count + 1, sizeof(*l->depart_y));
	l->tracks = calloc(ladder->story->life_count + 1, sizeof(*l->tracks));
	l->bracket_track = calloc(ladder->items.count + 1, sizeof(*l->bracket_track));
	if (!l->depart_y || !l->tracks || !l->bracket_track)
		return -ENOMEM;
	err = tracks_assign(l);
	if (!err)
		place_all(l, options);
	return err || l->pic->failed ? -ENOMEM : 0;
}

static void layout_free(struct layout *l)
{
	free(l->rungs.items);
	free(l->moments);
	free(l->depart_y);
	free(l->tracks);
	free(l->bracket_track);
}

static int ladder_picture(struct ladder *ladder, const struct story *story,
                          const struct picture_options *options, struct picture *pic)
{
	struct layout layout = {.ladder = ladder, .pic = pic, .brief = options->bare};
	int err = ladder_prepare(ladder, story);

	pic->alone = ladder->alone;
	if (!err)
		err = items_collect(story, false, &ladder->items);
	if (!err)
		err = layout_run(&layout, options);
	layout_free(&layout);
	items_free(&ladder->items);
	numbers_free(&ladder->numbers);
	return err;
}

int picture_layout(const struct record *rec, const struct picture_options *options,
                   struct picture *pic)
{
	struct ladder ladder = {.utf8 = true};
	struct story story;
	int err;

	*pic = (struct picture){0};
	pic->title = picture_text(pic, "%s%s%s", rec->probe, *rec->title ? "  " : "", rec->title);
	err = story_build(rec, &story);
	if (err)
		return err;
	err = ladder_picture(&ladder, &story, options, pic);
	story_free(&story);
	return err;
}

int ladder_svg(const struct record *rec, FILE *out)
{
	struct picture pic;
	int err = picture_layout(rec, &(struct picture_options){0}, &pic);

	if (!err)
		picture_print(&pic, true, out);
	picture_free(&pic);
	return err ? err : ferror(out) ? -EIO : 0;
}
