// SPDX-License-Identifier: GPL-2.0-or-later
/* svg: plots as markup, all of a sweep's beside one another. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../markup.h"
#include "plot.h"

#define BAR 8 /* half of what is predicted for one value, in pixels */
#define CHAR_PIXELS 7

static const char style_sheet[] = {
#include "plot.css.h"
};

void plots_print_style(FILE *out)
{
	fputs(style_sheet, out);
}

/* ---- axes ---- */

/* Ticks are round: "200 ms", "10 s", "1000". */
static void tick_print(FILE *out, enum value_kind kind, int64_t value)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = {{NS_PER_S, " s"}, {NS_PER_MS, " ms"}, {1000, " us"}, {1, " ns"}};
	size_t i = 0;

	while (kind == VALUE_TIME && units[i].ns > 1 && value % units[i].ns)
		i++;
	if (kind == VALUE_TIME && value)
		fprintf(out, "%" PRId64 "%s", value / units[i].ns, units[i].name);
	else
		fprintf(out, "%" PRId64, value);
}

static void y_tick_print(const struct plot *plot, int y, int64_t value, FILE *out)
{
	int left = plot->x.from - 24;

	fprintf(out, "<path class=\"grid\" d=\"M%d %dH%d\"/><text class=\"e\" x=\"%d\" y=\"%d\">",
	        left, y, plot->width - 8, left - 6, y + 4);
	tick_print(out, plot->kind, value);
	fputs("</text>\n", out);
}

static void y_axis_print(const struct plot *plot, FILE *out)
{
	const struct scale *y = &plot->y;

	if (y->by_log && y->zero != y->from)
		y_tick_print(plot, y->zero, 0, out);
	for (int64_t tick = scale_tick_after(y, y->lo - 1); tick != INT64_MAX;
	     tick = scale_tick_after(y, tick))
		y_tick_print(plot, scale_at(y, tick), tick, out);
}

/* Each value that was run, where there is room for it. */
static void x_axis_print(const struct plot *plot, FILE *out)
{
	int free_from = 0, base = plot->height - 40;

	for (size_t i = 0; i < plot->count; i++) {
		const struct plot_mark *mark = &plot->marks[i];
		int half = CHAR_PIXELS * snprintf(NULL, 0, "%" PRId64, mark->value) / 2;

		if (mark->x - half < free_from)
			continue;
		free_from = mark->x + half + CHAR_PIXELS;
		fprintf(out,
		        "<path class=\"axis\" d=\"M%d %dv4\"/>"
		        "<text class=\"m\" x=\"%d\" y=\"%d\">%" PRId64 "</text>\n",
		        mark->x, base, mark->x, base + 16, mark->value);
	}
	fprintf(out, "<text class=\"m dim\" x=\"%d\" y=\"%d\">", plot->width / 2, base + 34);
	markup_text(out, plot->sweep->name);
	fputs(plot->x.by_log ? ", logarithmic</text>\n" : "</text>\n", out);
}

/* ---- marks ---- */

/* Along the upper ends of what is predicted and back along the lower ones. */
static void band_print(const struct plot *plot, FILE *out)
{
	char command = 'M';

	fputs("<path class=\"band\" d=\"", out);
	for (size_t i = 0; i < plot->count; i++)
		if (plot->marks[i].predicted.there) {
			fprintf(out, "%c%d %d", command, plot->marks[i].x,
			        plot->marks[i].predicted.top);
			command = 'L';
		}
	for (size_t i = plot->count; i-- > 0;)
		if (plot->marks[i].predicted.there)
			fprintf(out, "L%d %d", plot->marks[i].x, plot->marks[i].predicted.bottom);
	fputs(command == 'L' ? "Z\"/>\n" : "\"/>\n", out);
}

static void stretch_print(const struct plot_mark *mark, const struct stretch *stretch,
                          const char *class, FILE *out)
{
	int height = stretch->bottom - stretch->top;

	if (stretch->there)
		fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		        class, mark->x - BAR, stretch->top - (height < 3), 2 * BAR,
		        height < 3 ? 3 : height);
}

static void says_print(const struct plot_mark *mark, FILE *out)
{
	int middle = (mark->says.top + mark->says.bottom) / 2;

	if (mark->says.there)
		fprintf(out, "<path class=\"says\" d=\"M%d %dh%d\"/>\n", mark->x - BAR - 4, middle,
		        2 * BAR + 8);
}

static void phases_print_line(const struct plot_mark *mark, FILE *out)
{
	if (mark->phases.there)
		fprintf(out, "<path class=\"phases\" d=\"M%d %dh6m-3 0V%dm-3 0h6\"/>\n",
		        mark->x - 3, mark->phases.top, mark->phases.bottom);
}

