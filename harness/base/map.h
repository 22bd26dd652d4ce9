/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map: numbers to pointers, found in constant time. The caller owns what is pointed to. */
#ifndef FINWAIT_BASE_MAP_H
#define FINWAIT_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* All zeros is an empty one. */
struct map {
	struct map_slot {
		uint64_t key;
		void *value; /* NULL: free */
	} * slots;
	size_t count, space; /* space is a power of two */
};

/* NULL: no such key. */
void *map_get(const struct map *map, uint64_t key);
/* @value, never NULL, takes the place of an older one. 0 or -ENOMEM. */
int map_put(struct map *map, uint64_t key, void *value) MUST_CHECK;
void map_drop(struct map *map, uint64_t key);
void map_free(struct map *map);

/* A key for @size bytes (FNV-1a); two different texts may get the same. */
uint64_t map_key(const void *data, size_t size);

#endif
