// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A frame is written front to back. Checksums are ours to fill in: AF_PACKET does
 * not, and a host whose receive checksumming is off looks at them.
 */
#include "encode.h"

#include <errno.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>

#include "format.h"

enum { HOPS_DEFAULT = 64 };

/* Where the next byte goes. @space was checked before the first. */
struct writer {
	uint8_t *at;
};

static void put8(struct writer *out, unsigned int value)
{
	*out->at++ = (uint8_t)value;
}

static void put16(struct writer *out, unsigned int value)
{
	put8(out, value >> 8);
	put8(out, value);
}

static void put32(struct writer *out, uint32_t value)
{
	put16(out, value >> 16);
	put16(out, value);
}

static void put_bytes(struct writer *out, const void *data, size_t length)
{
	if (length)
		memcpy(out->at, data, length);
	out->at += length;
}

static void put_nops(struct writer *out, unsigned int count)
{
	while (count--)
		put8(out, TCP_OPTION_NOP);
}

/* ---- Checksums, RFC 1071: over data that begins at an even offset ---- */

static uint32_t sum_add(uint32_t sum, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	if (length & 1)
		sum += (uint32_t)data[length - 1] << 8;
	return sum;
}

static void sum_put(uint32_t sum, uint8_t *at)
{
	struct writer out = {.at = at};

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(&out, ~sum & 0xffff);
}

static size_t addr_size(const struct packet *packet)
{
	return packet->src.family == AF_INET6 ? 16 : 4;
}

/* What a transport's checksum covers beside it: RFC 9293, RFC 8200 (the same words). */
static uint32_t pseudo_sum(const struct packet *packet, size_t length)
{
	uint32_t sum = sum_add(0, packet->src.addr, addr_size(packet));

	sum = sum_add(sum, packet->dst.addr, addr_size(packet));
	return sum + packet->protocol + (uint32_t)length;
}

/* ---- TCP ---- */

/* Each option with the padding that Linux puts before it: a multiple of four. */
static size_t tcp_options_size(const struct packet *packet)
{
	size_t size = 0;

	if (packet->mss)
		size += TCP_OPTION_SIZE_MSS;
	if (packet->has_timestamps) /* two bytes in front, for SACK permitted or nothing */
		size += 2 + TCP_OPTION_SIZE_TIMESTAMPS;
	else if (packet->sack_ok)
		size += 2 + TCP_OPTION_SIZE_SACK_OK;
	if (packet->has_wscale)
		size += 1 + TCP_OPTION_SIZE_WSCALE;
	if (packet->sack_count)
		size += 4 + (size_t)packet->sack_count * TCP_OPTION_SIZE_SACK_BLOCK;
	return size;
}

static void sack_ok_put(struct writer *out)
{
	put8(out, TCP_OPTION_SACK_OK);
	put8(out, TCP_OPTION_SIZE_SACK_OK);
}

static void timestamps_put(struct writer *out, const struct packet *packet)
{
	if (packet->sack_ok)
		sack_ok_put(out);
	else
		put_nops(out, 2);
	put8(out, TCP_OPTION_TIMESTAMPS);
	put8(out, TCP_OPTION_SIZE_TIMESTAMPS);
	put32(out, packet->ts_val);
	put32(out, packet->ts_ecr);
}

static void sacks_put(struct writer *out, const struct packet *packet)
{
	put_nops(out, 2);
	put8(out, TCP_OPTION_SACK);
	put8(out, 2 + packet->sack_count * TCP_OPTION_SIZE_SACK_BLOCK);
	for (size_t i = 0; i < packet->sack_count; i++) {
		put32(out, packet->sacks[i].start);
		put32(out, packet->sacks[i].end);
	}
}

static void tcp_options_put(struct writer *out, const struct packet *packet)
{
	if (packet->mss) {
		put8(out, TCP_OPTION_MSS);
		put8(out, TCP_OPTION_SIZE_MSS);
		put16(out, packet->mss);
	}
	if (packet->has_timestamps) {
		timestamps_put(out, packet);
	} else if (packet->sack_ok) {
		put_nops(out, 2);
		sack_ok_put(out);
	}
	if (packet->has_wscale) {
		put_nops(out, 1);
		put8(out, TCP_OPTION_WSCALE);
		put8(out, TCP_OPTION_SIZE_WSCALE);
		put8(out, packet->wscale);
	}
	if (packet->sack_count)
		sacks_put(out, packet);
}

