// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * decode turns the bytes of a frame into the packet that the record keeps, encode
 * turns such a packet into bytes, match tells whether a rule means it. All three are
 * pure. What decode reads encode writes the same way: decoding what was encoded gives
 * the same packet, and what encode cannot say it refuses (tests/fuzz/fuzz_packet.c
 * holds them to both).
 *
 * Nothing beyond the bytes held is read; lengths come from the IP header, so that a
 * frame of which only the payload is cut off (a tap holds 2048 bytes) still counts
 * right.
 */
#include "decode.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#include "format.h"

enum { IPV6_EXTENSION_UNIT = 8 };

/* What an IP header carries: @held of its @length bytes are there. */
struct body {
	const uint8_t *data;
	size_t held, length;
	uint8_t protocol;
	bool middle; /* of a fragmented packet: no header in front */
};

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool sack_decode(const uint8_t *option, size_t length, struct packet *packet)
{
	size_t count = (length - 2) / TCP_OPTION_SIZE_SACK_BLOCK;

	if (!count || count > PACKET_SACKS || (length - 2) % TCP_OPTION_SIZE_SACK_BLOCK)
		return false;
	/* The last such option counts (tcp_parse_options()), with no block of an earlier one. */
	memset(packet->sacks, 0, sizeof(packet->sacks));
	packet->sack_count = (uint8_t)count;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *block = option + 2 + i * TCP_OPTION_SIZE_SACK_BLOCK;

		packet->sacks[i] = (struct sack_block){be32(block), be32(block + 4)};
	}
	return true;
}

/* One option of @length bytes; false: it does not have the length of its kind. */
static bool option_decode(const uint8_t *option, size_t length, struct packet *packet)
{
	switch (option[0]) {
	case TCP_OPTION_MSS:
		if (length != TCP_OPTION_SIZE_MSS)
			return false;
		packet->mss = be16(option + 2);
		return packet->mss != 0; /* 0 stands for "absent" */
	case TCP_OPTION_WSCALE:
		if (length != TCP_OPTION_SIZE_WSCALE)
			return false;
		packet->has_wscale = true;
		packet->wscale = option[2]; /* as sent, not cut to 14 as the receiver does */
		return true;
	case TCP_OPTION_SACK_OK:
		if (length != TCP_OPTION_SIZE_SACK_OK)
			return false;
		packet->sack_ok = true;
		return true;
	case TCP_OPTION_SACK:
		return sack_decode(option, length, packet);
	case TCP_OPTION_TIMESTAMPS:
		if (length != TCP_OPTION_SIZE_TIMESTAMPS)
			return false;
		packet->has_timestamps = true;
		packet->ts_val = be32(option + 2);
		packet->ts_ecr = be32(option + 6);
		return true;
	default: /* not an enum of ours, but a byte off the wire */
		packet->has_unknown = true;
		return true;
	}
}

static void options_decode(const uint8_t *options, size_t length, struct packet *packet)
{
	size_t at = 0;

	while (at < length && options[at] != TCP_OPTION_END) {
		size_t option_length;

		if (options[at] == TCP_OPTION_NOP) {
			at++;
			continue;
		}
		option_length = length - at < 2 ? 0 : options[at + 1];
		if (option_length < 2 || option_length > length - at ||
		    !option_decode(options + at, option_length, packet)) {
			packet->has_unknown = true;
			return;
		}
		at += option_length;
	}
}

static bool tcp_decode(const struct body *body, struct packet *packet)
{
	const uint8_t *data = body->data;
	size_t header;

	if (body->held < TCP_HEADER)
		return false;
	header = (size_t)(data[12] >> 4) * 4;
	if (header < TCP_HEADER || header > body->held)
		return false;
	packet->src.port = be16(data);
	packet->dst.port = be16(data + 2);
	packet->seq = be32(data + 4);
	packet->ack = be32(data + 8);
	packet->flags = be16(data + 12) & TCP_FLAGS_ALL;
	packet->window = be16(data + 14);
	packet->urgent = be16(data + 18);
	packet->len = (uint16_t)(body->length - header);
	options_decode(data + TCP_HEADER, header - TCP_HEADER, packet);
	return true;
}

static bool udp_decode(const struct body *body, struct packet *packet)
{
	if (body->held < UDP_HEADER)
		return false;
	packet->src.port = be16(body->data);
	packet->dst.port = be16(body->data + 2);
	packet->len = (uint16_t)(body->length - UDP_HEADER);
	return true;
}

static bool ipv4_decode(const uint8_t *data, size_t held, struct packet *packet, struct body *body)
{
	size_t header, total;

	if (held < IPV4_HEADER || data[0] >> 4 != 4)
		return false;
	header = (size_t)(data[0] & 0x0f) * 4;
	total = be16(data + 2);
	held = smaller(held, total); /* Ethernet pads short frames */
	if (header < IPV4_HEADER || header > held)
		return false;
	packet->ttl = data[8];
	packet->protocol = data[9];
	packet->src.family = packet->dst.family = AF_INET;
	memcpy(packet->src.addr, data + 12, 4);
	memcpy(packet->dst.addr, data + 16, 4);
	packet->more_fragments = (data[6] & 0x20) != 0;
	packet->fragment_offset = (uint16_t)((be16(data + 6) & 0x1fff) * 8);
	*body = (struct body){.data = data + header,
	                      .held = held - header,
	                      .length = total - header,
	                      .protocol = packet->protocol,
	                      .middle = packet->fragment_offset != 0};
	return true;
}

