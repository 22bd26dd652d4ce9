// SPDX-License-Identifier: GPL-2.0-or-later
/* Open addressing with linear probing; at most half of the slots are taken. */
#include "map.h"

#include <errno.h>
#include <stdlib.h>

static size_t slot_home(const struct map *map, uint64_t key)
{
	/* Fibonacci hashing: kernel addresses and counters differ in few of their bits. */
	return (size_t)((key * 0x9e3779b97f4a7c15ULL) >> 20) & (map->space - 1);
}

/* The slot of @key, or the free one where it would be. */
static struct map_slot *slot_find(const struct map *map, uint64_t key)
{
	size_t at = slot_home(map, key);

	while (map->slots[at].value && map->slots[at].key != key)
		at = (at + 1) & (map->space - 1);
	return &map->slots[at];
}

void *map_get(const struct map *map, uint64_t key)
{
	return map->count ? slot_find(map, key)->value : NULL;
}

static int map_grow(struct map *map)
{
	struct map grown = {.count = map->count, .space = map->space ? 2 * map->space : 64};

	grown.slots = calloc(grown.space, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	for (size_t i = 0; i < map->space; i++)
		if (map->slots[i].value)
			*slot_find(&grown, map->slots[i].key) = map->slots[i];
	free(map->slots);
	*map = grown;
	return 0;
}

int map_put(struct map *map, uint64_t key, void *value)
{
	struct map_slot *slot;

	if (2 * (map->count + 1) > map->space && map_grow(map) < 0)
		return -ENOMEM;
	slot = slot_find(map, key);
	map->count += !slot->value;
	*slot = (struct map_slot){.key = key, .value = value};
	return 0;
}

void map_drop(struct map *map, uint64_t key)
{
	size_t mask = map->space - 1, at, hole;
	struct map_slot *slot;

	if (!map->count)
		return;
	slot = slot_find(map, key);
	if (!slot->value)
		return;
	slot->value = NULL;
	map->count--;
	/* What was pushed on by the one that went moves back, or it would not be found. */
	hole = (size_t)(slot - map->slots);
	for (at = (hole + 1) & mask; map->slots[at].value; at = (at + 1) & mask) {
		size_t home = slot_home(map, map->slots[at].key);

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		map->slots[hole] = map->slots[at];
		map->slots[at].value = NULL;
		hole = at;
	}
}

void map_free(struct map *map)
{
	free(map->slots);
	*map = (struct map){0};
}

uint64_t map_key(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint64_t key = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < size; i++)
		key = (key ^ bytes[i]) * 0x100000001b3ULL;
	return key;
}
