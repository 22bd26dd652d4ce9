// SPDX-License-Identifier: GPL-2.0-or-later
#include "numbers.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/array.h"

/* Farther than this from a connection's first number, a number is not of it. */
#define ISN_NEAR (1 << 24)

/* The first sequence numbers that one end began connections with. */
struct number_list {
	uint32_t *items;
	size_t count, space;
};

/* On lo a socket that talks to itself has one list for both. */
static struct number_list *list_of(const struct numbers *numbers, const struct flight *flight,
                                   bool own)
{
	const struct connection *connection = &numbers->story->connections[flight->connection];
	unsigned int half = own ? flight->half : 1 - flight->half;

	if (endpoint_equal(&connection->ends[0], &connection->ends[1]))
		half = 0;
	return &numbers->lists[2 * flight->connection + half];
}

static int list_add(struct number_list *list, uint32_t number)
{
	uint32_t *items;

	/* A SYN that is sent again is the one before, most times. */
	for (size_t i = list->count; i-- > 0;)
		if (list->items[i] == number)
			return 0;
	items = array_reserve(list->items, &list->space, list->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count++] = number;
	return 0;
}

/* A connection begins with a SYN's number, or the first number seen where none was. */
static int flight_add(struct numbers *numbers, const struct flight *flight)
{
	const struct packet *packet = flight->packet;
	struct number_list *list;

	if (packet->protocol != IPPROTO_TCP || (packet->flags & TCP_FLAG_RST))
		return 0;
	list = list_of(numbers, flight, true);
	if (list->count && !(packet->flags & TCP_FLAG_SYN))
		return 0;
	return list_add(list, packet->seq);
}

int numbers_collect(struct numbers *numbers, const struct story *story)
{
	int err = 0;

	*numbers = (struct numbers){.story = story};
	numbers->lists = calloc(2 * story->connection_count + 1, sizeof(*numbers->lists));
	if (!numbers->lists)
		return -ENOMEM;
	for (size_t i = 0; !err && i < story->flights.count; i++)
		err = flight_add(numbers, &story->flights.items[i]);
	return err;
}

void numbers_free(struct numbers *numbers)
{
	for (size_t i = 0; numbers->lists && i < 2 * numbers->story->connection_count; i++)
		free(numbers->lists[i].items);
	free(numbers->lists);
	*numbers = (struct numbers){0};
}

bool number_place(const struct numbers *numbers, const struct flight *flight, bool own,
                  uint32_t number, unsigned int *which, int32_t *offset)
{
	const struct number_list *list = list_of(numbers, flight, own);
	int64_t best = ISN_NEAR;

	*which = 0;
	*offset = (int32_t)(number - (list->count ? list->items[0] : 0));
	for (size_t i = 0; i < list->count; i++) {
		int64_t ahead = (int32_t)(number - list->items[i]);
		int64_t distance = ahead < 0 ? 2 * -ahead : ahead;

		if (distance < best) {
			best = distance;
			*which = (unsigned int)i + 1;
			*offset = (int32_t)ahead;
		}
	}
	return *which;
}

const char *number_text(const struct numbers *numbers, const struct flight *flight, bool own,
                        uint32_t number, char buf[NUMBER_TEXT_SIZE])
{
	unsigned int which;
	int32_t offset;

	if (!number_place(numbers, flight, own, number, &which, &offset))
		snprintf(buf, NUMBER_TEXT_SIZE, "%u", number);
	else if (which == 1)
		snprintf(buf, NUMBER_TEXT_SIZE, "%d", offset);
	else
		snprintf(buf, NUMBER_TEXT_SIZE, "#%u%+d", which, offset);
	return buf;
}
