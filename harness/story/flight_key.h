/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flight_key: what makes two sights one packet, and a table from it; for story's own files. */
#ifndef FINWAIT_STORY_FLIGHT_KEY_H
#define FINWAIT_STORY_FLIGHT_KEY_H

#include <stddef.h>

#include "../record/event.h"

/* Zeroed before it is filled: it is hashed and compared as bytes. */
struct flight_key {
	uint8_t src[16], dst[16];
	uint32_t seq, ack, ts_val, ts_ecr;
	uint16_t src_port, dst_port, window, len, flags;
	uint8_t family, protocol, has_timestamps, from, loopback;
	uint8_t unused;
};

/* Two sights with the same key are one packet, or two that nobody can tell apart. */
struct flight_key flight_key_of(const struct packet *packet, enum side from, bool loopback);

/* Two packets with the same key are one segment, sent again. False: such a packet is never resent. */
bool flight_resend_key(const struct packet *packet, struct flight_key *key);

#define KEY_NONE SIZE_MAX

/* All zeros is an empty one. */
struct key_table {
	struct key_slot *slots;
	size_t count, space; /* space: a power of two */
};

/* The value kept for @key, KEY_NONE at first; good until the next call. NULL: no memory. */
size_t *key_table_at(struct key_table *table, const struct flight_key *key);
void key_table_free(struct key_table *table);

#endif
