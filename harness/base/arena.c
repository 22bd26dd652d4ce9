// SPDX-License-Identifier: GPL-2.0-or-later
#include "arena.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used, space;
	_Alignas(max_align_t) unsigned char data[];
};

static struct arena_block *block_add(struct arena *arena, size_t size)
{
	size_t space = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	struct arena_block *block = calloc(1, sizeof(*block) + space);

	if (!block)
		return NULL;
	block->space = space;
	/* One made for a large piece is full: what is in use stays in use. */
	if (arena->blocks && size > BLOCK_SIZE) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
		return block;
	}
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	size_t at;

	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || block->space - block->used < size)
		block = block_add(arena, size);
	if (!block)
		return NULL;
	at = block->used;
	block->used += size;
	return block->data + at;
}

const char *arena_text_n(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (!length)
		return "";
	copy = arena_take(arena, length + 1);
	if (copy)
		memcpy(copy, text, length);
	return copy;
}

const char *arena_text(struct arena *arena, const char *text)
{
	return arena_text_n(arena, text, strlen(text));
}

void arena_clear(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}
