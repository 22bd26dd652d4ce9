// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * connection: whose packets are whose.
 *
 * Theory of operation. A tap's event names the connection's end at its host where the run
 * knew it. What is missing is taken from other packets between the same two ends, from the
 * last one before, or else from the next. Records of 0.1.0 name none: there, connections and
 * sockets of a host are matched in order of first appearance, if there are equally many of
 * both; if not, packets stay without a name and nothing is concluded from them.
 */
#include <errno.h>
#include <netinet/in.h>

#include "../base/array.h"
#include "key_table.h"
#include "story_parts.h"

struct naming {
	struct story *story;
	size_t space; /* of story->connections */
	struct key_table table;
};

/* The connection of @flight, a new one at first: its index, KEY_NONE without memory. */
static size_t connection_of(struct naming *n, const struct flight *flight, const struct ends *ends)
{
	struct story *story = n->story;
	struct key key = key_of_connection(ends, flight->from, flight->loopback);
	size_t *index = key_table_at(&n->table, &key);
	struct connection *items;

	if (!index || *index != KEY_NONE)
		return index ? *index : KEY_NONE;
	items = array_reserve(story->connections, &n->space, story->connection_count + 1,
	                      sizeof(*items));
	if (!items)
		return KEY_NONE;
	story->connections = items;
	*index = story->connection_count;
	items[*index] = (struct connection){
		.ends = {*ends->ends[0], *ends->ends[1]},
		.has_tcp = ends->protocol == IPPROTO_TCP,
		.sock = {"", ""},
	};
	return story->connection_count++;
}

/* Takes from the connection what @flight does not know, and the other way about. */
static void labels_share(struct connection *connection, struct flight *flight)
{
	for (unsigned int host = 0; host < SIDE_COUNT; host++) {
		if (*flight->sock[host])
			connection->sock[host] = flight->sock[host];
		else
			flight->sock[host] = connection->sock[host];
	}
}

/* What the taps' events say themselves. */
static bool flight_take_labels(struct flight *flight)
{
	if (flight->departure)
		flight->sock[flight->from] = flight->departure->sock;
	if (flight->arrival && !*flight->sock[flight_to(flight)])
		flight->sock[flight_to(flight)] = flight->arrival->sock;
	return *flight->sock[SIDE_CLIENT] || *flight->sock[SIDE_SERVER];
}

static int flight_join(struct naming *n, struct flight *flight)
{
	struct ends ends = ends_of_packet(flight->packet, flight->from, flight->loopback);
	size_t index = connection_of(n, flight, &ends);
	struct connection *connection;

	if (index == KEY_NONE)
		return -ENOMEM;
	connection = &n->story->connections[index];
	flight->connection = index;
	flight->half = ends.half;
	connection->at[flight->from] |= flight->departure != NULL;
	connection->at[flight_to(flight)] |= flight->arrival != NULL;
	labels_share(connection, flight);
	return 0;
}

static size_t connections_at(const struct story *story, enum side host)
{
	size_t count = 0;

	for (size_t i = 0; i < story->connection_count; i++)
		count += story->connections[i].has_tcp && story->connections[i].at[host];
	return count;
}

static bool is_connected(const struct life *life, enum side host)
{
	return life->host == host && !life->turn && life->sock[0] != 'l';
}

static size_t sockets_at(const struct story *story, enum side host)
{
	size_t count = 0;

	for (size_t i = 0; i < story->life_count; i++)
		count += is_connected(&story->lives[i], host);
	return count;
}

/* The first socket for the first connection, and so on. */
static void labels_guess(struct story *story, enum side host)
{
	struct connection *connection = story->connections;

	if (connections_at(story, host) != sockets_at(story, host))
		return;
	for (size_t i = 0; i < story->life_count; i++) {
		if (!is_connected(&story->lives[i], host))
			continue;
		while (!connection->has_tcp || !connection->at[host])
			connection++;
		connection++->sock[host] = story->lives[i].sock;
	}
}

static int flights_label(struct naming *n)
{
	struct story *story = n->story;
	struct flights *flights = &story->flights;
	bool labelled = false;
	int err = 0;

	for (size_t i = 0; i < flights->count; i++)
		labelled |= flight_take_labels(&flights->items[i]);
	for (size_t i = 0; !err && i < flights->count; i++)
		err = flight_join(n, &flights->items[i]);
	if (err)
		return err;
	for (unsigned int host = 0; !labelled && host < SIDE_COUNT; host++)
		labels_guess(story, host);
	for (size_t i = flights->count; i-- > 0;)
		labels_share(&story->connections[flights->items[i].connection], &flights->items[i]);
	return 0;
}

int story_label_flights(struct story *story)
{
	struct naming n = {.story = story};
	int err = flights_label(&n);

	key_table_free(&n.table);
	return err;
}
