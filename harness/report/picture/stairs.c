// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stairs: what was sent again and again, as a staircase: a row a send, time to the right. Behind
 * each step is the band in which the model expects its end.
 *
 * All is drawn from what the record keeps of the judge's comparison; nothing is predicted here.
 */
#include <string.h>

#include "../markup.h"
#include "picture.h"

#define WORDS_PIXELS 380
#define PLOT_PIXELS 480
#define CLOSE_PIXELS 60 /* of a band drawn alike wide for all */
#define CLOSE_X (WORDS_PIXELS + PLOT_PIXELS + 60)
#define WIDTH (CLOSE_X + CLOSE_PIXELS + 30)
#define ROW_PIXELS 18
#define TOP 34
#define TICKS 4
#define BAND_LEAST 3

struct stairs {
	const struct interval *items;
	size_t count;
	int64_t from_ns, to_ns;
	FILE *out;
};

static bool same_schedule(const struct interval *a, const struct interval *b)
{
	return !strcmp(a->claim, b->claim) && !strcmp(a->in_case, b->in_case) &&
	       a->number < b->number;
}

size_t stairs_count(const struct record *rec, size_t first)
{
	size_t count = 1;

	while (first + count < rec->interval_count &&
	       same_schedule(&rec->intervals[first + count - 1], &rec->intervals[first + count]))
		count++;
	return count;
}

/* The last that is drawn: as late as any send, or as it was expected. */
static int64_t last_ns(const struct interval *items, size_t count)
{
	int64_t last = items[0].from_ns;

	for (size_t i = 0; i < count; i++) {
		int64_t left_ns = items[i].hi_ns;

		/* a record may say anything */
		if (left_ns > INT64_MAX - items[i].from_ns)
			left_ns = INT64_MAX - items[i].from_ns;
		last = items[i].at_ns > last ? items[i].at_ns : last;
		last = items[i].from_ns + left_ns > last ? items[i].from_ns + left_ns : last;
	}
	return last;
}

static int x_of(const struct stairs *stairs, double t_ns)
{
	double all = (double)stairs->to_ns - (double)stairs->from_ns;
	double part = all > 0 ? (t_ns - (double)stairs->from_ns) / all : 0;

	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return WORDS_PIXELS + (int)(PLOT_PIXELS * part);
}

static bool as_expected(const struct interval *item)
{
	int64_t after_ns = item->at_ns - item->from_ns;

	return item->at_ns && item->hi_ns && after_ns >= item->lo_ns && after_ns <= item->hi_ns;
}

static void row_words(const struct stairs *stairs, const struct interval *item, int y)
{
	struct value after = {.kind = VALUE_TIME,
	                      .lo = item->at_ns - item->from_ns,
	                      .hi = item->at_ns - item->from_ns};
	struct value band = {.kind = VALUE_TIME, .lo = item->lo_ns, .hi = item->hi_ns};
	char measured[48], predicted[48];

	fprintf(stairs->out, "<text class=\"e%s\" x=\"%d\" y=\"%d\">send %u ",
	        as_expected(item) ? "" : " lo", WORDS_PIXELS - 14, y + 4, item->number);
	if (item->at_ns)
		fprintf(stairs->out, "after %s", value_text(&after, measured, sizeof(measured)));
	else
		fputs("did not leave", stairs->out);
	if (item->hi_ns)
		fprintf(stairs->out, "; predicted %s",
		        value_text(&band, predicted, sizeof(predicted)));
	else
		fputs("; none predicted", stairs->out);
	fputs("</text>\n", stairs->out);
}

static void row_band(const struct stairs *stairs, const struct interval *item, int y)
{
	int x = x_of(stairs, (double)item->from_ns + (double)item->lo_ns);
	int end = x_of(stairs, (double)item->from_ns + (double)item->hi_ns);

	if (end - x < BAND_LEAST) {
		x -= 1;
		end = x + BAND_LEAST;
	}
	if (item->hi_ns)
		fprintf(stairs->out,
		        "<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", x,
		        y - 7, end - x, 14);
}

