// SPDX-License-Identifier: GPL-2.0-or-later
/* states: the state map of all records of the page. */
#include <stdlib.h>

#include "../map/map.h"
#include "page.h"

/* Where on the page the probe of a record is. */
static const char *anchor_of(const void *arg, const struct record *rec)
{
	const struct page *page = arg;

	for (size_t i = 0; i < page->mx.block_count; i++)
		for (size_t j = 0; j < page->count; j++)
			if (page_record(page, i, j) == rec)
				return page->anchors[i];
	return NULL;
}

static void counts_print(const struct state_map *map, FILE *out)
{
	size_t seen = 0, ways = 0, denied = 0;

	for (size_t i = 0; i < map_edge_count; i++) {
		if (map_edge_denied(&map_edges[i])) {
			denied++;
			continue;
		}
		ways++;
		seen += map->seen[i].count > 0;
	}
	fprintf(out,
	        "<p>Of %zu ways from one state to another these probes show %zu. RFC 9293 has "
	        "%zu more, which Linux has not. A way that was seen leads to a probe that shows "
	        "it; "
	        "%s.</p>\n",
	        ways, seen, denied,
	        map->stray_count ? "what was seen and has no way here stands below"
	                         : "nothing was seen that has no way here");
}

static void section_print(const struct state_map *map, const struct page *page)
{
	const struct map_links links = {.anchor = anchor_of, .arg = page};
	FILE *out = page->out;

	fputs("<section aria-labelledby=\"states\"><h2 id=\"states\">States</h2>\n", out);
	counts_print(map, out);
	fputs("<details class=\"drawn states\"><summary>State map: RFC 9293, figure 5, and what "
	      "Linux adds</summary>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"State "
	      "map\">\n",
	      out);
	map_print(map, &links, false, out);
	fputs("</div></details>\n<details class=\"drawn\"><summary>The same as a table"
	      "</summary>\n",
	      out);
	map_print_table(map, &links, out);
	fputs("</details></section>\n", out);
}

void page_states_print(struct page *page)
{
	const struct record **records;
	struct state_map map;
	size_t count = 0;

	for (size_t i = 0; i < page->count; i++)
		count += page->own[i].count;
	records = calloc(count + 1, sizeof(const struct record *));
	if (!records) {
		page->failed = true;
		return;
	}
	count = 0;
	for (size_t i = 0; i < page->count; i++)
		for (size_t j = 0; j < page->own[i].count; j++)
			records[count++] = page->own[i].records[j];
	if (state_map_build(records, count, &map) < 0)
		page->failed = true;
	else
		section_print(&map, page);
	state_map_free(&map);
	free(records);
}