static void payload_put(struct writer *out, const struct packet *packet,
                        struct packet_payload payload)
{
	if (payload.data) {
		put_bytes(out, payload.data, payload.length);
		return;
	}
	memset(out->at, 'x', packet->len);
	out->at += packet->len;
}

static void tcp_put(struct writer *out, const struct packet *packet, struct packet_payload payload)
{
	uint8_t *start = out->at;
	size_t header = TCP_HEADER + tcp_options_size(packet);
	size_t length = header + packet->len;

	put16(out, packet->src.port);
	put16(out, packet->dst.port);
	put32(out, packet->seq);
	put32(out, packet->ack);
	put16(out, (unsigned int)(header / 4) << 12 | packet->flags);
	put16(out, packet->window);
	put16(out, 0);
	put16(out, packet->urgent);
	tcp_options_put(out, packet);
	payload_put(out, packet, payload);
	sum_put(sum_add(pseudo_sum(packet, length), start, length), start + 16);
}

static void udp_put(struct writer *out, const struct packet *packet, struct packet_payload payload)
{
	uint8_t *start = out->at;
	size_t length = UDP_HEADER + packet->len;
	uint32_t sum;

	put16(out, packet->src.port);
	put16(out, packet->dst.port);
	put16(out, (unsigned int)length);
	put16(out, 0);
	payload_put(out, packet, payload);
	sum = sum_add(pseudo_sum(packet, length), start, length);
	sum_put(sum, start + 6);
	if (!start[6] && !start[7]) /* RFC 768: 0 stands for "none" */
		start[6] = start[7] = 0xff;
}

/* ---- IP ---- */

static void ipv4_put(struct writer *out, const struct packet *packet, size_t body)
{
	uint8_t *start = out->at;

	put16(out, 0x4500); /* five words of header */
	put16(out, (unsigned int)(IPV4_HEADER + body));
	put16(out, 0);
	put16(out, packet->fragment_offset || packet->more_fragments
	                   ? packet->fragment_offset / 8u | (packet->more_fragments ? IP_MF : 0)
	                   : IP_DF);
	put8(out, packet->ttl ? packet->ttl : HOPS_DEFAULT);
	put8(out, packet->protocol);
	put16(out, 0);
	put_bytes(out, packet->src.addr, 4);
	put_bytes(out, packet->dst.addr, 4);
	sum_put(sum_add(0, start, IPV4_HEADER), start + 10);
}

static void ipv6_put(struct writer *out, const struct packet *packet, size_t body)
{
	put32(out, 0x60000000);
	put16(out, (unsigned int)body);
	put8(out, packet->protocol);
	put8(out, packet->ttl ? packet->ttl : HOPS_DEFAULT);
	put_bytes(out, packet->src.addr, 16);
	put_bytes(out, packet->dst.addr, 16);
}

static void ip_put(struct writer *out, const struct packet *packet, size_t body)
{
	if (packet->src.family == AF_INET6)
		ipv6_put(out, packet, body);
	else
		ipv4_put(out, packet, body);
}

static size_t ip_size(const struct packet *packet)
{
	return packet->src.family == AF_INET6 ? IPV6_HEADER : IPV4_HEADER;
}

/* ---- ICMP ---- */

/* The headers of a bare segment or datagram of the inner packet: its first eight bytes. */
static void quote_put(struct writer *out, const struct packet_inner *inner)
{
	const struct packet quoted = {
		.src = inner->src, .dst = inner->dst, .protocol = inner->protocol};

	ip_put(out, &quoted, inner->protocol == IPPROTO_TCP ? TCP_HEADER : QUOTE_MIN);
	put16(out, inner->src.port);
	put16(out, inner->dst.port);
	if (inner->protocol == IPPROTO_TCP)
		put32(out, inner->seq);
	else
		put32(out, UDP_HEADER << 16);
}

static size_t quote_size(const struct packet *packet, struct packet_payload payload)
{
	return payload.data ? payload.length : ip_size(packet) + QUOTE_MIN;
}

static void icmp_put(struct writer *out, const struct packet *packet, struct packet_payload payload)
{
	const bool v6 = packet->src.family == AF_INET6;
	const size_t length = ICMP_HEADER + quote_size(packet, payload);
	uint8_t *start = out->at;

	put8(out, packet->icmp_type);
	put8(out, packet->icmp_code);
	put16(out, 0);
	put32(out, icmp_has_mtu(v6, packet->icmp_type, packet->icmp_code) ? packet->icmp_mtu : 0);
	if (payload.data)
		put_bytes(out, payload.data, payload.length);
	else
		quote_put(out, &packet->inner);
	/* ICMPv6 sums the pseudo header too, RFC 4443 2.3 */
	sum_put(sum_add(v6 ? pseudo_sum(packet, length) : 0, start, length), start + 2);
}