/* A step: level as long as nothing is sent, then down to the next. */
static void row_step(const struct stairs *stairs, size_t index, int y)
{
	const struct interval *item = &stairs->items[index];
	int x = x_of(stairs, (double)item->from_ns), end = x_of(stairs, (double)item->at_ns);

	if (!item->at_ns) {
		end = x_of(stairs, (double)item->from_ns + (double)item->hi_ns);
		fprintf(stairs->out, "<path class=\"rs\" d=\"M%d %dl8 8m0 -8l-8 8\"/>\n", end - 4,
		        y - 4);
		return;
	}
	fprintf(stairs->out, "<path class=\"r\" d=\"M%d %dH%d", x, y, end);
	if (index + 1 < stairs->count)
		fprintf(stairs->out, "V%d", y + ROW_PIXELS);
	fprintf(stairs->out, "\"/><circle%s cx=\"%d\" cy=\"%d\" r=\"3\"/>\n",
	        as_expected(item) ? "" : " class=\"out\"", end, y);
}

/* Where in its band a send is; one that is outside stands beside it. */
static void row_close(const struct stairs *stairs, const struct interval *item, int y)
{
	double wide = (double)item->hi_ns - (double)item->lo_ns;
	double part =
		wide > 0
			? ((double)item->at_ns - (double)item->from_ns - (double)item->lo_ns) / wide
			: 0.5;

	if (!item->hi_ns)
		return;
	fprintf(stairs->out, "<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"8\"/>",
	        CLOSE_X, y - 4, CLOSE_PIXELS);
	part = part < -0.2 ? -0.2 : part > 1.2 ? 1.2 : part;
	if (item->at_ns)
		fprintf(stairs->out, "<circle%s cx=\"%d\" cy=\"%d\" r=\"3\"/>",
		        as_expected(item) ? "" : " class=\"out\"",
		        CLOSE_X + (int)(CLOSE_PIXELS * part), y);
	fputc('\n', stairs->out);
}

static void axis_print(const struct stairs *stairs, int bottom)
{
	char words[24];

	for (int i = 0; i <= TICKS; i++) {
		double part = (double)i / TICKS;
		double all = (double)stairs->to_ns - (double)stairs->from_ns;
		int x = WORDS_PIXELS + (int)(PLOT_PIXELS * part);

		fprintf(stairs->out,
		        "<path class=\"g\" d=\"M%d %dV%d\"/><text class=\"di m\" x=\"%d\" "
		        "y=\"%d\">%s</text>\n",
		        x, TOP - 10, bottom, x, TOP - 16,
		        i ? duration_text((int64_t)(all * part), words, sizeof(words)) : "0");
	}
	fprintf(stairs->out, "<text class=\"di m\" x=\"%d\" y=\"%d\">in its band</text>\n",
	        CLOSE_X + CLOSE_PIXELS / 2, TOP - 16);
}

void stairs_print(const struct record *rec, size_t first, FILE *out)
{
	struct stairs stairs = {.items = &rec->intervals[first],
	                        .count = stairs_count(rec, first),
	                        .from_ns = rec->intervals[first].from_ns,
	                        .out = out};
	int bottom = TOP + ROW_PIXELS * (int)stairs.count;

	stairs.to_ns = last_ns(stairs.items, stairs.count);
	fprintf(out,
	        "<svg class=\"ladder\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
	        "role=\"img\"><title>",
	        WIDTH, bottom + 6, WIDTH, bottom + 6);
	markup_format(out, "Each send of %s, %s, and when it was expected", rec->probe,
	              stairs.items->claim);
	fputs("</title>\n", out);
	axis_print(&stairs, bottom);
	for (size_t i = 0; i < stairs.count; i++) {
		int y = TOP + ROW_PIXELS * (int)i + ROW_PIXELS / 2;

		row_band(&stairs, &stairs.items[i], y);
		row_step(&stairs, i, y);
		row_close(&stairs, &stairs.items[i], y);
		row_words(&stairs, &stairs.items[i], y);
	}
	fputs("</svg>\n", out);
}
