// SPDX-License-Identifier: GPL-2.0-or-later
#include "key_table.h"

#include <assert.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct key_slot {
	struct key key;
	uint64_t hash;
	size_t value;
	bool used;
};

static_assert(sizeof(struct key) == 64, "no padding: keys are compared as bytes");

static void key_set_ends(struct key *key, const struct endpoint *src, const struct endpoint *dst)
{
	memcpy(key->src, src->addr, sizeof(key->src));
	memcpy(key->dst, dst->addr, sizeof(key->dst));
	key->src_port = src->port;
	key->dst_port = dst->port;
	key->family = src->family;
}

/* What tells ICMP messages apart, in the members that TCP leaves free. */
static void key_set_icmp(struct key *key, const struct packet *packet)
{
	key->seq = (uint32_t)packet->icmp_type << 8 | packet->icmp_code;
	key->ack = packet->icmp_mtu;
	key->ts_val = packet->inner.seq;
	key->ts_ecr = (uint32_t)packet->inner.src.port << 16 | packet->inner.dst.port;
}

struct key key_of_packet(const struct packet *packet, enum side from, bool loopback)
{
	struct key key;

	memset(&key, 0, sizeof(key));
	key_set_ends(&key, &packet->src, &packet->dst);
	key.protocol = packet->protocol;
	key.from = (uint8_t)from;
	key.loopback = loopback;
	key.len = packet->len;
	if (packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6) {
		key_set_icmp(&key, packet);
		return key;
	}
	key.seq = packet->seq;
	key.ack = packet->ack;
	key.ts_val = packet->ts_val;
	key.ts_ecr = packet->ts_ecr;
	key.window = packet->window;
	key.flags = packet->flags;
	key.has_timestamps = packet->has_timestamps;
	return key;
}

bool key_of_segment(const struct packet *packet, struct key *key)
{
	uint16_t flags = packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST);

	if (packet->protocol != IPPROTO_TCP || (flags & TCP_FLAG_RST) || (!packet->len && !flags))
		return false;
	/* SYN and SYN ACK of one host are two things: crossing SYNs send both. */
	if (flags & TCP_FLAG_SYN)
		flags |= packet->flags & TCP_FLAG_ACK;
	memset(key, 0, sizeof(*key));
	key_set_ends(key, &packet->src, &packet->dst);
	key->protocol = packet->protocol;
	key->seq = packet->seq;
	key->len = packet->len;
	key->flags = flags;
	return true;
}

static bool is_quoting(const struct packet *packet)
{
	return packet->inner.src.family &&
	       (packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6);
}

/* Which of the two comes first on lo, where no host tells. */
static bool end_is_second(const struct endpoint *src, const struct endpoint *dst)
{
	int order = memcmp(src->addr, dst->addr, sizeof(src->addr));

	return order ? order > 0 : src->port > dst->port;
}

struct ends ends_of_packet(const struct packet *packet, enum side from, bool loopback)
{
	/* An error goes back to the sender of what it quotes. */
	bool quotes = is_quoting(packet);
	const struct endpoint *src = quotes ? &packet->inner.dst : &packet->src;
	const struct endpoint *dst = quotes ? &packet->inner.src : &packet->dst;
	bool second = loopback ? end_is_second(src, dst) : from == SIDE_SERVER;

	return (struct ends){
		.ends = {second ? dst : src, second ? src : dst},
		.half = second,
		.protocol = quotes ? packet->inner.protocol : packet->protocol,
	};
}

struct key key_of_connection(const struct ends *ends, enum side from, bool loopback)
{
	struct key key;

	memset(&key, 0, sizeof(key));
	key_set_ends(&key, ends->ends[0], ends->ends[1]);
	key.protocol = ends->protocol;
	key.loopback = loopback;
	key.from = loopback ? (uint8_t)from : 0;
	return key;
}

struct key key_of_label(enum side host, const char *sock)
{
	struct key key;

	static_assert(SOCK_LABEL_SIZE <= sizeof(key.src), "a label fits a key");
	memset(&key, 0, sizeof(key));
	memcpy(key.src, sock, strnlen(sock, SOCK_LABEL_SIZE));
	key.from = (uint8_t)host;
	return key;
}

/* FNV-1a: keys come from a record that may be hostile, but slow is all that they could make it. */
static uint64_t key_hash(const struct key *key)
{
	const unsigned char *bytes = (const unsigned char *)key;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(*key); i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/* The slot that holds @key, or the free one where it belongs. */
static struct key_slot *slot_find(struct key_slot *slots, size_t space, const struct key *key,
                                  uint64_t hash)
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

size_t *key_table_at(struct key_table *table, const struct key *key)
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