/* ---- What cannot be sent ---- */

static bool is_tcp(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP;
}

static bool is_icmp(const struct packet *packet)
{
	return packet->protocol == (packet->src.family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

static const char *tcp_trouble(const struct packet *packet)
{
	if (packet->has_unknown)
		return "it has options that nobody knows";
	if (packet->flags & ~TCP_FLAGS_ALL)
		return "TCP has no such flag";
	if (packet->sack_count > PACKET_SACKS)
		return "more SACK blocks than there is room for";
	if (tcp_options_size(packet) > TCP_OPTIONS_MAX)
		return "its options take more than 40 bytes";
	return NULL;
}

static const char *icmp_trouble(const struct packet *packet, struct packet_payload payload)
{
	const bool v6 = packet->src.family == AF_INET6;
	const struct packet_inner *inner = &packet->inner;

	if (!icmp_is_error(v6, packet->icmp_type))
		return "ICMP that is no error";
	if (!v6 && packet->icmp_mtu > UINT16_MAX)
		return "an MTU of more than 16 bits";
	if (packet->icmp_mtu && !icmp_has_mtu(v6, packet->icmp_type, packet->icmp_code))
		return "an MTU that this ICMP does not tell";
	if (payload.data)
		return NULL;
	if (inner->src.family != packet->src.family || inner->dst.family != packet->src.family)
		return "it quotes no packet of its family";
	if (inner->protocol != IPPROTO_TCP && inner->protocol != IPPROTO_UDP)
		return "it quotes neither TCP nor UDP";
	return NULL;
}

static const char *packet_trouble(const struct packet *packet, struct packet_payload payload)
{
	const uint8_t family = packet->src.family;

	if ((family != AF_INET && family != AF_INET6) || packet->dst.family != family)
		return "its addresses are of no family, or of two";
	if (packet->fragment_offset || packet->more_fragments)
		return "it is a fragment";
	if (is_icmp(packet))
		return packet->len ? "ICMP has no payload of its own"
		                   : icmp_trouble(packet, payload);
	if (payload.data && payload.length != packet->len)
		return "its payload has another length";
	if (is_tcp(packet))
		return tcp_trouble(packet);
	return packet->protocol == IPPROTO_UDP ? NULL : "it is neither TCP nor UDP nor ICMP";
}

static size_t body_size(const struct packet *packet, struct packet_payload payload)
{
	if (is_icmp(packet))
		return ICMP_HEADER + quote_size(packet, payload);
	if (is_tcp(packet))
		return TCP_HEADER + tcp_options_size(packet) + packet->len;
	return (size_t)UDP_HEADER + packet->len;
}

static void link_put(struct writer *out, const struct packet *packet,
                     const struct packet_link *link)
{
	put_bytes(out, link->dst, sizeof(link->dst));
	put_bytes(out, link->src, sizeof(link->src));
	put16(out, packet->src.family == AF_INET6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
}

int packet_encode_header(const struct packet *packet, const struct packet_link *link,
                         uint8_t frame[PACKET_FRAME_SIZE])
{
	struct writer out = {.at = frame};

	if (packet->src.family != AF_INET && packet->src.family != AF_INET6)
		return -EINVAL;
	link_put(&out, packet, link);
	ip_put(&out, packet, packet->len);
	return (int)(ETH_HLEN + ip_size(packet));
}

int packet_encode(const struct packet *packet, const struct packet_link *link,
                  struct packet_payload payload, uint8_t *frame, size_t space, struct fault *f)
{
	const char *trouble = packet_trouble(packet, payload);
	struct writer out = {.at = frame};
	size_t body, length;

	if (trouble)
		return fault_refuse(f, EINVAL, "a packet that cannot be made: %s", trouble);
	body = body_size(packet, payload);
	length = ETH_HLEN + ip_size(packet) + body;
	if (length > space || ip_size(packet) + body > UINT16_MAX)
		return fault_refuse(f, EMSGSIZE, "a frame of %zu bytes does not fit into %zu",
		                    length, space);
	link_put(&out, packet, link);
	ip_put(&out, packet, body);
	if (is_icmp(packet))
		icmp_put(&out, packet, payload);
	else if (is_tcp(packet))
		tcp_put(&out, packet, payload);
	else
		udp_put(&out, packet, payload);
	return (int)length;
}
