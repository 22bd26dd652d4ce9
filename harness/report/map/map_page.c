// SPDX-License-Identifier: GPL-2.0-or-later
/* map_page: the map as a table: what a picture has no room for, and who cannot see one. */
#include "map.h"

static void witness_cell(const struct state_map *map, const struct map_links *links,
                         const struct map_seen *seen, FILE *out)
{
	const char *anchor = seen->count ? links->anchor(links->arg, seen->records[0]) : NULL;

	fputs("<td data-label=\"seen in\">", out);
	if (anchor)
		fprintf(out, "<a href=\"#%s\">", anchor);
	map_witnesses(map, seen, out);
	fputs(anchor ? "</a></td></tr>\n" : "</td></tr>\n", out);
}

static void edge_row(const struct state_map *map, const struct map_links *links, size_t index,
                     FILE *out)
{
	const struct map_edge *edge = &map_edges[index];
	const struct map_way *way = &map_ways[edge->line];
	bool denied = map_edge_denied(edge);

	fprintf(out, "<tr><th scope=\"row\">%s \xe2\x86\x92 %s</th><td data-label=\"event\">",
	        map_boxes[way->from].name, map_boxes[way->to].name);
	markup_text(out, edge->event);
	fputs("</td><td data-label=\"in Linux\">", out);
	if (denied)
		fputs("<b class=\"mark qualified\">not in Linux</b> ", out);
	markup_text(out, edge->function);
	fprintf(out, "</td><td data-label=\"RFC 9293\">%s</td>",
	        *edge->rfc ? edge->rfc : "Linux's own");
	witness_cell(map, links, &map->seen[index], out);
}

static void stray_row(const struct state_map *map, const struct map_links *links,
                      const struct map_stray *stray, FILE *out)
{
	fprintf(out, "<tr><th scope=\"row\">%s \xe2\x86\x92 %s</th><td data-label=\"event\">",
	        map_boxes[stray->from].name, map_boxes[stray->to].name);
	markup_text(out, stray->cause);
	fprintf(out, "</td><td data-label=\"in Linux\">%s</td><td data-label=\"RFC 9293\"></td>",
	        stray->traced ? "<b class=\"mark refuted\">not on the map</b>"
	                      : "two readings; what lay between was not seen");
	witness_cell(map, links, &stray->seen, out);
}

void map_print_table(const struct state_map *map, const struct map_links *links, FILE *out)
{
	fputs("<table class=\"findings\">\n<thead><tr><th scope=\"col\">way</th>"
	      "<th scope=\"col\">event</th><th scope=\"col\">in Linux</th>"
	      "<th scope=\"col\">RFC 9293</th><th scope=\"col\">seen in</th></tr></thead>\n<tbody>",
	      out);
	for (size_t i = 0; i < map_edge_count; i++)
		edge_row(map, links, i, out);
	for (size_t i = 0; i < map->stray_count; i++)
		stray_row(map, links, &map->strays[i], out);
	fputs("</tbody></table>\n", out);
}
