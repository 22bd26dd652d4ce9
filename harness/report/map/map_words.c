// SPDX-License-Identifier: GPL-2.0-or-later
/* map_words: who shows an edge, in words. */
#include <string.h>

#include "map.h"

#define PROBES_NAMED 4

bool map_kernel_is_new(const struct record *const *records, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!strcmp(records[i]->run.kernel, records[index]->run.kernel))
			return false;
	return true;
}

bool map_probe_is_new(const struct record *const *records, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!strcmp(records[i]->probe, records[index]->probe))
			return false;
	return true;
}

size_t map_kernels(const struct record *const *records, size_t count)
{
	size_t kernels = 0;

	for (size_t i = 0; i < count; i++)
		kernels += map_kernel_is_new(records, i);
	return kernels;
}

enum map_extent map_extent_of(const struct state_map *map, const struct map_seen *seen)
{
	if (!seen->count)
		return EXTENT_NONE;
	return map_kernels(seen->records, seen->count) < map->kernels ? EXTENT_SOME : EXTENT_ALL;
}

static void kernels_print(const struct map_seen *seen, FILE *out)
{
	const char *between = "";

	for (size_t i = 0; i < seen->count; i++) {
		const char *kernel = seen->records[i]->run.kernel;

		if (!map_kernel_is_new(seen->records, i))
			continue;
		fputs(between, out);
		markup_format(out, "%.*s", (int)(strspn(kernel, "0123456789.") ?: strlen(kernel)),
		              kernel);
		between = ", ";
	}
}

static void families_print(const struct state_map *map, const struct map_seen *seen, FILE *out)
{
	unsigned int families = 0;

	for (size_t i = 0; i < seen->count; i++)
		families |= 1u << seen->records[i]->family;
	if (families != map->families)
		fprintf(out, ", IPv%c only", families & (1u << FAMILY_IPV4) ? '4' : '6');
}

static void probes_print(const struct map_seen *seen, FILE *out)
{
	size_t probes = 0;

	for (size_t i = 0; i < seen->count; i++) {
		if (!map_probe_is_new(seen->records, i) || probes++ >= PROBES_NAMED)
			continue;
		fputs(probes > 1 ? ", " : "", out);
		markup_text(out, seen->records[i]->probe);
	}
	if (probes > PROBES_NAMED)
		fprintf(out, " and %zu more", probes - PROBES_NAMED);
}

void map_witnesses(const struct state_map *map, const struct map_seen *seen, FILE *out)
{
	if (!seen->count) {
		fputs("no probe of these shows it", out);
		return;
	}
	probes_print(seen, out);
	if (map->kernels > 1) {
		fputs("; on ", out);
		if (map_extent_of(map, seen) == EXTENT_ALL)
			fputs("every kernel", out);
		else
			kernels_print(seen, out);
	}
	families_print(map, seen, out);
	if (!seen->traced)
		fputs("; read by sock_diag, not traced", out);
}
