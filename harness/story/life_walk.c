// SPDX-License-Identifier: GPL-2.0-or-later
/* life_walk: reading a stitched life. */
#include "life.h"

void life_walk(const struct life *life, struct buffer *walk)
{
	for (size_t i = 0; i < life->count; i++)
		buffer_add(walk, "%s%s", i ? " " : "", state_name(life->states[i].state));
}

int life_find(const struct life *life, enum tcp_state state)
{
	for (size_t i = 0; i < life->count; i++) {
		if (life->states[i].state == state)
			return (int)i;
	}
	return -1;
}
