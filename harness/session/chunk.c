// SPDX-License-Identifier: GPL-2.0-or-later
#include "chunk.h"

size_t chunk_count(int64_t total_ns)
{
	int64_t count = 1;

	/* @count tasks of total / count each begin within one of them: total / count / count apart. */
	while (count < CHUNKS_MOST && (count + 1) * CHUNK_LEAST_NS <= total_ns &&
	       (count + 1) * (count + 1) * CHUNK_APART_NS <= total_ns)
		count++;
	return (size_t)count;
}

void chunk_add(struct chunk_cutter *cutter, size_t end, int64_t cost_ns)
{
	double rest_ns = cutter->total_ns - cutter->cut_ns;

	cutter->sum_ns += (double)cost_ns;
	cutter->since++;
	/* A point longer than a chunk's share leaves less for the others, not a tiny one. */
	if (cutter->count + 1 >= cutter->chunks ||
	    cutter->sum_ns - cutter->cut_ns < rest_ns / (double)(cutter->chunks - cutter->count))
		return;
	cutter->ends[cutter->count++] = end;
	cutter->cut_ns = cutter->sum_ns;
	cutter->since = 0;
}

void chunk_end(struct chunk_cutter *cutter, size_t points)
{
	if (cutter->since)
		cutter->ends[cutter->count++] = points;
	else if (cutter->count)
		cutter->ends[cutter->count - 1] = points;
}

bool chunks_are_whole(const size_t *ends, size_t count, size_t points)
{
	size_t before = 0;

	for (size_t i = 0; i < count; i++) {
		if (ends[i] <= before)
			return false;
		before = ends[i];
	}
	return !count || before == points;
}
