// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * many: where a ladder would be thousands of lines, a line a connection, with the states that its
 * ends came to; and below it each walk once, with the ends that went it.
 *
 *       1.492 ms  c1 s1          FIN_WAIT2 / CLOSE_WAIT      7 packets, 1 lost
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "../../base/map.h"
#include "ladder.h"

#define CONNECTIONS_DRAWN 64
#define MOMENT_COLUMNS 12
#define LABEL_COLUMNS 12
#define STATE_COLUMNS 25 /* "ESTABLISHED / ESTABLISHED" */

/* A connection: of the client's end, or else the server's, or else what packets alone tell of. */
struct row {
	int64_t begin_ns;
	const struct life *lives[SIDE_COUNT]; /* NULL: nobody knows that end */
	unsigned int port;
	size_t packets, lost;
};

struct rows {
	struct row *items;
	size_t count, space;
	struct map servers; /* the server's lives, by their labels */
	bool failed; /* no memory */
};

/* Of a connection: with packets, or one of the client's that never sent any; no listener. */
static bool is_end(const struct life *life)
{
	if (life->turn)
		return false;
	return life->flight_count ||
	       (life->host == SIDE_CLIENT && life->count && life->states[0].state != STATE_LISTEN);
}

static size_t connections_count(const struct story *story)
{
	size_t pairs = 0, ends[SIDE_COUNT] = {0};

	for (size_t i = 0; i < story->connection_count; i++)
		pairs += story->connections[i].has_tcp;
	for (size_t i = 0; i < story->life_count; i++)
		ends[story->lives[i].host] += is_end(&story->lives[i]);
	if (ends[SIDE_CLIENT] > pairs)
		pairs = ends[SIDE_CLIENT];
	return ends[SIDE_SERVER] > pairs ? ends[SIDE_SERVER] : pairs;
}

bool ladder_is_many(const struct ladder *ladder)
{
	return !ladder->style->verbose && connections_count(ladder->story) > CONNECTIONS_DRAWN;
}

static struct row *row_add(struct rows *rows, int64_t begin_ns)
{
	struct row *items =
		array_reserve(rows->items, &rows->space, rows->count + 1, sizeof(*items));

	if (!items) {
		rows->failed = true;
		return NULL;
	}
	rows->items = items;
	items[rows->count] = (struct row){.begin_ns = begin_ns};
	return &items[rows->count++];
}

static void row_add_life(struct rows *rows, const struct life *life, const struct life *peer)
{
	struct row *row = row_add(rows, life->flight_count ? flight_begin_ns(life->flights[0])
	                                                   : life->states[0].t_ns);

	if (!row)
		return;
	row->lives[life->host] = life;
	row->lives[side_other(life->host)] = peer;
	row->packets = life->flight_count;
	for (size_t i = 0; i < life->flight_count; i++)
		row->lost += life->flights[i]->fate != FATE_DELIVERED;
}

static const struct life *server_of(const struct rows *rows, const struct life *life)
{
	const struct life *server;
	const char *label;

	if (!life->flight_count)
		return NULL;
	label = life->flights[life->flight_count - 1]->sock[SIDE_SERVER];
	server = map_get(&rows->servers, map_key(label, strlen(label)));

	return *label && server && !strcmp(server->sock, label) ? server : NULL;
}

static void servers_index(struct rows *rows, const struct story *story)
{
	for (size_t i = 0; i < story->life_count; i++) {
		struct life *life = &story->lives[i];

		if (life->host == SIDE_SERVER && is_end(life) &&
		    map_put(&rows->servers, map_key(life->sock, strlen(life->sock)), life) < 0)
			rows->failed = true;
	}
}

/* Packets of a connection that none of the lives has: one row for all between two ports. */
static void rows_of_strays(struct rows *rows, const struct story *story)
{
	size_t *at = calloc(story->connection_count + 1, sizeof(*at)); /* 1: the first row */

	for (size_t i = 0; at && i < story->flights.count; i++) {
		const struct flight *flight = &story->flights.items[i];
		struct row *row;

		if (*flight->sock[SIDE_CLIENT] || *flight->sock[SIDE_SERVER] ||
		    !story->connections[flight->connection].has_tcp)
			continue;
		if (!at[flight->connection]) {
			row = row_add(rows, flight_begin_ns(flight));
			if (!row)
				break;
			row->port = story->connections[flight->connection].ends[0].port;
			at[flight->connection] = rows->count;
		}
		row = &rows->items[at[flight->connection] - 1];
		row->packets++;
		row->lost += flight->fate != FATE_DELIVERED;
	}
	rows->failed |= !at;
	free(at);
}

static int row_compare(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	return (one->begin_ns > other->begin_ns) - (one->begin_ns < other->begin_ns);
}

