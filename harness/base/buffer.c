// SPDX-License-Identifier: GPL-2.0-or-later
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for @more bytes and a NUL. */
static bool buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t space = buffer->space ? buffer->space : 128;
	char *data;

	if (buffer->failed)
		return false;
	while (space <= buffer->used + more)
		space *= 2;
	if (space == buffer->space)
		return true;
	data = realloc(buffer->data, space);
	if (!data) {
		buffer->failed = true;
		return false;
	}
	buffer->data = data;
	buffer->space = space;
	return true;
}

char *buffer_room(struct buffer *buffer, size_t length)
{
	return buffer_reserve(buffer, length) ? buffer->data + buffer->used : NULL;
}

void buffer_grow(struct buffer *buffer, size_t length)
{
	buffer->used += length;
	buffer->data[buffer->used] = '\0';
}

void buffer_put(struct buffer *buffer, const void *data, size_t length)
{
	if (!buffer_reserve(buffer, length))
		return;
	memcpy(buffer->data + buffer->used, data, length);
	buffer->used += length;
	buffer->data[buffer->used] = '\0';
}

void buffer_add(struct buffer *buffer, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length < 0 || !buffer_reserve(buffer, (size_t)length)) {
		buffer->failed = true;
		return;
	}
	va_start(args, fmt);
	vsnprintf(buffer->data + buffer->used, (size_t)length + 1, fmt, args);
	va_end(args);
	buffer->used += (size_t)length;
}

const char *buffer_text(const struct buffer *buffer)
{
	if (buffer->failed)
		return NULL;
	return buffer->data ? buffer->data : "";
}

void buffer_reset(struct buffer *buffer)
{
	buffer->used = 0;
	buffer->failed = false;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}
