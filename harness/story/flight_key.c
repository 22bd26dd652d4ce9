// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight_key.h"

#include <assert.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct key_slot {
	struct flight_key key;
	uint64_t hash;
	size_t value;
	bool used;
};

static_assert(sizeof(struct flight_key) == 64, "no padding: keys are compared as bytes");

static void key_set_ends(struct flight_key *key, const struct packet *packet)
{
	memcpy(key->src, packet->src.addr, sizeof(key->src));
	memcpy(key->dst, packet->dst.addr, sizeof(key->dst));
	key->src_port = packet->src.port;
	key->dst_port = packet->dst.port;
	key->family = packet->src.family;
	key->protocol = packet->protocol;
}

struct flight_key flight_key_of(const struct packet *packet, enum side from, bool loopback)
{
	struct flight_key key;

	memset(&key, 0, sizeof(key));
	key_set_ends(&key, packet);
	key.seq = packet->seq;
	key.ack = packet->ack;
	key.ts_val = packet->ts_val;
	key.ts_ecr = packet->ts_ecr;
	key.window = packet->window;
	key.len = packet->len;
	key.flags = packet->flags;
	key.has_timestamps = packet->has_timestamps;
	key.from = (uint8_t)from;
	key.loopback = loopback;
	return key;
}

bool flight_resend_key(const struct packet *packet, struct flight_key *key)
{
	uint16_t flags = packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST);

	if (packet->protocol != IPPROTO_TCP || (flags & TCP_FLAG_RST) || (!packet->len && !flags))
		return false;
	/* SYN and SYN ACK of one host are two things: crossing SYNs send both. */
	if (flags & TCP_FLAG_SYN)
		flags |= packet->flags & TCP_FLAG_ACK;
	memset(key, 0, sizeof(*key));
	key_set_ends(key, packet);
	key->seq = packet->seq;
	key->len = packet->len;
	key->flags = flags;
	return true;
}

/* FNV-1a: keys come from a record that may be hostile, but slow is all that they could make it. */
static uint64_t key_hash(const struct flight_key *key)
{
	const unsigned char *bytes = (const unsigned char *)key;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(*key); i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/* The slot that holds @key, or the free one where it belongs. */
static struct key_slot *slot_find(struct key_slot *slots, size_t space,
                                  const struct flight_key *key, uint64_t hash)
{
	for (size_t at = hash & (space - 1);; at = (at + 1) & (space - 1)) {
		struct key_slot *slot = &slots[at];

		if (!slot->used || (slot->hash == hash && !memcmp(&slot->key, key, sizeof(*key))))
			return slot;
	}
}

/* Half full at most, so that a look-up stays short. */
static bool key_table_grow(struct key_table *table)
{
	size_t space = table->space ? 2 * table->space : 64;
	struct key_slot *slots = calloc(space, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < table->space; i++) {
		const struct key_slot *old = &table->slots[i];

		if (old->used)
			*slot_find(slots, space, &old->key, old->hash) = *old;
	}
	free(table->slots);
	table->slots = slots;
	table->space = space;
	return true;
}

size_t *key_table_at(struct key_table *table, const struct flight_key *key)
{
	uint64_t hash = key_hash(key);
	struct key_slot *slot;

	if (2 * table->count >= table->space && !key_table_grow(table))
		return NULL;
	slot = slot_find(table->slots, table->space, key, hash);
	if (!slot->used) {
		*slot = (struct key_slot){
			.key = *key, .hash = hash, .value = KEY_NONE, .used = true};
		table->count++;
	}
	return &slot->value;
}

void key_table_free(struct key_table *table)
{
	free(table->slots);
	*table = (struct key_table){0};
}