static void rows_collect(struct rows *rows, const struct story *story)
{
	servers_index(rows, story);
	for (size_t i = 0; i < story->life_count && !rows->failed; i++) {
		const struct life *life = &story->lives[i];

		if (!is_end(life))
			continue;
		if (life->host == SIDE_CLIENT)
			row_add_life(rows, life, server_of(rows, life));
		else if (!*life->flights[life->flight_count - 1]->sock[SIDE_CLIENT])
			row_add_life(rows, life, NULL);
	}
	rows_of_strays(rows, story);
	if (rows->count)
		qsort(rows->items, rows->count, sizeof(*rows->items), row_compare);
}

static const char *end_state(const struct life *life)
{
	return life && life->count ? state_name(life->states[life->count - 1].state) : "-";
}

static void row_print(const struct sheet *sheet, const struct row *row)
{
	const struct life *client = row->lives[SIDE_CLIENT], *server = row->lives[SIDE_SERVER];
	char moment[32], labels[2 * SOCK_LABEL_SIZE + 2], states[64];
	unsigned int columns;

	moment_text(row->begin_ns, moment, sizeof(moment));
	columns = text_columns(moment);
	if (client || server)
		snprintf(labels, sizeof(labels), "%s%s%s", client ? client->sock : "",
		         client && server ? " " : "", server ? server->sock : "");
	else
		snprintf(labels, sizeof(labels), ":%u", row->port);
	snprintf(states, sizeof(states), "%s / %s", end_state(client), end_state(server));
	sheet_blanks(sheet, columns < MOMENT_COLUMNS ? MOMENT_COLUMNS - columns : 0);
	sheet_put(sheet, ATTR_DIM, moment, 0);
	sheet_blanks(sheet, 2);
	sheet_put(sheet, ATTR_PLAIN, labels, LABEL_COLUMNS);
	sheet_blanks(sheet, 1);
	sheet_put(sheet, ATTR_STATE, states, STATE_COLUMNS);
	fprintf(sheet->out, " %zu packet%s", row->packets, row->packets == 1 ? "" : "s");
	if (row->lost)
		fprintf(sheet->out, ", %zu lost", row->lost);
	sheet_end_line(sheet);
}

int ladder_draw_many(const struct ladder *ladder, const struct sheet *sheet)
{
	struct rows rows = {0};
	bool failed;

	rows_collect(&rows, ladder->story);
	sheet_format(sheet, 0, ATTR_PLAIN,
	             "%zu connections, a line each: the states that the client's end and the "
	             "server's came to, the packets; -v draws every step and packet",
	             rows.count);
	sheet_end_line(sheet);
	for (size_t i = 0; i < rows.count; i++)
		row_print(sheet, &rows.items[i]);
	failed = rows.failed;
	map_free(&rows.servers);
	free(rows.items);
	return failed ? -ENOMEM : 0;
}

/* ---- walks ---- */

/* Ends of one host that went one walk. */
struct walkers {
	const struct life *first, *last;
	size_t count;
	char *walk; /* the list's */
};

struct walkers_list {
	struct walkers *items;
	size_t count, space;
};

/* Takes @walk. */
static int walkers_add(struct walkers_list *list, const struct life *life, char *walk)
{
	struct walkers *items;

	if (!walk)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		struct walkers *walkers = &list->items[i];

		if (walkers->first->host != life->host || strcmp(walkers->walk, walk) != 0)
			continue;
		walkers->last = life;
		walkers->count++;
		free(walk);
		return 0;
	}
	items = array_reserve(list->items, &list->space, list->count + 1, sizeof(*items));
	if (!items) {
		free(walk);
		return -ENOMEM;
	}
	list->items = items;
	items[list->count++] = (struct walkers){life, life, 1, walk};
	return 0;
}

static int walkers_collect(const struct story *story, struct walkers_list *list)
{
	int err = 0;

	for (size_t i = 0; i < story->life_count && !err; i++) {
		const struct life *life = &story->lives[i];
		struct buffer walk = {0};

		if (!life->count)
			continue;
		life_walk(life, &walk);
		if (walk.failed)
			err = -ENOMEM;
		else
			err = walkers_add(list, life, strdup(buffer_text(&walk)));
		buffer_free(&walk);
	}
	return err;
}

int ladder_draw_walkers(const struct ladder *ladder, const struct sheet *sheet)
{
	struct walkers_list list = {0};
	int err = walkers_collect(ladder->story, &list);

	for (size_t i = 0; i < list.count; i++) {
		const struct walkers *walkers = &list.items[i];

		if (walkers->count == 1)
			sheet_format(sheet, 0, ATTR_PLAIN, "%s %s: %s",
			             side_name(walkers->first->host), walkers->first->sock,
			             walkers->walk);
		else
			sheet_format(sheet, 0, ATTR_PLAIN, "%s, %zu ends from %s to %s: %s",
			             side_name(walkers->first->host), walkers->count,
			             walkers->first->sock, walkers->last->sock, walkers->walk);
		free(walkers->walk);
	}
	free(list.items);
	return err;
}
