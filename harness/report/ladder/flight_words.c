// SPDX-License-Identifier: GPL-2.0-or-later
/* flight_words: a flight in words, for every pen. */
#include <string.h>

#include "ladder.h"

/* Of which connection: its label at the client or else at the server, or else a port. */
static const char *connection_name(const struct ladder *ladder, const struct flight *flight,
                                   char buf[SOCK_LABEL_SIZE + 1])
{
	const struct connection *connection = &ladder->story->connections[flight->connection];

	for (unsigned int host = 0; host < SIDE_COUNT; host++)
		if (*flight->sock[host]) {
			snprintf(buf, SOCK_LABEL_SIZE + 1, "%s ", flight->sock[host]);
			return buf;
		}
	snprintf(buf, SOCK_LABEL_SIZE + 1, ":%u ", connection->ends[0].port);
	return buf;
}

void flight_words(const struct ladder *ladder, const struct flight *flight, unsigned int columns,
                  bool verbose, char words[WIDTH_MAX])
{
	char name[SOCK_LABEL_SIZE + 1] = "";
	size_t length;

	if (ladder->crowded)
		connection_name(ladder, flight, name);
	length = strlen(name);
	words[0] = '\0';
	if (columns <= length)
		return;
	packet_words(&ladder->numbers, flight, columns - (unsigned int)length, verbose,
	             words + length, WIDTH_MAX - length);
	memcpy(words, name, length); /* whose it is also where there is no room for what it is */
	if (!words[length] && length)
		words[length - 1] = '\0';
}

const char *fate_word(const struct flight *flight)
{
	switch (flight->fate) {
	case FATE_DROPPED:
		return flight->overflowed ? "queue full" : "dropped";
	case FATE_HELD:
		return "held";
	case FATE_LOST:
	case FATE_DELIVERED:
		break;
	}
	return "lost";
}

const char *origin_word(const struct flight *flight)
{
	return flight->injected ? "injected" : flight->duplicate ? "copy" : "from nowhere";
}

const char *wire_mark_text(const struct flight *flight, const char *word, char buf[MARK_SIZE])
{
	bool client = flight->from == SIDE_CLIENT;
	const char *before = client ? " " : "", *after = client ? "" : " ";

	if (flight->rule)
		snprintf(buf, MARK_SIZE, "%s%s%srule %u%s", before, word, *word ? ", " : "",
		         flight->rule, after);
	else
		snprintf(buf, MARK_SIZE, "%s%s%s", before, word, after);
	return buf;
}