static bool ipv6_is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_AH || next == IPPROTO_DSTOPTS || next == IPPROTO_MH;
}

static size_t ipv6_extension_size(uint8_t kind, const uint8_t *extension)
{
	if (kind == IPPROTO_FRAGMENT)
		return IPV6_EXTENSION_UNIT;
	if (kind == IPPROTO_AH) /* RFC 4302: in units of 4, minus 2 */
		return (size_t)(extension[1] + 2) * 4;
	return (size_t)(extension[1] + 1) * IPV6_EXTENSION_UNIT;
}

/* RFC 8200, 4.5 */
static void ipv6_fragment_decode(const uint8_t *extension, struct packet *packet)
{
	packet->fragment_offset = be16(extension + 2) & 0xfff8;
	packet->more_fragments = (extension[3] & 1) != 0;
}

/* Skip the extension headers in front of @body; false: one is cut short. */
static bool ipv6_extensions_skip(struct body *body, struct packet *packet)
{
	while (ipv6_is_extension(body->protocol) && !body->middle) {
		size_t size;

		if (body->held < IPV6_EXTENSION_UNIT)
			return false;
		size = ipv6_extension_size(body->protocol, body->data);
		if (size > body->held)
			return false;
		if (body->protocol == IPPROTO_FRAGMENT)
			ipv6_fragment_decode(body->data, packet);
		body->protocol = body->data[0];
		body->middle = packet->fragment_offset != 0;
		body->data += size;
		body->held -= size;
		body->length -= size;
	}
	packet->protocol = body->protocol;
	return true;
}

static bool ipv6_decode(const uint8_t *data, size_t held, struct packet *packet, struct body *body)
{
	if (held < IPV6_HEADER || data[0] >> 4 != 6)
		return false;
	packet->ttl = data[7];
	packet->src.family = packet->dst.family = AF_INET6;
	memcpy(packet->src.addr, data + 8, 16);
	memcpy(packet->dst.addr, data + 24, 16);
	*body = (struct body){.data = data + IPV6_HEADER,
	                      .held = smaller(held - IPV6_HEADER, be16(data + 4)),
	                      .length = be16(data + 4),
	                      .protocol = data[6]};
	return ipv6_extensions_skip(body, packet);
}

/* What an error quotes. It may be cut anywhere: what cannot be read stays unknown. */
static void inner_decode(bool v6, const uint8_t *data, size_t held, struct packet_inner *inner)
{
	struct packet quoted = {0};
	struct body body;
	bool whole = v6 ? ipv6_decode(data, held, &quoted, &body)
	                : ipv4_decode(data, held, &quoted, &body);

	if (!whole)
		return;
	if (!body.middle && body.held >= QUOTE_MIN &&
	    (body.protocol == IPPROTO_TCP || body.protocol == IPPROTO_UDP)) {
		quoted.src.port = be16(body.data);
		quoted.dst.port = be16(body.data + 2);
		inner->seq = body.protocol == IPPROTO_TCP ? be32(body.data + 4) : 0;
	}
	inner->src = quoted.src;
	inner->dst = quoted.dst;
	inner->protocol = body.protocol;
}

static bool icmp_decode(bool v6, const struct body *body, struct packet *packet)
{
	const uint8_t *data = body->data;

	if (body->held < ICMP_HEADER)
		return false;
	packet->icmp_type = data[0];
	packet->icmp_code = data[1];
	if (icmp_has_mtu(v6, data[0], data[1]))
		packet->icmp_mtu = v6 ? be32(data + 4) : be16(data + 6);
	if (icmp_is_error(v6, data[0]))
		inner_decode(v6, data + ICMP_HEADER, body->held - ICMP_HEADER, &packet->inner);
	return true;
}

static bool body_decode(const struct body *body, struct packet *packet)
{
	bool v6 = packet->src.family == AF_INET6;

	if (body->middle)
		return true;
	if (body->protocol == IPPROTO_TCP)
		return tcp_decode(body, packet);
	if (body->protocol == IPPROTO_UDP)
		return udp_decode(body, packet);
	if (body->protocol == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return icmp_decode(v6, body, packet);
	return true;
}

bool packet_decode(const uint8_t *data, size_t length, struct packet *packet)
{
	struct body body;

	*packet = (struct packet){0};
	if (length < ETH_HLEN)
		return false;
	switch (be16(data + 12)) {
	case ETHERTYPE_IP:
		return ipv4_decode(data + ETH_HLEN, length - ETH_HLEN, packet, &body) &&
		       body_decode(&body, packet);
	case ETHERTYPE_IPV6:
		return ipv6_decode(data + ETH_HLEN, length - ETH_HLEN, packet, &body) &&
		       body_decode(&body, packet);
	default:
		return false;
	}
}
