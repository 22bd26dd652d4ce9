// SPDX-License-Identifier: GPL-2.0-or-later
/* life_walk: reading a stitched life, and whose lives a record holds. */
#include <stdio.h>
#include <string.h>

#include "life.h"

const char *life_walk(const struct life *life, char *buf, size_t size)
{
	size_t used = 0;

	if (size)
		buf[0] = '\0';
	for (size_t i = 0; i < life->count && used < size; i++) {
		int n = snprintf(buf + used, size - used, "%s%s", i ? " " : "",
		                 state_name(life->states[i].state));

		if (n < 0)
			break;
		used += (size_t)n;
	}
	return buf;
}

int life_find(const struct life *life, enum tcp_state state)
{
	for (size_t i = 0; i < life->count; i++) {
		if (life->states[i].state == state)
			return (int)i;
	}
	return -1;
}

size_t life_labels(const struct record *rec, enum side host, char labels[][SOCK_LABEL_SIZE],
                   size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < rec->event_count && count < max; i++) {
		const struct event *event = &rec->events[i];
		size_t j = 0;

		if (event->host != host || !event->sock[0])
			continue;
		while (j < count && strcmp(labels[j], event->sock) != 0)
			j++;
		if (j == count)
			memcpy(labels[count++], event->sock, SOCK_LABEL_SIZE);
	}
	return count;
}
