// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a frame: nothing beyond them is read, what comes out is in range, and
 * encoding it either is refused or gives a frame that decodes to the same packet.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "../../harness/packet/decode.h"
#include "../../harness/packet/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void range_check(const struct packet *packet)
{
	if (packet->src.family != AF_INET && packet->src.family != AF_INET6)
		abort();
	if (packet->flags > TCP_FLAGS_ALL || packet->sack_count > PACKET_SACKS)
		abort();
	if (packet->protocol != IPPROTO_TCP && (packet->flags || packet->mss || packet->seq))
		abort();
	if (packet->fragment_offset && (packet->src.port || packet->len))
		abort();
}

/* Field by field: what lies between two members is nobody's. */
static int packet_differs(const struct packet *a, const struct packet *b)
{
	return !endpoint_equal(&a->src, &b->src) || !endpoint_equal(&a->dst, &b->dst) ||
	       a->protocol != b->protocol || a->ttl != b->ttl || a->len != b->len ||
	       a->flags != b->flags || a->seq != b->seq || a->ack != b->ack ||
	       a->window != b->window || a->urgent != b->urgent || a->mss != b->mss ||
	       a->has_wscale != b->has_wscale || a->wscale != b->wscale ||
	       a->sack_ok != b->sack_ok || a->has_timestamps != b->has_timestamps ||
	       a->has_unknown != b->has_unknown || a->ts_val != b->ts_val ||
	       a->ts_ecr != b->ts_ecr || a->sack_count != b->sack_count ||
	       memcmp(a->sacks, b->sacks, sizeof(a->sacks)) != 0 || a->icmp_type != b->icmp_type ||
	       a->icmp_code != b->icmp_code || a->icmp_mtu != b->icmp_mtu ||
	       a->inner.seq != b->inner.seq || a->inner.protocol != b->inner.protocol ||
	       !endpoint_equal(&a->inner.src, &b->inner.src) ||
	       !endpoint_equal(&a->inner.dst, &b->inner.dst);
}

static void again_check(const struct packet *packet)
{
	static const struct packet_link link = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
	uint8_t frame[PACKET_FRAME_SIZE];
	struct packet again;
	int length = packet_encode(packet, &link, (struct packet_payload){0}, frame, sizeof(frame),
	                           NULL);

	if (length < 0)
		return;
	if (!packet_decode(frame, (size_t)length, &again) || packet_differs(packet, &again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packet packet;

	if (!packet_decode(data, size, &packet))
		return 0;
	range_check(&packet);
	if (packet.ttl) /* none of its own: encode takes 64 */
		again_check(&packet);
	return 0;
}
