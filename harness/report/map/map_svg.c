// SPDX-License-Identifier: GPL-2.0-or-later
/* map_svg: the map as SVG. Classes only; the style sheet has the colours. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "../report.h"
#include "map.h"

static const char style_sheet[] = {
#include "map.css.h"
};

static const char *const extent_classes[] = {
	[EXTENT_NONE] = "un", [EXTENT_SOME] = "some", [EXTENT_ALL] = "all"};
static_assert(sizeof(extent_classes) / sizeof(extent_classes[0]) == EXTENT_COUNT, "a class each");

struct drawing {
	const struct state_map *map;
	const struct map_links *links; /* NULL: none */
	FILE *out;
	int y; /* of what is written below the map */
};

/* ---- boxes and lines ---- */

static void box_print(const struct map_box *box, FILE *out)
{
	int x = box->x - MAP_BOX_WIDTH / 2, y = box->y - MAP_BOX_HEIGHT / 2;

	fprintf(out,
	        "<rect class=\"box%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>"
	        "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>"
	        "<text class=\"rfc\" x=\"%d\" y=\"%d\">%s</text>\n",
	        box->mini ? " mini" : "", x, y, MAP_BOX_WIDTH, MAP_BOX_HEIGHT, box->x, box->y - 1,
	        box->name, box->x, box->y + 11,
	        box->mini ? strcmp(box->name, "NEW_SYN_RECV") ? "time-wait sock" : "request sock"
	                  : box->rfc);
}

/* As its best edge; the RFC's own where it has no other. */
static const char *line_class(const struct state_map *map, enum map_line line)
{
	enum map_extent best = EXTENT_NONE;

	for (size_t i = 0; i < map_edge_count; i++) {
		if (map_edges[i].line != line)
			continue;
		if (map_edge_denied(&map_edges[i]))
			return "no";
		if (map_extent_of(map, &map->seen[i]) > best)
			best = map_extent_of(map, &map->seen[i]);
	}
	return extent_classes[best];
}

/* An arrow along the last of its stretches, which all are level or upright. */
static void tip_print(struct map_point before, struct map_point end, FILE *out)
{
	int dx = end.x > before.x ? 1 : end.x < before.x ? -1 : 0;
	int dy = end.y > before.y ? 1 : end.y < before.y ? -1 : 0;

	fprintf(out, "M%d %dL%d %dL%d %d", end.x - 8 * dx - 4 * dy, end.y - 8 * dy - 4 * dx, end.x,
	        end.y, end.x - 8 * dx + 4 * dy, end.y - 8 * dy + 4 * dx);
}

static unsigned int way_points(const struct map_way *way)
{
	unsigned int count = 0;

	while (count < MAP_POINTS && way->points[count].x)
		count++;
	return count;
}

static void line_print(const struct state_map *map, enum map_line line, FILE *out)
{
	const struct map_way *way = &map_ways[line];
	unsigned int count = way_points(way);

	if (!count)
		return;
	fprintf(out, "<path class=\"%s\" d=\"", line_class(map, line));
	for (unsigned int i = 0; i < count; i++)
		fprintf(out, "%c%d %d", i ? 'L' : 'M', way->points[i].x, way->points[i].y);
	tip_print(way->points[count - 2], way->points[count - 1], out);
	fputs("\"/>\n", out);
}

/* ---- words ---- */

static void title_print(const struct state_map *map, const struct map_edge *edge,
                        const struct map_seen *seen, FILE *out)
{
	const struct map_way *way = &map_ways[edge->line];

	fprintf(out, "<title>%s to %s: ", map_boxes[way->from].name, map_boxes[way->to].name);
	markup_text(out, edge->event);
	fputs(map_edge_denied(edge) ? ". Linux has no such edge: " : ". ", out);
	markup_text(out, edge->function);
	if (*edge->rfc)
		fprintf(out, "; RFC 9293 %s", edge->rfc);
	fputs(map_edge_denied(edge) ? ". Shown by: " : ". Seen in: ", out);
	map_witnesses(map, seen, out);
	fputs("</title>", out);
}

static const char *seen_anchor(const struct drawing *d, const struct map_seen *seen)
{
	return d->links && seen->count ? d->links->anchor(d->links->arg, seen->records[0]) : NULL;
}

static void link_begin(const struct drawing *d, const char *anchor)
{
	if (anchor)
		fprintf(d->out, "<a href=\"#%s\">", anchor);
}

static void link_end(const struct drawing *d, const char *anchor)
{
	fputs(anchor ? "</a>\n" : "\n", d->out);
}

static void event_print(const struct drawing *d, size_t index, int x, int y)
{
	const struct map_edge *edge = &map_edges[index];
	const struct map_seen *seen = &d->map->seen[index];
	const char *anchor = seen_anchor(d, seen);

	link_begin(d, anchor);
	fprintf(d->out, "<text class=\"%s%s\" x=\"%d\" y=\"%d\">",
	        map_edge_denied(edge) ? "no" : extent_classes[map_extent_of(d->map, seen)],
	        map_ways[edge->line].end ? " e" : "", x, y);
	title_print(d->map, edge, seen, d->out);
	if (map_edge_denied(edge))
		fputs("\xe2\x9c\x95 ", d->out);
	markup_text(d->out, edge->event);
	fputs("</text>", d->out);
	link_end(d, anchor);
}

/* Words alone stand beside their box: where they lead is said. */
static const char *list_head(const struct map_way *way)
{
	return way->from == way->to ? "stays" : "to CLOSE";
}

