// SPDX-License-Identifier: GPL-2.0-or-later
#include "array.h"

#include <stdlib.h>

void *array_reserve(void *items, size_t *space, size_t count, size_t size)
{
	size_t wanted = *space ? *space : 16;
	void *grown;

	if (items && count <= *space)
		return items;
	while (wanted < count)
		wanted *= 2;
	grown = reallocarray(items, wanted, size);
	if (grown)
		*space = wanted;
	return grown;
}
