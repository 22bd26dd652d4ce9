// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>

#include "probe_run.h"

struct made_frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t payload[1400];
} __attribute__((packed));

/* RFC 1071, over data that begins at an even offset. */
static uint32_t sum_add(uint32_t sum, const void *data, size_t length)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	if (length & 1)
		sum += (uint32_t)bytes[length - 1] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* AF_PACKET fills no checksum in: both are ours. */
static void frame_checksum(struct made_frame *frame, size_t tcp_length)
{
	uint32_t sum;

	frame->ip.check = sum_fold(sum_add(0, &frame->ip, sizeof(frame->ip)));
	sum = sum_add(0, &frame->ip.saddr, 2 * sizeof(frame->ip.saddr));
	sum += IPPROTO_TCP + (uint32_t)tcp_length;
	frame->tcp.check = sum_fold(sum_add(sum, &frame->tcp, tcp_length));
}

static void frame_make(struct probe_run *run, enum side from, const struct packet *packet,
                       struct made_frame *frame)
{
	size_t tcp_length = sizeof(frame->tcp) + packet->len;

	*frame = (struct made_frame){
		.eth.h_proto = htons(ETH_P_IP),
		.ip = {.version = 4,
	               .ihl = 5,
	               .tot_len = htons((uint16_t)(sizeof(frame->ip) + tcp_length)),
	               .frag_off = htons(IP_DF),
	               .ttl = 64,
	               .protocol = IPPROTO_TCP},
		.tcp = {.th_sport = htons(packet->src.port),
	                .th_dport = htons(packet->dst.port),
	                .th_seq = htonl(packet->seq),
	                .th_ack = htonl(packet->ack),
	                .th_off = sizeof(frame->tcp) / 4,
	                .th_flags = packet->flags,
	                .th_win = htons(packet->window)},
	};
	memcpy(frame->eth.h_source, run->bench.mac[from], ETH_ALEN);
	memcpy(frame->eth.h_dest, run->bench.mac[side_other(from)], ETH_ALEN);
	memcpy(&frame->ip.saddr, packet->src.addr, sizeof(frame->ip.saddr));
	memcpy(&frame->ip.daddr, packet->dst.addr, sizeof(frame->ip.daddr));
	memset(frame->payload, 'x', packet->len);
	frame_checksum(frame, tcp_length);
}

/* An address that was left open is the host's own. */
static void endpoint_fill(struct endpoint *ep, const struct endpoint *own)
{
	uint16_t port = ep->port;

	if (ep->family)
		return;
	*ep = *own;
	ep->port = port;
}

void wire_inject(struct probe_run *run, enum side from, const struct packet *packet)
{
	struct packet whole = *packet;
	struct made_frame frame;

	if (!run->obs.taps[from] || packet->len > sizeof(frame.payload))
		emit_fail_errno(&run->emit, EINVAL, "inject a segment of %u bytes", packet->len);
	endpoint_fill(&whole.src, &run->bench.addr[from]);
	endpoint_fill(&whole.dst, &run->bench.addr[side_other(from)]);
	whole.protocol = IPPROTO_TCP;
	frame_make(run, from, &whole, &frame);
	wire_frame_emit(&run->wire, from, FRAME_INJECT, 0, &whole);
	wire_send(&run->wire, from, &frame, sizeof(frame) - sizeof(frame.payload) + whole.len);
}
