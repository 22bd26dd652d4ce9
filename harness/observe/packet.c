// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * packet: an Ethernet frame decoded just enough. Nothing beyond the bytes held
 * is read; lengths come from the IP header, so that a frame of which only the
 * payload is cut off (a tap holds 2048 bytes) still counts right.
 */
#include "tap.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

enum {
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	IPV6_EXTENSION_UNIT = 8,
	TCP_HEADER = 20,
};

enum tcp_option {
	TCP_OPTION_END = 0,
	TCP_OPTION_NOP = 1,
	TCP_OPTION_MSS = 2,
	TCP_OPTION_WSCALE = 3,
	TCP_OPTION_SACK_OK = 4,
	TCP_OPTION_TIMESTAMPS = 8,
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

/* One option of @length bytes; false: it does not have the length of its kind. */
static bool option_decode(const uint8_t *option, size_t length, struct packet *packet)
{
	switch (option[0]) {
	case TCP_OPTION_MSS:
		if (length != 4)
			return false;
		packet->mss = be16(option + 2);
		return true;
	case TCP_OPTION_WSCALE:
		if (length != 3)
			return false;
		/* As sent, not cut to 14 as the receiver does; above 127 is noise. */
		packet->wscale = (int8_t)smaller(option[2], INT8_MAX);
		return true;
	case TCP_OPTION_SACK_OK:
		if (length != 2)
			return false;
		packet->sack_ok = true;
		return true;
	case TCP_OPTION_TIMESTAMPS:
		if (length != 10)
			return false;
		packet->has_timestamps = true;
		packet->ts_val = be32(option + 2);
		packet->ts_ecr = be32(option + 6);
		return true;
	default: /* of no interest; not an enum of ours, but a byte off the wire */
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
		if (length - at < 2)
			return;
		option_length = options[at + 1];
		if (option_length < 2 || option_length > length - at)
			return;
		if (!option_decode(options + at, option_length, packet))
			return;
		at += option_length;
	}
}

/* @length: of the segment as the IP header has it; @held of them are there. */
static bool tcp_decode(const uint8_t *data, size_t held, size_t length, struct packet *packet)
{
	size_t header;

	if (held < TCP_HEADER)
		return false;
	header = (size_t)(data[12] >> 4) * 4;
	if (header < TCP_HEADER || header > held)
		return false;
	packet->src.port = be16(data);
	packet->dst.port = be16(data + 2);
	packet->seq = be32(data + 4);
	packet->ack = be32(data + 8);
	/* URG, ECE and CWR have no letter in the record. */
	packet->flags = data[13] &
	                (TCP_FLAG_FIN | TCP_FLAG_SYN | TCP_FLAG_RST | TCP_FLAG_PSH | TCP_FLAG_ACK);
	packet->window = be16(data + 14);
	packet->len = (uint16_t)(length - header);
	options_decode(data + TCP_HEADER, header - TCP_HEADER, packet);
	return true;
}

static bool ipv4_decode(const uint8_t *data, size_t held, struct packet *packet)
{
	size_t header, total;

	if (held < IPV4_HEADER || data[0] >> 4 != 4)
		return false;
	header = (size_t)(data[0] & 0x0f) * 4;
	total = be16(data + 2);
	held = smaller(held, total); /* Ethernet pads short frames */
	if (header < IPV4_HEADER || header > held)
		return false;
	packet->protocol = data[9];
	packet->src.family = packet->dst.family = AF_INET;
	memcpy(packet->src.addr, data + 12, 4);
	memcpy(packet->dst.addr, data + 16, 4);
	if (packet->protocol != IPPROTO_TCP || (be16(data + 6) & 0x1fff) != 0)
		return true;
	return tcp_decode(data + header, held - header, total - header, packet);
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

static bool ipv6_decode(const uint8_t *data, size_t held, struct packet *packet)
{
	size_t total, at = IPV6_HEADER;
	uint8_t next;

	if (held < IPV6_HEADER || data[0] >> 4 != 6)
		return false;
	total = (size_t)IPV6_HEADER + be16(data + 4);
	held = smaller(held, total);
	next = data[6];
	packet->src.family = packet->dst.family = AF_INET6;
	memcpy(packet->src.addr, data + 8, 16);
	memcpy(packet->dst.addr, data + 24, 16);
	while (ipv6_is_extension(next)) {
		const uint8_t *extension = data + at;
		size_t size;

		if (held - at < IPV6_EXTENSION_UNIT)
			return false;
		size = ipv6_extension_size(next, extension);
		if (size > held - at)
			return false;
		packet->protocol = extension[0];
		if (next == IPPROTO_FRAGMENT && (be16(extension + 2) & 0xfff8) != 0)
			return true; /* not the first fragment: what follows is its middle */
		next = extension[0];
		at += size;
	}
	packet->protocol = next;
	if (next != IPPROTO_TCP)
		return true;
	return tcp_decode(data + at, held - at, total - at, packet);
}

bool packet_decode(const uint8_t *data, size_t length, struct packet *packet)
{
	*packet = (struct packet){.wscale = -1};
	if (length < ETH_HLEN)
		return false;
	switch (be16(data + 12)) {
	case ETHERTYPE_IP:
		return ipv4_decode(data + ETH_HLEN, length - ETH_HLEN, packet);
	case ETHERTYPE_IPV6:
		return ipv6_decode(data + ETH_HLEN, length - ETH_HLEN, packet);
	default:
		return false;
	}
}
