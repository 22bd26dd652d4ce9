// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a router (or a host, for its ports) tells a sender whose packet it cannot take. It
 * quotes the packet as it came, to the byte: as much as icmp_send() does, which keeps to
 * 576 bytes in all (RFC 1812), and icmp6_send(), which keeps to the least MTU (RFC 4443).
 */
#include <assert.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#include "../packet/decode.h"
#include "../packet/encode.h"
#include "probe_run.h"

enum {
	QUOTE_MAX_IPV4 = 576 - 20 - 8,
	QUOTE_MAX_IPV6 = 1280 - 40 - 8,
};

/* RFC 792, RFC 1812 and RFC 4443 */
static const struct {
	uint8_t type[FAMILY_COUNT], code[FAMILY_COUNT];
} kinds[] = {
	[REJECT_NET] = {{3, 1}, {0, 0}},     [REJECT_HOST] = {{3, 1}, {1, 3}},
	[REJECT_PORT] = {{3, 1}, {3, 4}},    [REJECT_ADMIN] = {{3, 1}, {13, 1}},
	[REJECT_TOO_BIG] = {{3, 2}, {4, 0}}, [REJECT_TTL] = {{11, 3}, {0, 0}},
};
static_assert(sizeof(kinds) / sizeof(kinds[0]) == REJECT_KIND_COUNT, "a row a kind");

/* A port is refused by the host that it is asked of; all else by the router. */
static struct endpoint teller(const struct bench *bench, enum reject_kind kind, enum side from,
                              const struct packet *packet)
{
	struct endpoint ep = kind == REJECT_PORT ? packet->dst : bench->router[from];

	ep.port = 0;
	return ep;
}

static struct packet_payload quote_of(const struct frame *frame, enum family family)
{
	const size_t most = family == FAMILY_IPV6 ? QUOTE_MAX_IPV6 : QUOTE_MAX_IPV4;
	size_t length = frame->length - ETH_HLEN;

	return (struct packet_payload){frame->data + ETH_HLEN, length < most ? length : most};
}

void reject_answer(struct wire *wire, const struct wire_rule *rule, enum side from,
                   const struct frame *frame, const struct packet *packet)
{
	const enum family family = packet->src.family == AF_INET6 ? FAMILY_IPV6 : FAMILY_IPV4;
	const enum side far = side_other(from);
	const struct packet_link link = wire_link(wire, far);
	struct packet icmp = {
		.src = teller(wire->bench, rule->reject, from, packet),
		.dst = {.family = packet->src.family},
		.protocol = family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
		.icmp_type = kinds[rule->reject].type[family],
		.icmp_code = kinds[rule->reject].code[family],
		.icmp_mtu = rule->reject_mtu,
	};
	uint8_t answer[PACKET_FRAME_SIZE];
	struct fault fault;
	int length;

	memcpy(icmp.dst.addr, packet->src.addr, sizeof(icmp.dst.addr));
	length = packet_encode(&icmp, &link, quote_of(frame, family), answer, sizeof(answer),
	                       &fault);
	if (length < 0)
		emit_fail(wire->emit, &fault);
	if (!packet_decode(answer, (size_t)length, &icmp)) /* what it quotes is recorded too */
		emit_fail_errno(wire->emit, EPROTO, "read what was just written");
	wire_frame_emit(wire, far, FRAME_INJECT, rule->id, &icmp);
	wire_send(wire, far, &icmp, answer, (size_t)length);
}

uint32_t wire_reject(struct probe_run *run, struct packet_match match, enum reject_kind kind,
                     unsigned int mtu)
{
	if ((kind == REJECT_TOO_BIG) != (mtu != 0))
		emit_fail_errno(&run->emit, EINVAL,
		                "reject packets: an MTU is told of those that are too big alone");
	return wire_rule_on(&run->wire, (struct wire_rule){.action = FRAME_REJECT,
	                                                   .match = match,
	                                                   .left = -1,
	                                                   .reject = kind,
	                                                   .reject_mtu = mtu});
}
