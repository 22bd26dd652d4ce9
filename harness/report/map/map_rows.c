// SPDX-License-Identifier: GPL-2.0-or-later
/* map_rows: the map as rows, one an edge. */
#include <errno.h>
#include <string.h>

#include "../../base/buffer.h"
#include "../grid.h"
#include "../heading.h"
#include "map.h"

struct rows {
	struct grid *grid;
	const struct state_map *map;
	const char *whom; /* was asked */
};

/* The records' kernels, or their probes, each once. */
static void put_names(struct rows *rows, const struct map_seen *seen, bool kernels)
{
	struct buffer names = {0};
	const char *text;

	for (size_t i = 0; i < seen->count; i++) {
		const struct record *rec = seen->records[i];
		bool is_new = kernels ? map_kernel_is_new(seen->records, i)
		                      : map_probe_is_new(seen->records, i);

		if (is_new)
			buffer_add(&names, "%s%s", names.used ? " " : "",
			           kernels ? rec->run.kernel : rec->probe);
	}
	text = buffer_text(&names);
	rows->grid->no_memory |= !text;
	grid_put(rows->grid, "%s", text ? text : "");
	buffer_free(&names);
}

static void put_seen(struct rows *rows, const struct map_seen *seen)
{
	size_t probes = 0;

	for (size_t i = 0; i < seen->count; i++)
		probes += map_probe_is_new(seen->records, i);
	grid_put(rows->grid, "%zu", probes);
	grid_put(rows->grid, "%s", seen->count ? seen->records[0]->probe : "");
	put_names(rows, seen, true);
	put_names(rows, seen, false);
}

static void put_edge(struct rows *rows, size_t index)
{
	const struct map_edge *edge = &map_edges[index];
	const struct map_way *way = &map_ways[edge->line];
	const struct map_seen *seen = &rows->map->seen[index];

	grid_put(rows->grid, "%s", rows->whom);
	grid_put(rows->grid, "%s", map_boxes[way->from].name);
	grid_put(rows->grid, "%s", map_boxes[way->to].name);
	grid_put(rows->grid, "%s", edge->event);
	grid_put(rows->grid, "%s", edge->function);
	grid_put(rows->grid, "%s", edge->rfc);
	grid_put(rows->grid, "%s",
	         map_edge_denied(edge) ? "not in Linux"
	         : !seen->count        ? "not seen"
	         : seen->traced        ? "seen"
	                               : "read, not traced");
	put_seen(rows, seen);
}

static void put_stray(struct rows *rows, const struct map_stray *stray)
{
	grid_put(rows->grid, "%s", rows->whom);
	grid_put(rows->grid, "%s", map_boxes[stray->from].name);
	grid_put(rows->grid, "%s", map_boxes[stray->to].name);
	grid_put(rows->grid, "%s", stray->cause);
	grid_put(rows->grid, "%s", "");
	grid_put(rows->grid, "%s", "");
	grid_put(rows->grid, "%s",
	         stray->traced ? "not on the map" : "two readings; what lay between was not seen");
	put_seen(rows, &stray->seen);
}

int map_ways_put(struct grid *grid, const struct record *const *records, size_t count)
{
	static const struct grid_column columns[] = {
		{"asked", GRID_CONTEXT},
		{"from", 0},
		{"to", 0},
		{"event", 0},
		{"function", 0},
		{"rfc_9293", 0},
		{"verdict", 0},
		{"probes", GRID_NUMBER},
		{"for_example", 0},
		{"kernels", GRID_PROGRAMS},
		{"seen_in", GRID_PROGRAMS},
	};
	struct state_map map;
	struct buffer whom = {0};
	struct rows rows = {.grid = grid, .map = &map};
	int err = state_map_build(records, count, &map);

	heading_add_words(&whom, records, count);
	rows.whom = buffer_text(&whom);
	if (!err && rows.whom) {
		grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
		for (size_t i = 0; i < map_edge_count; i++)
			put_edge(&rows, i);
		for (size_t i = 0; i < map.stray_count; i++)
			put_stray(&rows, &map.strays[i]);
	}
	state_map_free(&map);
	if (!rows.whom)
		err = -ENOMEM;
	buffer_free(&whom);
	return err;
}
