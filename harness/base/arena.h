/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena: texts that live as long as their owner and are freed together. What is
 * taken is never given back one by one and never moves.
 */
#ifndef FINWAIT_BASE_ARENA_H
#define FINWAIT_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* All zeros is an empty one. */
struct arena {
	struct arena_block *blocks; /* the one in use first */
};

/* @size bytes, aligned for any type and zeroed; NULL: no memory. */
void *arena_take(struct arena *arena, size_t size);
/* A copy of @text; "" takes no room. NULL: no memory. */
const char *arena_text(struct arena *arena, const char *text);
/* A copy of @length bytes of @text with a NUL behind them; NULL: no memory. */
const char *arena_text_n(struct arena *arena, const char *text, size_t length);
void arena_clear(struct arena *arena);

#endif
