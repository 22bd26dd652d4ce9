/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key_table: a hash table from what makes two things one; for story's own files. */
#ifndef FINWAIT_STORY_KEY_TABLE_H
#define FINWAIT_STORY_KEY_TABLE_H

#include <stddef.h>

#include "../record/event.h"

/* Zeroed before it is filled: it is hashed and compared as bytes. */
struct key {
	uint8_t src[16], dst[16];
	uint32_t seq, ack, ts_val, ts_ecr;
	uint16_t src_port, dst_port, window, len, flags;
	uint8_t family, protocol, has_timestamps, from, loopback;
	uint8_t unused;
};

/* Two sights with the same key are one packet, or two that nobody can tell apart. */
struct key key_of_packet(const struct packet *packet, enum side from, bool loopback);

/*
 * The two ends of a connection: the client's and the server's, or on lo those in order of their
 * bytes. An ICMP error belongs to the connection of the packet that it quotes.
 */
struct ends {
	const struct endpoint *ends[2];
	unsigned int
		half; /* which of them sent it; of a quoted packet: who is told of it is the other */
	uint8_t protocol;
};
struct ends ends_of_packet(const struct packet *packet, enum side from, bool loopback);
struct key key_of_connection(const struct ends *ends, enum side from, bool loopback);

/* A socket's label at @host. */
struct key key_of_label(enum side host, const char *sock);

/* Two packets with the same key are one segment, sent again. False: such a packet is never resent. */
bool key_of_segment(const struct packet *packet, struct key *key);

#define KEY_NONE SIZE_MAX

/* All zeros is an empty one. */
struct key_table {
	struct key_slot *slots;
	size_t count, space; /* space: a power of two */
};

/* The value kept for @key, KEY_NONE at first; good until the next call. NULL: no memory. */
size_t *key_table_at(struct key_table *table, const struct key *key);
void key_table_free(struct key_table *table);

#endif
