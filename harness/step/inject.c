// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "../packet/encode.h"
#include "probe_run.h"

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
	uint8_t frame[PACKET_FRAME_SIZE];
	struct packet_link link;
	struct fault fault;
	int length;

	if (!run->obs.taps[from])
		emit_fail_errno(&run->emit, EOPNOTSUPP, "inject a packet without a wire");
	endpoint_fill(&whole.src, &run->bench.addr[from]);
	endpoint_fill(&whole.dst, &run->bench.addr[side_other(from)]);
	if (!whole.protocol)
		whole.protocol = IPPROTO_TCP;
	memcpy(link.src, run->bench.mac[from], sizeof(link.src));
	memcpy(link.dst, run->bench.mac[side_other(from)], sizeof(link.dst));
	length = packet_encode(&whole, &link, (struct packet_payload){0}, frame, sizeof(frame),
	                       &fault);
	if (length < 0)
		emit_fail(&run->emit, &fault);
	wire_frame_emit(&run->wire, from, FRAME_INJECT, 0, &whole);
	wire_send(&run->wire, from, &whole, frame, (size_t)length);
}