static void words_print(const struct drawing *d, enum map_line line)
{
	const struct map_way *way = &map_ways[line];
	const char *class = way->end ? "dim e" : "dim";
	bool alone = !way_points(way);
	int x = way->words.x, y = way->words.y;

	if (!x)
		return; /* told below the map */
	if (alone) {
		fprintf(d->out, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, y,
		        list_head(way));
		y += MAP_LINE_PIXELS;
	}
	for (size_t i = 0; i < map_edge_count; i++)
		if (map_edges[i].line == line) {
			event_print(d, i, x, y);
			y += MAP_LINE_PIXELS;
		}
	if (!alone && *way->action)
		fprintf(d->out, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, y,
		        way->action);
}

/* ---- below the map ---- */

static void note_begin(struct drawing *d, const char *class)
{
	fprintf(d->out, "<text class=\"%s\" x=\"20\" y=\"%d\">", class, d->y);
	d->y += MAP_LINE_PIXELS + 3;
}

static bool strays_traced(const struct state_map *map)
{
	for (size_t i = 0; i < map->stray_count; i++)
		if (map->strays[i].traced)
			return true;
	return false;
}

static void legend_print(struct drawing *d)
{
	static const struct {
		const char *class, *words;
	} items[] = {
		{"all", "seen"},
		{"some", "seen on some of the kernels"},
		{"un", "not seen by these probes"},
		{"no", "\xe2\x9c\x95 in RFC 9293, not in Linux"},
		{"stray", "! seen, and not on this map"},
	};
	int y = 24;

	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		if ((i == 1 && d->map->kernels < 2) || (i == 4 && !strays_traced(d->map)))
			continue;
		fprintf(d->out, "<text class=\"%s\" x=\"20\" y=\"%d\">%s</text>\n", items[i].class,
		        y, items[i].words);
		y += MAP_LINE_PIXELS + 3;
	}
}

/* What the RFC has and Linux has not, and who shows that. */
static void denied_print(struct drawing *d)
{
	for (size_t i = 0; i < map_edge_count; i++) {
		const struct map_edge *edge = &map_edges[i];
		const struct map_way *way = &map_ways[edge->line];
		const char *anchor = seen_anchor(d, &d->map->seen[i]);

		if (!map_edge_denied(edge))
			continue;
		link_begin(d, anchor);
		note_begin(d, "no");
		title_print(d->map, edge, &d->map->seen[i], d->out);
		fprintf(d->out, "\xe2\x9c\x95 %s to %s, %s%s%s: ", map_boxes[way->from].rfc,
		        map_boxes[way->to].rfc, edge->event, *way->action ? " / " : "",
		        way->action);
		markup_text(d->out, edge->function);
		fputs(d->map->seen[i].count ? ". Shown by " : ": not asked", d->out);
		if (d->map->seen[i].count)
			markup_text(d->out, d->map->seen[i].records[0]->probe);
		fputs("</text>", d->out);
		link_end(d, anchor);
	}
}

static void strays_print(struct drawing *d)
{
	for (size_t i = 0; i < d->map->stray_count; i++) {
		const struct map_stray *stray = &d->map->strays[i];
		const char *anchor = seen_anchor(d, &stray->seen);

		link_begin(d, anchor);
		note_begin(d, stray->traced ? "stray" : "un");
		fprintf(d->out, "%s%s to %s by ", stray->traced ? "! " : "",
		        map_boxes[stray->from].name, map_boxes[stray->to].name);
		markup_text(d->out, stray->cause);
		fputs(stray->traced ? ": not on this map. Seen in "
		                    : ": two readings, and what lay between was not seen. In ",
		      d->out);
		map_witnesses(d->map, &stray->seen, d->out);
		fputs("</text>", d->out);
		link_end(d, anchor);
	}
}

static size_t denied_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < map_edge_count; i++)
		count += map_edge_denied(&map_edges[i]);
	return count;
}

void map_print_style(FILE *out)
{
	fputs(style_sheet, out);
}

void map_print(const struct state_map *map, const struct map_links *links, bool alone, FILE *out)
{
	struct drawing d = {.map = map, .links = links, .out = out, .y = MAP_HEIGHT};
	int height = MAP_HEIGHT + (MAP_LINE_PIXELS + 3) * (int)(denied_count() + map->stray_count);

	fprintf(out,
	        "<svg class=\"map\" %sviewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
	        "role=\"img\">\n<title>The states of TCP, and which ways between them were "
	        "seen</title>\n",
	        alone ? "xmlns=\"http://www.w3.org/2000/svg\" " : "", MAP_WIDTH, height, MAP_WIDTH,
	        height);
	if (alone) {
		fputs("<style>\n", out);
		map_print_style(out);
		fputs("</style>\n", out);
	}
	legend_print(&d);
	for (unsigned int line = LINE_NONE + 1; line < LINE_COUNT; line++)
		line_print(map, (enum map_line)line, out);
	for (unsigned int node = 0; node < NODE_COUNT; node++)
		box_print(&map_boxes[node], out);
	for (unsigned int line = LINE_NONE + 1; line < LINE_COUNT; line++)
		words_print(&d, (enum map_line)line);
	denied_print(&d);
	strays_print(&d);
	fputs("</svg>\n", out);
}

int map_svg(const struct record *const *records, size_t count, FILE *out)
{
	struct state_map map;
	int err = state_map_build(records, count, &map);

	if (!err)
		map_print(&map, NULL, true, out);
	state_map_free(&map);
	return err ? err : ferror(out) ? -EIO : 0;
}
