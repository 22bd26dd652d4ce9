/* SPDX-License-Identifier: GPL-2.0-or-later */
/* array: a list that grows. The caller keeps items, count and space. */
#ifndef FINWAIT_BASE_ARRAY_H
#define FINWAIT_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Room in @items (NULL at first) for @count items of @size bytes; @space is what there is
 * room for, doubled as needed so that adding one by one stays linear. The items as they
 * are now, or NULL without memory: the old ones are untouched then.
 */
void *array_reserve(void *items, size_t *space, size_t count, size_t size);

#endif