static void part_print(FILE *out, const char *word, const struct value *value)
{
	char text[256];

	if (value->kind != VALUE_NONE)
		markup_format(out, ", %s %s", word, value_text(value, text, sizeof(text)));
}

static void dot_print(const struct plot *plot, const struct plot_mark *mark, FILE *out)
{
	const struct finding *finding = &mark->finding;

	fprintf(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"4\"><title>",
	        finding_undecided(finding)      ? "open"
	        : finding->model == MODEL_FAILS ? "fails"
	                                        : "dot",
	        mark->x, mark->y);
	markup_format(out, "%s %" PRId64, plot->sweep->name, mark->value);
	part_print(out, "measured", &finding->measured);
	if (mark->spread)
		part_print(out, "over all timer phases", &mark->spread->measured);
	part_print(out, "predicted", &finding->predicts);
	part_print(out, "says", &finding->says);
	fputs("</title></circle>\n", out);
}

static void plot_print(const struct plot *plot, FILE *out)
{
	char title[200];

	fprintf(out,
	        "<svg class=\"plot\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
	        "role=\"img\">\n<title>",
	        plot->width, plot->height, plot->width, plot->height);
	finding_title(plot->id, title, sizeof(title));
	markup_format(out, "%s against %s", title, plot->sweep->name);
	fputs("</title>\n<text class=\"name\" x=\"8\" y=\"16\">", out);
	markup_format(out, "%s%s", title, plot->y.by_log ? ", logarithmic" : "");
	fputs("</text>\n<text class=\"dim\" x=\"8\" y=\"31\">", out);
	markup_text(out, plot->id.claim);
	fputs("</text>\n", out);
	y_axis_print(plot, out);
	x_axis_print(plot, out);
	band_print(plot, out);
	for (size_t i = 0; i < plot->count; i++)
		stretch_print(&plot->marks[i], &plot->marks[i].predicted, "predicted", out);
	for (size_t i = 0; i < plot->count; i++) {
		says_print(&plot->marks[i], out);
		phases_print_line(&plot->marks[i], out);
		dot_print(plot, &plot->marks[i], out);
	}
	fputs("</svg>\n", out);
}

/* ---- a sweep ---- */

/* Has a run before @at told of this figure? */
static bool figure_told(const struct sweep *sweep, size_t at, struct finding_id id)
{
	for (size_t i = 0; i < at; i++)
		if (finding_find(sweep->runs[i].rec, id))
			return true;
	return false;
}

static int figures_print(const struct sweep *sweep, FILE *out)
{
	int err = 0;

	for (size_t i = 0; i < sweep->count; i++) {
		const struct record *rec = sweep->runs[i].rec;

		for (size_t j = 0; j < rec->finding_count && !err; j++) {
			struct finding_id id = finding_id_of(&rec->findings[j]);
			struct plot plot = {0};

			if (!figure_told(sweep, i, id))
				err = plot_layout(sweep, id, &plot);
			if (!err && plot.count)
				plot_print(&plot, out);
			plot_free(&plot);
		}
	}
	return err;
}

/* What else was set, the same for all of them. */
static void others_print(const struct settings *set, const char *name, FILE *out)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!strcmp(set->items[i].name, name))
			continue;
		fputs(", <code>", out);
		markup_format(out, "%s=%s", set->items[i].name, set->items[i].value);
		fputs("</code>", out);
	}
}

static int sweep_print(const struct sweep *sweep, FILE *out)
{
	const struct run_asked *asked = &sweep->runs[0].rec->run.asked;
	int err;

	fputs("<div class=\"sweep\"><p>What follows <code>", out);
	markup_text(out, sweep->name);
	fputs("</code> on Linux ", out);
	markup_text(out, sweep->runs[0].rec->run.kernel);
	others_print(&asked->sets, sweep->name, out);
	others_print(&asked->params, sweep->name, out);
	fputs(" <small>band: predicted; dot: measured, hollow where inconclusive, red where the "
	      "model "
	      "failed; dashed: what the text says; upright line: over all timer phases; what is "
	      "the "
	      "same for all values is not drawn</small></p>\n",
	      out);
	err = figures_print(sweep, out);
	fputs("</div>\n", out);
	return err;
}

int plots_print(const struct record *const *records, size_t count, FILE *out)
{
	struct sweeps sweeps;
	int err = sweeps_collect(records, count, &sweeps);

	for (size_t i = 0; i < sweeps.count && !err; i++)
		err = sweep_print(&sweeps.items[i], out);
	sweeps_free(&sweeps);
	return err;
}
