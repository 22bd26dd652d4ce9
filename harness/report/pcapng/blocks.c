// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A block is its type, its length, a body, options and its length again; each part is filled up
 * to four bytes. Which byte order that is the section's magic tells.
 */
#include <assert.h>
#include <string.h>

#include "../heading.h"
#include "pcapng.h"

enum block_type {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 6, /* "enhanced" */
};

enum option {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_HARDWARE = 2, /* of a section */
	OPTION_OS = 3,
	OPTION_PROGRAM = 4,
	OPTION_NAME = 2, /* of an interface */
	OPTION_DESCRIPTION = 3,
	OPTION_RESOLUTION = 9,
	OPTION_FLAGS = 2, /* of a packet */
};

enum { BYTE_ORDER_MAGIC = 0x1a2b3c4d, LINK_ETHERNET = 1, NANOSECONDS = 9 };
enum { FLAG_INBOUND = 1, FLAG_OUTBOUND = 2 };
#define OPTION_MOST 65532u /* bytes that one option may have */

static void put16(struct buffer *out, uint16_t value)
{
	buffer_put(out, &value, sizeof(value));
}

static void put32(struct buffer *out, uint32_t value)
{
	buffer_put(out, &value, sizeof(value));
}

static void put_filled(struct buffer *out, const void *data, size_t length)
{
	static const char zeros[4];

	buffer_put(out, data, length);
	buffer_put(out, zeros, -length & 3);
}

static void option_put(struct buffer *out, enum option option, const void *data, size_t length)
{
	put16(out, (uint16_t)option);
	put16(out, (uint16_t)length);
	put_filled(out, data, length);
}

/* A text that is too long for one option goes on in the next of its kind. */
static void text_put(struct buffer *out, enum option option, const char *text)
{
	size_t left = strlen(text), part;

	for (; left; left -= part, text += part) {
		part = left < OPTION_MOST ? left : OPTION_MOST;
		option_put(out, option, text, part);
	}
}

static size_t block_begin(struct buffer *out, enum block_type type)
{
	size_t at = out->used;

	put32(out, (uint32_t)type);
	put32(out, 0); /* block_end() knows */
	return at;
}

static void block_end(struct buffer *out, size_t at)
{
	uint32_t length;

	put32(out, OPTION_END);
	length = (uint32_t)(out->used - at + sizeof(length));
	put32(out, length);
	if (!out->failed)
		memcpy(out->data + at + sizeof(uint32_t), &length, sizeof(length));
}

/* ---- what a section says of itself ---- */

static void settings_words(struct buffer *words, const char *whose, const struct settings *set,
                           const struct settings *both)
{
	for (size_t i = 0; i < set->count; i++) {
		const char *other = both ? settings_get(both, set->items[i].name) : NULL;
		bool same = other && !strcmp(other, set->items[i].value);

		if (both && same == (whose[0] == '\0'))
			buffer_add(words, "%s%s = %s\n", whose, set->items[i].name,
			           set->items[i].value);
	}
}

/* The question, and the sysctls in force at the beginning: those of both hosts once. */
static void section_words(struct buffer *words, const struct record *rec)
{
	const struct settings *client = &rec->sysctls[SIDE_CLIENT];
	const struct settings *server = &rec->sysctls[SIDE_SERVER];

	buffer_add(words, "%s: %s\n%s\n", rec->probe, rec->title, rec->question);
	records_add_whom(words, &rec, 1);
	buffer_add(words, ", %s, %s\n", rec->run.machine, rec->run.privilege);
	buffer_add(words, "Payload bytes are made up: the record has their number alone.\n");
	settings_words(words, "", client, server);
	settings_words(words, "client: ", client, server);
	settings_words(words, "server: ", server, client);
}

void section_put(struct buffer *out, const struct record *rec)
{
	const uint64_t unknown = UINT64_MAX; /* how long the section is */
	size_t at = block_begin(out, BLOCK_SECTION);
	struct buffer words = {0};

	put32(out, BYTE_ORDER_MAGIC);
	put16(out, 1); /* version 1.0 */
	put16(out, 0);
	buffer_put(out, &unknown, sizeof(unknown));
	section_words(&words, rec);
	text_put(out, OPTION_COMMENT, buffer_text(&words) ? buffer_text(&words) : "");
	buffer_reset(&words);
	text_put(out, OPTION_HARDWARE, rec->run.machine);
	buffer_add(&words, "Linux %s", rec->run.kernel);
	text_put(out, OPTION_OS, buffer_text(&words) ? buffer_text(&words) : "");
	buffer_reset(&words);
	buffer_add(&words, "finwait %s", rec->run.version);
	text_put(out, OPTION_PROGRAM, buffer_text(&words) ? buffer_text(&words) : "");
	out->failed |= words.failed;
	buffer_free(&words);
	block_end(out, at);
}

void interface_put(struct buffer *out, enum port port)
{
	static const struct {
		const char *name, *description;
	} ports[] = {
		[PORT_CLIENT] = {"client", "the client's port of the wire"},
		[PORT_SERVER] = {"server", "the server's port of the wire"},
		[PORT_CLIENT_LO] = {"client-lo", "the client's loopback"},
		[PORT_SERVER_LO] = {"server-lo", "the server's loopback"},
	};
	static_assert(sizeof(ports) / sizeof(ports[0]) == PORT_COUNT, "every port has a name");
	const uint8_t resolution = NANOSECONDS;
	size_t at = block_begin(out, BLOCK_INTERFACE);

	put16(out, LINK_ETHERNET);
	put16(out, 0);
	put32(out, 0); /* no limit */
	text_put(out, OPTION_NAME, ports[port].name);
	text_put(out, OPTION_DESCRIPTION, ports[port].description);
	option_put(out, OPTION_RESOLUTION, &resolution, sizeof(resolution));
	block_end(out, at);
}

void packet_put(struct buffer *out, const struct packet_block *packet)
{
	const uint32_t flags = packet->outbound ? FLAG_OUTBOUND : FLAG_INBOUND;
	const uint64_t t_ns = (uint64_t)packet->t_ns;
	size_t at = block_begin(out, BLOCK_PACKET);

	put32(out, packet->interface);
	put32(out, (uint32_t)(t_ns >> 32));
	put32(out, (uint32_t)t_ns);
	put32(out, (uint32_t)packet->captured);
	put32(out, (uint32_t)packet->length);
	put_filled(out, packet->frame, packet->captured);
	option_put(out, OPTION_FLAGS, &flags, sizeof(flags));
	if (packet->remark)
		text_put(out, OPTION_COMMENT, packet->remark);
	block_end(out, at);
}
