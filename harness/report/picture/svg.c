// SPDX-License-Identifier: GPL-2.0-or-later
/* svg: a picture's shapes as SVG. Classes only; the style sheet has the colours. */
#include <assert.h>

#include "../markup.h"
#include "picture.h"

static const char style_sheet[] = {
#include "picture.css.h"
};

/* Short, since there are thousands of them on a page. */
static const char *const paint_classes[] = {
	[PAINT_PLAIN] = "",  [PAINT_TITLE] = "ti", [PAINT_DIM] = "di",  [PAINT_STATE] = "st",
	[PAINT_CALL] = "ca", [PAINT_LOSS] = "lo",  [PAINT_NOTE] = "no", [PAINT_LATE] = "la",
	[PAINT_WIRE] = "wi", [PAINT_SYN] = "sy",   [PAINT_FIN] = "fi",  [PAINT_RST] = "rs",
	[PAINT_HELD] = "he",
};
static_assert(sizeof(paint_classes) / sizeof(paint_classes[0]) == PAINT_COUNT, "a class each");

static const char *const anchor_classes[] = {
	[ANCHOR_START] = "", [ANCHOR_MIDDLE] = "m", [ANCHOR_END] = "e"};
static_assert(sizeof(anchor_classes) / sizeof(anchor_classes[0]) == ANCHOR_COUNT, "a class each");

static void title_print(const char *title, FILE *out)
{
	fputs("<title>", out);
	markup_text(out, title);
	fputs("</title>", out);
}

static void piece_print(const struct piece *piece, FILE *out)
{
	if (piece->paint == PAINT_PLAIN) {
		markup_text(out, piece->text);
		return;
	}
	fprintf(out, "<tspan class=\"%s\">", paint_classes[piece->paint]);
	markup_text(out, piece->text);
	fputs("</tspan>", out);
}

/* Both classes of a line that is one piece: most are. */
static void class_print(const char *anchor, const char *paint, FILE *out)
{
	if (*anchor || *paint)
		fprintf(out, " class=\"%s%s%s\"", anchor, *anchor && *paint ? " " : "", paint);
}

static void words_print(const struct picture *pic, const struct words_shape *words, FILE *out)
{
	const struct piece *pieces = &pic->pieces[words->piece];
	const char *anchor = words->upward ? "u" : anchor_classes[words->anchor];
	bool one = words->count == 1;

	if (words->upward)
		fprintf(out, "<text transform=\"translate(%d %d)rotate(-90)\"", words->x, words->y);
	else
		fprintf(out, "<text x=\"%d\" y=\"%d\"", words->x, words->y);
	class_print(anchor, one && !words->upward ? paint_classes[pieces->paint] : "", out);
	fputc('>', out);
	for (unsigned int i = 0; i < words->count; i++)
		if (one)
			markup_text(out, pieces->text);
		else
			piece_print(&pieces[i], out);
	fputs("</text>\n", out);
}

static void rect_print(const struct span_shape *span, const char *class, FILE *out)
{
	fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"", class,
	        span->x, span->y, SPAN_PIXELS, span->height);
}

/* The same colour for a mini-socket, and hatched. */
static void span_print(const struct span_shape *span, FILE *out)
{
	rect_print(span, state_name(span->state), out);
	fputc('>', out);
	title_print(span->title, out);
	fputs("</rect>\n", out);
	if (!span->mini)
		return;
	rect_print(span, "mini", out);
	fputs("/>\n", out);
}

static void tip_print(const struct path_shape *path, FILE *out)
{
	const struct point *end = &path->points[path->count - 1], *before = end - 1;
	int back = end->x > before->x ? -8 : 8;

	switch (path->tip) {
	case TIP_ARROW:
		fprintf(out, "m%d -4l%d 4l%d 4", back, -back, back);
		return;
	case TIP_CROSS:
		fputs("m-4 -4l8 8m0 -8l-8 8", out);
		return;
	case TIP_HELD:
		fputs("m-3 -4h6v8h-6z", out);
		return;
	case TIP_NONE:
		return;
	}
}

