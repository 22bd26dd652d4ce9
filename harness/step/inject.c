// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets of the probe's making, from the hosts or from strangers. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "../packet/encode.h"
#include "probe_run.h"

#define FLOOD_BREATH 16 /* packets in a row before the taps are read: they hold few rootless */

/* An address that was left open is the host's own. */
static void endpoint_fill(struct endpoint *ep, const struct endpoint *own)
{
	uint16_t port = ep->port;

	if (ep->family)
		return;
	*ep = *own;
	ep->port = port;
}

/* What the probe left open is the hosts': an ICMP error quotes what it is an answer to. */
static struct packet packet_fill(struct probe_run *run, enum side from, const struct packet *packet)
{
	const struct endpoint *near = &run->bench.addr[from];
	const struct endpoint *far = &run->bench.addr[side_other(from)];
	struct packet whole = *packet;

	endpoint_fill(&whole.src, near);
	endpoint_fill(&whole.dst, far);
	if (!whole.protocol)
		whole.protocol = IPPROTO_TCP;
	if (!whole.has_timestamps) /* as it will be decoded at the other end of the wire */
		whole.ts_val = whole.ts_ecr = 0;
	if (whole.inner.protocol) {
		endpoint_fill(&whole.inner.src, far);
		endpoint_fill(&whole.inner.dst, near);
	}
	return whole;
}

static void inject(struct probe_run *run, enum side from, const struct packet *packet,
                   struct packet_payload payload)
{
	const struct packet_link link = wire_link(&run->wire, from);
	const struct packet whole = packet_fill(run, from, packet);
	uint8_t frame[PACKET_FRAME_SIZE];
	struct fault fault;
	int length;

	if (!run->obs.taps[from])
		emit_fail_errno(&run->emit, EOPNOTSUPP, "inject a packet without a wire");
	length = packet_encode(&whole, &link, payload, frame, sizeof(frame), &fault);
	if (length < 0)
		emit_fail(&run->emit, &fault);
	wire_frame_emit(&run->wire, from, FRAME_INJECT, 0, &whole);
	wire_send(&run->wire, from, &whole, frame, (size_t)length);
}

void wire_inject(struct probe_run *run, enum side from, const struct packet *packet)
{
	inject(run, from, packet, (struct packet_payload){0});
}

void wire_inject_text(struct probe_run *run, enum side from, const struct packet *packet,
                      const char *text)
{
	struct packet with = *packet;

	with.len = (uint16_t)strlen(text);
	inject(run, from, &with, (struct packet_payload){text, with.len});
}

struct sock *sock_injected(struct probe_run *run, enum side from, const struct packet *packet)
{
	const struct packet whole = packet_fill(run, from, packet);
	struct flow *flow = flow_find(&run->flows, side_other(from), &whole.dst, &whole.src);

	if (!flow)
		emit_fail_errno(&run->emit, ENOENT,
		                "find the end of a connection that no SYN was injected for");
	return sock_on_flow(run, flow);
}

/* The low 16 bits of the address are the number's, and those above where there are more. */
static struct endpoint stranger_of(enum family family, unsigned int number, uint16_t port)
{
	if (family == FAMILY_IPV6)
		return (struct endpoint){
			.family = AF_INET6,
			.addr = {0x20, 0x01, 0x0d, 0xb8, [13] = (uint8_t)(number >> 16),
		                 [14] = (uint8_t)(number >> 8), [15] = (uint8_t)number},
			.port = port};
	return (struct endpoint){.family = AF_INET,
	                         .addr = {198, (uint8_t)(18 + (number >> 16)),
	                                  (uint8_t)(number >> 8), (uint8_t)number},
	                         .port = port};
}

struct endpoint wire_stranger(struct probe_run *run, enum side far, unsigned int number,
                              uint16_t port)
{
	struct fault fault;

	if (!number || number >= WIRE_STRANGERS)
		emit_fail_errno(&run->emit, EINVAL, "find stranger number %u", number);
	if (!run->wire.strangers[far] && bench_strangers_add(&run->bench, far, &fault) < 0)
		emit_fail(&run->emit, &fault);
	run->wire.strangers[far] = true;
	return stranger_of(run->bench.family, number, port);
}

void wire_flood(struct probe_run *run, enum side from, const struct packet *packet,
                unsigned int count)
{
	struct packet one = *packet;

	for (unsigned int i = 0; i < count; i++) {
		one.src = wire_stranger(run, from, 1 + i, packet->src.port);
		wire_inject(run, from, &one);
		if (i % FLOOD_BREATH == FLOOD_BREATH - 1)
			(void)pump_drain(&run->pump);
	}
	(void)pump_drain(&run->pump);
}
