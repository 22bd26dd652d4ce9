/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buffer: text of any length, built piece by piece. Running out of memory is
 * remembered and asked for once, at the end.
 */
#ifndef FINWAIT_BASE_BUFFER_H
#define FINWAIT_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* All zeros is an empty one. */
struct buffer {
	char *data; /* NUL-terminated once something was added */
	size_t used, space;
	bool failed; /* no memory: what came after is missing */
};

void buffer_add(struct buffer *buffer, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buffer_put(struct buffer *buffer, const void *data, size_t length);
/*
 * Room for @length bytes (and the NUL) behind what is there, for who writes them himself and
 * then says by buffer_grow() how many they were; NULL: no memory.
 */
char *buffer_room(struct buffer *buffer, size_t length);
void buffer_grow(struct buffer *buffer, size_t length);
/* What is in it, "" when empty; NULL: something was lost for want of memory. */
const char *buffer_text(const struct buffer *buffer);
/* Empty, its memory kept. */
void buffer_reset(struct buffer *buffer);
void buffer_free(struct buffer *buffer);

#endif