/* From the second point to the third it waits: a line of its own, that may be dashed. */
static void path_print(const struct path_shape *path, FILE *out)
{
	const char *class = paint_classes[path->paint];

	fprintf(out, "<path%s%s%s d=\"", *class ? " class=\"" : "", class, *class ? "\"" : "");
	if (path->from_wire)
		fprintf(out, "M%d %dl5 5l5 -5l-5 -5z", path->points[0].x - 5, path->points[0].y);
	for (unsigned int i = 0; i < path->count; i++)
		fprintf(out, "%c%d %d", !i || (path->waits && i == 2) ? 'M' : 'L',
		        path->points[i].x, path->points[i].y);
	tip_print(path, out);
	fputs("\">", out);
	title_print(path->title, out);
	fputs("</path>\n", out);
	if (path->waits)
		fprintf(out, "<path class=\"he w\" d=\"M%d %dV%d\"/>\n", path->points[1].x,
		        path->points[1].y, path->points[2].y);
}

static void bracket_print(const struct bracket_shape *bracket, FILE *out)
{
	int arm = bracket->side == SIDE_CLIENT ? 4 : -4;

	fprintf(out, "<path class=\"b%s\" d=\"M%d %dh%dV%d",
	        bracket->end == BRACKET_BEYOND ? " w" : "", bracket->x + arm, bracket->y, -arm,
	        bracket->end_y);
	if (bracket->end == BRACKET_FIRED)
		fprintf(out, "h%d", arm);
	else if (bracket->end == BRACKET_STOPPED)
		fputs("m-3 -3l6 6m0 -6l-6 6", out);
	fputs("\">", out);
	title_print(bracket->title, out);
	fputs("</path>\n", out);
}

/* A zigzag across a rail. */
static void zigzag_print(int x, int y, FILE *out)
{
	fprintf(out, "M%d %dl10 4l-10 4l10 4", x - 5, y - 6);
}

static void rails_print(const struct picture *pic, FILE *out)
{
	unsigned int sides = pic->alone ? 1 : SIDE_COUNT;
	int middle = (pic->rail[SIDE_CLIENT] + pic->rail[SIDE_SERVER]) / 2;

	fputs("<path class=\"r\" d=\"", out);
	for (unsigned int side = 0; side < sides; side++)
		fprintf(out, "M%d %dV%d", pic->rail[side], pic->top, pic->bottom);
	fputs("\"/>\n", out);
	for (size_t i = 0; i < pic->break_count; i++) {
		int y = pic->breaks[i].y;

		fprintf(out, "<path class=\"g\" d=\"M%d %dH%dM%d %dH%d\"/><path class=\"z\" d=\"",
		        pic->rail[SIDE_CLIENT] + 10, y, middle - pic->breaks[i].gap / 2,
		        middle + pic->breaks[i].gap / 2, y, pic->rail[SIDE_SERVER] - 10);
		for (unsigned int side = 0; side < sides; side++)
			zigzag_print(pic->rail[side], y, out);
		fputs("\"/>\n", out);
	}
}

static void shapes_print(const struct picture *pic, FILE *out)
{
	rails_print(pic, out);
	for (size_t i = 0; i < pic->span_count; i++)
		span_print(&pic->spans[i], out);
	for (size_t i = 0; i < pic->bracket_count; i++)
		bracket_print(&pic->brackets[i], out);
	for (size_t i = 0; i < pic->path_count; i++)
		path_print(&pic->paths[i], out);
	for (size_t i = 0; i < pic->word_count; i++)
		words_print(pic, &pic->words[i], out);
}

void picture_print_hatch(FILE *out)
{
	fputs("<defs><pattern id=\"hatch\" width=\"4\" height=\"4\" "
	      "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	      "<path class=\"hatch\" d=\"M1 0V4\"/></pattern></defs>\n",
	      out);
}

void picture_print_style(FILE *out)
{
	fputs(style_sheet, out);
}

void picture_print(const struct picture *pic, bool alone, FILE *out)
{
	fputs("<svg class=\"ladder\" ", out);
	if (alone)
		fputs("xmlns=\"http://www.w3.org/2000/svg\" ", out);
	fprintf(out, "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n", pic->width,
	        pic->height, pic->width, pic->height);
	title_print(pic->title, out);
	if (alone) {
		fputs("\n<style>\n", out);
		picture_print_style(out);
		fputs("</style>\n", out);
		picture_print_hatch(out);
	}
	shapes_print(pic, out);
	fputs("</svg>\n", out);
}
